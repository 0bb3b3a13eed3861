//! Times and JSON as the tables keep them.

use jiff::Timestamp;
use rusqlite::{Row, types::Type};

/// A column of UTC milliseconds.
pub fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let ms: i64 = row.get(column)?;
    Timestamp::from_millisecond(ms).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, ms))
}

/// As [`read`], for a column that may be empty.
pub fn read_some(row: &Row<'_>, column: usize) -> rusqlite::Result<Option<Timestamp>> {
    match row.get::<_, Option<i64>>(column)? {
        None => Ok(None),
        Some(_) => read(row, column).map(Some),
    }
}

/// A text column that does not parse.
pub fn unreadable(column: usize, error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
}

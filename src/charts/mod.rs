//! Charts and treemaps: models as plain data, and their drawing to PNG.

mod model;

pub use model::*;

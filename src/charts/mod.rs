//! Charts and treemaps: models as plain data, and their drawing to PNG.
//!
//! Owns the pictures. Pure: no clock, no files, no system fonts; the same model gives the same bytes. Blocking and
//! quick (about 2 ms a chart): callers draw on the blocking pool.
//!
//! How a chart comes about: [`scale`] and [`time`] choose the axes' ticks, plotters lays out frame, grid and labels
//! over our [`backend`], which draws into palette indices ([`canvas`]), and [`columns`] draws the series column by
//! column, so that a spike is never lost and no pixel shows a value that was not measured. (plotters' own lines of
//! width 2 and more do show such values: their mitre joins have no limit.)

mod axis;
mod backend;
mod canvas;
mod chart;
mod columns;
mod extent;
mod footnotes;
#[cfg(test)]
mod gallery;
mod ink;
mod labels;
mod model;
mod scale;
mod stack;
mod text;
mod time;
mod treemap;

pub use chart::render_chart;
pub use footnotes::Note;
pub use model::*;
pub use text::has_glyph;
pub use treemap::render_treemap;

#[derive(Debug, thiserror::Error)]
pub enum DrawError {
    /// The layout library refused the axes.
    #[error("cannot lay out the chart: {0}")]
    Layout(String),
    #[error("cannot write the picture")]
    Encode(#[from] png::EncodingError),
}

//! plotters' way onto our canvas: it lays out frame, grid and labels, and draws them in inks.
//!
//! A plotters colour carries an ink: red is the ink's number, alpha its coverage. Only what our charts use is quick
//! (straight lines, rectangles, level text); anything else would still be drawn, by plotters' own rasteriser.

use std::convert::Infallible;

use plotters::style::{RGBAColor, RGBColor};
use plotters_backend::{
    BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingBackend, DrawingErrorKind,
    text_anchor::{HPos, VPos},
};

use super::{
    canvas::Canvas,
    ink::Ink,
    text::{Lettering, cap_height},
};

pub struct Backend {
    pub canvas: Canvas,
    pub lettering: Lettering,
}

type Drawn = Result<(), DrawingErrorKind<Infallible>>;

pub fn colour(ink: Ink) -> RGBColor {
    RGBColor(ink.0, 0, 0)
}

pub fn nothing() -> RGBAColor {
    RGBAColor(0, 0, 0, 0.0)
}

fn ink_and_step(color: BackendColor) -> Option<(Ink, u8)> {
    let eighths = (color.alpha * 8.0).round() as u8;
    (eighths > 0).then(|| (Ink(color.rgb.0), eighths.min(8) - 1))
}

impl DrawingBackend for Backend {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        (self.canvas.width as u32, self.canvas.height as u32)
    }

    fn ensure_prepared(&mut self) -> Drawn {
        Ok(())
    }

    fn present(&mut self) -> Drawn {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Drawn {
        if let Some((ink, step)) = ink_and_step(color) {
            self.canvas.put(x, y, ink, step);
        }
        Ok(())
    }

    fn draw_line<S: BackendStyle>(&mut self, from: BackendCoord, to: BackendCoord, style: &S) -> Drawn {
        let Some((ink, step)) = ink_and_step(style.color()) else { return Ok(()) };
        if from.0 == to.0 || from.1 == to.1 {
            let columns = (from.0.min(to.0), from.0.max(to.0) + 1);
            let rows = (from.1.min(to.1), from.1.max(to.1) + 1);
            self.canvas.fill(columns, rows, ink.at(step));
            return Ok(());
        }
        plotters_backend::rasterizer::draw_line(self, from, to, style)
    }

    fn draw_rect<S: BackendStyle>(
        &mut self,
        upper_left: BackendCoord,
        bottom_right: BackendCoord,
        style: &S,
        fill: bool,
    ) -> Drawn {
        match ink_and_step(style.color()) {
            Some((ink, step)) if fill => {
                let columns = (upper_left.0, bottom_right.0 + 1);
                self.canvas.fill(columns, (upper_left.1, bottom_right.1 + 1), ink.at(step));
                Ok(())
            }
            Some(_) => plotters_backend::rasterizer::draw_rect(self, upper_left, bottom_right, style, fill),
            None => Ok(()),
        }
    }

    fn draw_text<S: BackendTextStyle>(&mut self, text: &str, style: &S, (x, y): BackendCoord) -> Drawn {
        let Some((ink, _)) = ink_and_step(style.color()) else { return Ok(()) };
        let size = style.size() as f32;
        let width = self.lettering.width(text, size);
        let anchor = style.anchor();
        let x = match anchor.h_pos {
            HPos::Left => x as f32,
            HPos::Right => x as f32 - width,
            HPos::Center => x as f32 - width / 2.0,
        };
        // Labels are figures and capitals: their height is what looks centred.
        let baseline = match anchor.v_pos {
            VPos::Top => y as f32 + cap_height(size),
            VPos::Center => y as f32 + cap_height(size) / 2.0,
            VPos::Bottom => y as f32,
        };
        self.lettering.draw(&mut self.canvas, (x, baseline), text, size, ink);
        Ok(())
    }

    fn estimate_text_size<S: BackendTextStyle>(
        &self,
        text: &str,
        style: &S,
    ) -> Result<(u32, u32), DrawingErrorKind<Infallible>> {
        let size = style.size() as f32;
        Ok((self.lettering.width(text, size).ceil() as u32, cap_height(size).ceil() as u32))
    }
}

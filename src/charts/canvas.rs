//! A picture of palette indices, and its way to PNG.

use super::{DrawError, ink::Ink};

pub struct Canvas {
    pub width: i32,
    pub height: i32,
    /// Row by row. 0 is the paper.
    pub pixels: Vec<u8>,
}

impl Canvas {
    pub fn new(width: i32, height: i32) -> Canvas {
        Canvas { width, height, pixels: vec![0; width as usize * height as usize] }
    }

    /// Where two inks meet the stronger coverage wins; of equal ones the later. Outside of the picture nothing happens.
    pub fn put(&mut self, x: i32, y: i32, ink: Ink, step: u8) {
        if let Some(pixel) = self.pixel(x, y)
            && step >= *pixel & 7
        {
            *pixel = ink.at(step);
        }
    }

    /// The same for a column's rows; the last is not included.
    pub fn put_down(&mut self, x: i32, (from, to): (i32, i32), ink: Ink, step: u8) {
        let (from, to) = (from.clamp(0, self.height) as usize, to.clamp(0, self.height) as usize);
        if x < 0 || x >= self.width || from >= to {
            return;
        }
        let width = self.width as usize;
        let rows = &mut self.pixels[from * width + x as usize..(to - 1) * width + x as usize + 1];
        let index = ink.at(step);
        for pixel in rows.iter_mut().step_by(width) {
            *pixel = if step >= *pixel & 7 { index } else { *pixel };
        }
    }

    pub fn pixel(&mut self, x: i32, y: i32) -> Option<&mut u8> {
        if x < 0 || y < 0 || x >= self.width || y >= self.height {
            return None;
        }
        self.pixels.get_mut(y as usize * self.width as usize + x as usize)
    }

    /// Overwrites. Ends are not included.
    pub fn fill(&mut self, (x0, x1): (i32, i32), (y0, y1): (i32, i32), index: u8) {
        let (x0, x1) = (x0.clamp(0, self.width), x1.clamp(0, self.width));
        let (y0, y1) = (y0.clamp(0, self.height), y1.clamp(0, self.height));
        if x0 >= x1 {
            return;
        }
        for y in y0..y1 {
            self.row(y)[x0 as usize..x1 as usize].fill(index);
        }
    }

    pub fn row(&mut self, y: i32) -> &mut [u8] {
        let width = self.width as usize;
        &mut self.pixels[y as usize * width..][..width]
    }

    /// `Fast` with the adaptive filter. For a busy chart: 0.9 ms, 58 KiB; with Paeth alone 0.8 ms, 63 KiB; with Up
    /// 0.65 ms, 76 KiB; `Balanced` 13 ms, 50 KiB. Without a filter `Fast` is twenty times as large.
    pub fn png(&self, palette: &[u8]) -> Result<Vec<u8>, DrawError> {
        let mut bytes = Vec::with_capacity(64 << 10);
        let mut encoder = png::Encoder::new(&mut bytes, self.width as u32, self.height as u32);
        encoder.set_color(png::ColorType::Indexed);
        encoder.set_depth(png::BitDepth::Eight);
        encoder.set_palette(palette);
        encoder.set_compression(png::Compression::Fast);
        encoder.set_filter(png::Filter::Adaptive);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(&self.pixels)?;
        writer.finish()?;
        Ok(bytes)
    }
}

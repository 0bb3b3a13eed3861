//! Whether a picture may go to the chat as a photo: its size in pixels, from its first bytes. Never decodes a picture.

use super::text::Image;

/// Telegram's limits for photos.
pub const PHOTO_BYTES_MAX: u64 = 10_000_000;
const SIDES_MAX: u32 = 10_000;
const RATIO_MAX: u32 = 20;

/// Whether Telegram takes it as a photo. A size that cannot be told is taken for good: Telegram says so itself then.
pub fn is_photo(image: Image, bytes: u64, beginning: &[u8]) -> bool {
    if bytes > PHOTO_BYTES_MAX {
        return false;
    }
    match pixels(image, beginning) {
        Some((width, height)) => {
            let (long, short) = (width.max(height), width.min(height).max(1));
            width.saturating_add(height) <= SIDES_MAX && long / short <= RATIO_MAX
        }
        None => true,
    }
}

/// Width and height.
pub fn pixels(image: Image, bytes: &[u8]) -> Option<(u32, u32)> {
    let be32 = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let le16 = |at: usize| Some(u32::from(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?)));
    match image {
        Image::Png => Some((be32(16)?, be32(20)?)),
        Image::Gif => Some((le16(6)?, le16(8)?)),
        Image::Jpeg => jpeg(bytes),
        Image::Webp => None,
    }
}

/// The frame header, behind segments whose lengths lead to it.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let be16 = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        if *bytes.get(at)? != 0xFF {
            return None;
        }
        match *bytes.get(at + 1)? {
            0xFF => at += 1,
            0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF => {
                return Some((be16(at + 7)?.into(), be16(at + 5)?.into()));
            }
            0x01 | 0xD0..=0xD8 => at += 2,
            _ => at += 2 + usize::from(be16(at + 2)?.max(2)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_from_the_first_bytes() {
        let png =
            [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &800u32.to_be_bytes(), &600u32.to_be_bytes()].concat();
        assert_eq!(pixels(Image::Png, &png), Some((800, 600)));
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x11\x08\x02\x58\x03\x20";
        assert_eq!(pixels(Image::Jpeg, jpeg), Some((800, 600)));
        assert_eq!(pixels(Image::Gif, b"GIF89a\x20\x03\x58\x02"), Some((800, 600)));
        assert_eq!(pixels(Image::Png, b"\x89PNG"), None);
        let panorama =
            [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &9000u32.to_be_bytes(), &100u32.to_be_bytes()].concat();
        assert!(!is_photo(Image::Png, 1000, &panorama) && is_photo(Image::Png, 1000, &png));
        assert!(!is_photo(Image::Png, 20_000_000, &png) && is_photo(Image::Webp, 1000, b""));
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_survived(bytes: Vec<u8>) {
            for image in [Image::Jpeg, Image::Png, Image::Gif, Image::Webp] {
                pixels(image, &[&b"\xff\xd8\xff"[..], &bytes].concat());
            }
        }
    }
}

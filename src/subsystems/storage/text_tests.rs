use std::io::Write;

use proptest::prelude::*;

use super::*;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn whole(bytes: &[u8]) -> String {
    let file = file(bytes);
    let pages = page(&file, 0).unwrap().pages;
    (0..pages).map(|number| page(&file, number).unwrap().text).collect()
}

#[test]
fn encodings_are_told_from_marks_or_guessed() {
    let utf16: Vec<u8> = "Grüße, wie geht es?\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (bytes, want) in [
        (b"plain text\n".to_vec(), Nature::Text { encoding: "UTF-8", mark: 0 }),
        ("Zażółć gęślą jaźń\n".into(), Nature::Text { encoding: "UTF-8", mark: 0 }),
        (b"\xef\xbb\xbfwith a mark\n".to_vec(), Nature::Text { encoding: "UTF-8", mark: 3 }),
        (b"Gr\xfc\xdfe aus K\xf6ln, sch\xf6n\n".to_vec(), Nature::Text { encoding: "windows-1252", mark: 0 }),
        ([&b"\xff\xfe"[..], &utf16].concat(), Nature::Text { encoding: "UTF-16LE", mark: 2 }),
        (utf16.clone(), Nature::Text { encoding: "UTF-16LE", mark: 0 }),
        (b"\x1b[31mred\x1b[0m\n".to_vec(), Nature::Text { encoding: "UTF-8", mark: 0 }),
        (b"%PDF-1.7\n".to_vec(), Nature::Binary(Some("PDF"))),
        (b"\x7fELF\x02\x01\x01".to_vec(), Nature::Binary(Some("ELF"))),
        (b"a\0b".to_vec(), Nature::Binary(None)),
        (b"\x89PNG\r\n\x1a\n....".to_vec(), Nature::Image(Image::Png)),
        (b"\xff\xd8\xff\xe0".to_vec(), Nature::Image(Image::Jpeg)),
        (Vec::new(), Nature::Empty),
    ] {
        assert_eq!(nature(&file(&bytes)).unwrap(), want, "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[test]
fn pages_begin_at_lines_and_miss_nothing() {
    let text: String = (0..2000).map(|n| format!("line {n} of a log with ünïcödé\n")).collect();
    let log = file(text.as_bytes());
    let second = page(&log, 1).unwrap();
    assert!(second.text.starts_with("line ") && second.text.ends_with('\n') && !second.damaged);
    assert_eq!(whole(text.as_bytes()), text);
    assert_eq!(page(&log, u32::MAX).unwrap().page, second.pages - 1);
}

#[test]
fn a_page_of_any_encoding_is_decoded_as_the_whole_would_be() {
    let text: String = (0..1000).map(|n| format!("Größe {n}: schön\r\n")).collect();
    let utf16: Vec<u8> =
        std::iter::once(0xFEFF).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    assert_eq!(whole(&utf16), text);
    let long_line = "äöü€🚀".repeat(3000);
    assert_eq!(whole(long_line.as_bytes()), long_line);
}

#[test]
fn binary_is_no_text() {
    assert_eq!(page(&file(b"\0\x01\x02"), 0), Err(Fault::NotFile));
    assert_eq!(page(&file(b""), 0).unwrap().text, "");
}

proptest! {
    #[test]
    fn no_bytes_make_it_fail_or_a_page_too_long(bytes in proptest::collection::vec(any::<u8>(), 0..9000), number in 0u32..5) {
        let file = file(&bytes);
        if let Ok(page) = page(&file, number) {
            prop_assert!(page.page < page.pages);
            prop_assert!(page.text.chars().count() <= PAGE_BYTES as usize + 2 * LINE_MAX);
        }
    }

    #[test]
    fn utf8_text_comes_out_as_it_is(text in "[ -~äöü€🚀\\n]{0,6000}") {
        if let Nature::Text { encoding: "UTF-8", .. } = nature_of(text.as_bytes()) {
            prop_assert_eq!(whole(text.as_bytes()), text);
        }
    }
}

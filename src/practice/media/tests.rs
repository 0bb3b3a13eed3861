//! Heads of pictures, good and broken, and what is forgotten when memory is full.

use proptest::prelude::*;

use super::*;

fn read(bytes: &[u8]) -> Option<(&'static str, u32, u32)> {
    Picture::read(bytes).map(|picture| (picture.mime, picture.width, picture.height))
}

/// A JPEG's head: an APP0 segment, then a frame of 640×480.
fn jpeg(marker: u8) -> Vec<u8> {
    let mut bytes = vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, marker, 0, 17, 8];
    bytes.extend([0x01, 0xe0, 0x02, 0x80, 3]);
    bytes
}

fn webp(kind: &[u8; 4], rest: &[u8]) -> Vec<u8> {
    [b"RIFF\0\0\0\0WEBP", &kind[..], b"\0\0\0\0", rest].concat()
}

#[test]
fn each_kind_of_picture_tells_its_size() {
    assert_eq!(read(b"GIF89a\x40\x01\xf0\x00"), Some(("image/gif", 320, 240)));
    for marker in [0xc0, 0xc1, 0xc2] {
        assert_eq!(read(&jpeg(marker)), Some(("image/jpeg", 640, 480)));
    }
    let lossy = [0, 0, 0, 0x9d, 0x01, 0x2a, 0x40, 0x01, 0xf0, 0x00];
    assert_eq!(read(&webp(b"VP8 ", &lossy)), Some(("image/webp", 320, 240)));
    // 14 bits each, less one: 320 and 240.
    let packed = (319_u32 | 239 << 14).to_le_bytes();
    let lossless = [&[0x2f][..], &packed].concat();
    assert_eq!(read(&webp(b"VP8L", &lossless)), Some(("image/webp", 320, 240)));
    let extended = [0, 0, 0, 0, 0x3f, 0x01, 0, 0xef, 0, 0];
    assert_eq!(read(&webp(b"VP8X", &extended)), Some(("image/webp", 320, 240)));
}

#[test]
fn what_only_begins_like_a_picture_is_none() {
    for bytes in [
        &b""[..],
        b"GIF89a\x40",
        b"\x89PNG\r\n\x1a\n",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xd9\0\0",
        b"BM\0\0\0\0",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ] {
        assert_eq!(read(bytes), None, "{bytes:?}");
    }
    assert_eq!(read(&jpeg(0xc4)), None, "a Huffman table is no frame");
    assert_eq!(read(&webp(b"ICCP", &[0; 20])), None);
}

#[test]
fn the_oldest_files_go_when_memory_is_full() {
    let mut files = Files::default();
    let big = Bytes::from(vec![7; DOCUMENT_MAX]);
    let ids: Vec<u64> = (0..6).map(|_| files.put_document("a.bin", big.clone()).expect("a file")).collect();
    assert!(files.get(ids[0]).is_none(), "six of 50 MB are more than is kept");
    let last = files.get(ids[5]).expect("the newest");
    assert_eq!(files.by_file_id(&last.file_id()).map(|file| file.id), Some(ids[5]));
    assert_eq!(files.by_path(&last.path()).map(|file| file.id), Some(ids[5]));
}

#[test]
fn a_files_name_stays_within_its_folder() {
    let mut files = Files::default();
    for (given, kept) in
        [("../../etc/passwd", "passwd"), ("a\\b.txt", "b.txt"), ("", "file"), ("a\nb", "a\nb")]
    {
        let id = files.put_document(given, Bytes::from_static(b"x")).expect("a file");
        let file = files.get(id).expect("just put");
        assert_eq!(file.name, kept);
        assert!(!file.path().contains("..") && !file.path().contains('\n'), "{}", file.path());
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(start in 0..5_usize, rest in proptest::collection::vec(any::<u8>(), 0..64)) {
        let heads: [&[u8]; 5] = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8 ", b""];
        let _ = Picture::read(&[heads[start], &rest].concat());
    }
}

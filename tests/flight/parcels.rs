//! Files up and down through practice, byte for byte: the product as its own child, with Telegram's limits.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    child::Practice,
    pilot::{Bubble, OWNER, Pilot, View},
};

fn sample(flight: &Practice) -> PathBuf {
    flight.home.path().join("data/sample")
}

/// Bytes that neither repeat nor compress.
fn noise(length: usize, mut seed: u64) -> Vec<u8> {
    let mut next = || {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        seed
    };
    let mut bytes: Vec<u8> = (0..length.div_ceil(8)).flat_map(|_| next().to_le_bytes()).collect();
    bytes.truncate(length);
    bytes
}

/// Taps a button of a bubble as it is now.
async fn tap(pilot: &Pilot, bubble: &Bubble, label: &str) {
    let find = |view: &View| view.bubbles(OWNER).into_iter().find(|b| b.id() == bubble.id())?.data_of(label);
    let data = pilot.until(&format!("a button {label:?}"), find).await;
    pilot.tap_data(OWNER, OWNER, bubble.id(), &data).await;
}

/// The file of this name once it is in the chat.
async fn document(pilot: &Pilot, name: &str) -> Vec<u8> {
    let find = |view: &View| {
        let named = |bubble: &Bubble| bubble.is_bots() && bubble.0["document"]["file_name"] == name;
        view.bubbles(OWNER).into_iter().find(named)
    };
    let bubble = pilot.until(&format!("the file {name:?}"), find).await;
    pilot.file(bubble.document_id()).await
}

async fn item(pilot: &Pilot, path: &str) -> Bubble {
    pilot.say(OWNER, OWNER, &format!("/files {path}")).await;
    pilot.bubble(OWNER, "rw-").await
}

#[tokio::test]
async fn a_file_sent_to_the_bot_lies_in_the_picked_folder_and_a_second_one_is_asked_about() {
    let flight = Practice::start(&["--sim"]).await;
    let (pilot, folder) = (&flight.pilot, sample(&flight).join("Backups"));
    pilot.say(OWNER, OWNER, "/files sample").await;
    pilot.bubble(OWNER, "folders").await;

    let first = noise(3_000_001, 7);
    pilot.upload(OWNER, "../holiday 🌋.bin", false, "", first.clone()).await.expect("a file");
    let offer = pilot.bubble(OWNER, "Where should it go?").await;
    assert!(offer.text().contains("holiday 🌋.bin, 2.9 MiB"), "{}", offer.text());
    tap(pilot, &offer, "Another folder").await;
    tap(pilot, &offer, "📁 Backups").await;
    tap(pilot, &offer, "Save to sample/Backups").await;
    pilot.becomes(&offer, "In sample/Backups").await;
    assert_eq!(fs::read(folder.join("holiday 🌋.bin")).expect("saved"), first);

    // The same name again: the folder used last is offered; nothing is overwritten unasked.
    let second = noise(70_000, 8);
    pilot.upload(OWNER, "holiday 🌋.bin", false, "", second.clone()).await.expect("a file");
    let offer = pilot.bubble(OWNER, "holiday 🌋.bin, 68.4 KiB").await;
    tap(pilot, &offer, "Save to sample/Backups").await;
    let question = pilot.becomes(&offer, "is in sample/Backups already").await;
    assert_eq!(fs::read(folder.join("holiday 🌋.bin")).expect("as it was"), first);
    tap(pilot, &question, "Replace").await;
    pilot.becomes(&offer, "In sample/Backups").await;
    assert_eq!(fs::read(folder.join("holiday 🌋.bin")).expect("the new one"), second);
    let trash = sample(&flight).join(".cockpit-trash");
    let thrown: Vec<PathBuf> =
        fs::read_dir(trash).expect("a trash").map(|e| e.expect("an entry").path()).collect();
    assert_eq!(thrown.len(), 1);
    assert_eq!(fs::read(thrown[0].join("item")).expect("the old one"), first);
    assert_eq!(pilot.view().await.refusals(), Vec::<String>::new());
    assert_eq!(flight.stop().await, Some(0));
}

#[tokio::test]
async fn what_telegram_does_not_carry_is_told_before_it_is_tried() {
    let flight = Practice::start(&["--sim"]).await;
    let pilot = &flight.pilot;
    pilot.say(OWNER, OWNER, "/files sample").await;
    pilot.bubble(OWNER, "folders").await;
    pilot.upload(OWNER, "film.mkv", false, "", vec![1; 22 << 20]).await.expect("a file");
    let told = pilot.bubble(OWNER, "film.mkv is").await;
    assert!(told.text().contains("Telegram hands at most"), "{}", told.text());

    let file = fs::File::create(sample(&flight).join("disk.img")).expect("a file");
    file.set_len(6 << 30).expect("a sparse file");
    let shown = item(pilot, "sample/disk.img").await;
    tap(pilot, &shown, "Download").await;
    pilot.becomes(&shown, "more than 99 volumes").await;
    let calls = pilot.view().await.calls();
    let tried = calls.iter().filter(|call| call["method"] == "getFile" || call["method"] == "sendDocument");
    assert_eq!(tried.count(), 0, "nothing was tried");
}

#[tokio::test]
async fn a_file_arrives_in_the_chat_and_a_large_one_in_volumes_that_the_shown_command_joins() {
    let flight = Practice::start(&["--sim"]).await;
    let (pilot, root) = (&flight.pilot, sample(&flight));
    let shown = item(pilot, "sample/Backups/shop-2026-11-20.sql").await;
    tap(pilot, &shown, "Download").await;
    let arrived = document(pilot, "shop-2026-11-20.sql").await;
    assert!(arrived == fs::read(root.join("Backups/shop-2026-11-20.sql")).expect("a sample file"));

    let whole = noise(52_000_003, 9);
    fs::write(root.join("my disk.img"), &whole).expect("room");
    let shown = item(pilot, "sample/my disk.img").await;
    tap(pilot, &shown, "Download").await;
    let question = pilot.becomes(&shown, "2 numbered volumes").await;
    tap(pilot, &question, "Send 2 volumes").await;
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["my_disk.img.001", "my_disk.img.002", "my_disk.img.join.txt"] {
        fs::write(folder.path().join(name), document(pilot, name).await).expect("room");
    }
    let how = fs::read_to_string(folder.path().join("my_disk.img.join.txt")).expect("text");
    let command = how.lines().find(|line| line.contains("cat ")).expect("the command").trim();
    #[expect(clippy::disallowed_methods, reason = "what the pilot is told to run is run")]
    let joined = std::process::Command::new("sh").args(["-c", command]).current_dir(folder.path()).status();
    assert!(joined.expect("a shell").success(), "{command}");
    assert!(fs::read(folder.path().join("my_disk.img")).expect("joined") == whole, "another file came out");
}

#[tokio::test]
async fn a_folder_arrives_as_an_archive_that_unpacks_to_the_same() {
    let flight = Practice::start(&["--sim"]).await;
    let (pilot, root) = (&flight.pilot, sample(&flight));
    pilot.say(OWNER, OWNER, "/files sample/Odd names").await;
    let folder = pilot.bubble(OWNER, "sample › Odd names").await;
    tap(pilot, &folder, "Details").await;
    pilot.becomes(&folder, "rwx").await;
    tap(pilot, &folder, "Download").await;
    pilot.becomes(&folder, "goes as one archive").await;
    tap(pilot, &folder, "Pack and send").await;
    let packed = document(pilot, "Odd names.tar.zst").await;
    let out = tempfile::tempdir().expect("a folder");
    let tar = zstd::stream::read::Decoder::new(&packed[..]).expect("zstd");
    tar::Archive::new(tar).unpack(out.path()).expect("an archive");
    let (sent, came) = (tree(&root.join("Odd names")), tree(&out.path().join("Odd names")));
    assert!(sent.len() > 8, "{sent:?}");
    assert_eq!(sent, came);
}

/// Names as they are, with what is in the files and what the links say.
fn tree(at: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    use std::os::unix::ffi::OsStrExt;
    let entries = fs::read_dir(at).expect("a folder").map(|entry| entry.expect("an entry").path());
    let read = |path: PathBuf| {
        let bytes = match fs::read_link(&path) {
            Ok(says) => says.as_os_str().as_bytes().to_vec(),
            Err(_) => fs::read(&path).expect("a file"),
        };
        (path.strip_prefix(at).expect("it is in it").to_owned(), bytes)
    };
    entries.map(read).collect()
}

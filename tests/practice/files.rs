//! Pictures and documents, both ways.

use reqwest::StatusCode;
use serde_json::json;

use crate::{
    bot::{Flight, png},
    pilot::OWNER,
};

const CHAT: (&str, &str) = ("chat_id", "1001");

#[tokio::test]
async fn photos_are_real_pictures_of_reasonable_shape() {
    let flight = Flight::met().await;
    let mut broken = png(64, 64);
    let half = broken.len() / 2;
    broken.truncate(half);
    let mut heavy = png(8, 8);
    heavy.resize((10 << 20) + 1, 0);
    let size = heavy.len();
    for (what, bytes, why) in [
        ("a text", b"hello".to_vec(), "Bad Request: IMAGE_PROCESS_FAILED".to_owned()),
        ("half a picture", broken, "Bad Request: IMAGE_PROCESS_FAILED".to_owned()),
        ("nothing", Vec::new(), "Bad Request: file must be non-empty".to_owned()),
        ("a ribbon", png(21, 441), "Bad Request: PHOTO_INVALID_DIMENSIONS".to_owned()),
        ("a wall", png(5001, 5000), "Bad Request: PHOTO_INVALID_DIMENSIONS".to_owned()),
        (
            "more than 10 MB",
            heavy,
            format!(
                "Bad Request: file of size {size} bytes is too big for a photo; the maximum size is 10485760 bytes"
            ),
        ),
    ] {
        let sent = flight.bot.form("sendPhoto", &[CHAT], &[("photo", "p.png", bytes)]).await;
        assert_eq!(sent, Err((400, why)), "{what}");
    }
    for (width, height) in [(20, 400), (1280, 720), (1, 20)] {
        let sent = flight.bot.form("sendPhoto", &[CHAT], &[("photo", "p.png", png(width, height))]).await;
        let sent = sent.unwrap_or_else(|why| panic!("{width}×{height}: {why:?}"));
        assert_eq!(
            (&sent["photo"][0]["width"], &sent["photo"][0]["height"]),
            (&json!(width), &json!(height))
        );
    }
}

#[tokio::test]
async fn files_are_named_attached_and_sent_again() {
    let flight = Flight::met().await;
    let bot = &flight.bot;
    let refused = |text: &str| Err((400, format!("Bad Request: {text}")));
    assert_eq!(bot.form("sendPhoto", &[CHAT], &[]).await, refused("there is no photo in the request"));
    assert_eq!(bot.form("sendDocument", &[CHAT], &[]).await, refused("there is no document in the request"));
    let lost = bot.form("sendPhoto", &[CHAT, ("photo", "attach://p")], &[]).await;
    assert_eq!(lost, refused("there is no photo in the request"));
    let url = bot.form("sendPhoto", &[CHAT, ("photo", "https://x.org/p.png")], &[]).await;
    assert_eq!(url, refused("failed to get HTTP URL content"));
    let stray = bot.form("sendPhoto", &[CHAT], &[("picture", "p.png", png(8, 8))]).await;
    assert_eq!(stray, refused("practice: no parameter of sendPhoto takes the file \"picture\""));
    let wrong = bot.form("sendPhoto", &[CHAT, ("photo", "AgAD")], &[]).await;
    assert_eq!(wrong, refused("wrong remote file identifier specified: can't unserialize it"));
    let long = "a".repeat(1025);
    let long = bot.form("sendPhoto", &[CHAT, ("caption", &long)], &[("photo", "p.png", png(8, 8))]).await;
    assert_eq!(long, refused("message caption is too long"));

    let file = vec![("p", "chart.png", png(8, 8))];
    let sent = bot
        .form(
            "sendPhoto",
            &[CHAT, ("photo", "attach://p"), ("caption", "<b>x</b>"), ("parse_mode", "HTML")],
            &file,
        )
        .await;
    let sent = sent.expect("an attached photo");
    assert_eq!((&sent["caption"], &sent["caption_entities"][0]["type"]), (&json!("x"), &json!("bold")));
    let photo = sent["photo"][0]["file_id"].as_str().expect("an id").to_owned();
    bot.ok("sendPhoto", json!({ "chat_id": OWNER, "photo": photo })).await;
    let mixed = bot.call("sendDocument", json!({ "chat_id": OWNER, "document": photo })).await;
    assert_eq!(mixed, refused("can't use file of type Photo as Document"));
    assert_eq!(flight.pilot.file(&photo).await, png(8, 8));
}

#[tokio::test]
async fn a_text_becomes_a_picture_and_never_a_text_again() {
    let flight = Flight::met().await;
    let bot = &flight.bot;
    let id = bot.write("text", json!([])).await.to_string();
    let media = |kind: &str, caption: &str| {
        json!({ "type": kind, "media": "attach://m", "caption": caption }).to_string()
    };
    let edit =
        |media: String| vec![("chat_id", "1001".to_owned()), ("message_id", id.clone()), ("media", media)];
    let send = async |fields: Vec<(&str, String)>, bytes: Vec<u8>| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        bot.form("editMessageMedia", &fields, &[("m", "chart.png", bytes)]).await
    };
    let refused = |text: &str| Err((400, format!("Bad Request: {text}")));
    let odd = send(edit(media("video", "")), png(8, 8)).await;
    assert_eq!(odd, refused("can't parse InputMedia: type \"video\" is unsupported"));
    let none = bot
        .call(
            "editMessageMedia",
            json!({ "chat_id": OWNER, "message_id": id, "media": { "type": "photo", "media": "" } }),
        )
        .await;
    assert_eq!(none, refused("can't parse InputMedia: media not found"));
    assert_eq!(
        send(edit("{".to_owned()), png(8, 8)).await,
        refused("practice: no parameter of editMessageMedia takes the file \"m\"")
    );

    let edited = send(edit(media("photo", "chart")), png(64, 32)).await.expect("a picture");
    assert_eq!((&edited["photo"][0]["width"], &edited["caption"]), (&json!(64), &json!("chart")));
    assert_eq!(edited.get("text"), None);
    let back = bot.call("editMessageText", json!({ "chat_id": OWNER, "message_id": id, "text": "x" })).await;
    assert_eq!(back, refused("there is no text in the message to edit"));
    let caption = |text: &str| json!({ "chat_id": OWNER, "message_id": id, "caption": text });
    bot.ok("editMessageCaption", caption("other")).await;
    let same = bot.call("editMessageCaption", caption("other")).await.expect_err("the same");
    assert!(same.1.starts_with("Bad Request: message is not modified"), "{same:?}");
    let long = bot.call("editMessageCaption", caption(&"a".repeat(1025))).await;
    assert_eq!(long, refused("MEDIA_CAPTION_TOO_LONG"));
    // The same picture again is no change; the same bytes uploaded anew are.
    let photo = &edited["photo"][0]["file_id"];
    let again = json!({ "type": "photo", "media": photo, "caption": "other" });
    let again =
        bot.call("editMessageMedia", json!({ "chat_id": OWNER, "message_id": id, "media": again })).await;
    assert!(again.expect_err("the same").1.contains("message is not modified"));
    send(edit(media("photo", "other")), png(64, 32)).await.expect("a new upload");
}

#[tokio::test]
async fn a_pilots_file_is_fetched_by_its_path() {
    let flight = Flight::met().await;
    let bot = &flight.bot;
    let bytes = b"alpha\nbeta\n".to_vec();
    flight.pilot.upload(OWNER, "../notes 1.txt", false, "/import", bytes.clone()).await.expect("a document");
    let updates = bot.updates(0).await;
    let message = &updates.last().expect("an update")["message"];
    assert_eq!(message["caption"], "/import");
    let document = &message["document"];
    assert_eq!(
        (&document["file_name"], &document["file_size"]),
        (&json!("notes 1.txt"), &json!(bytes.len()))
    );
    let file = bot.ok("getFile", json!({ "file_id": document["file_id"] })).await;
    let path = file["file_path"].as_str().expect("a path");
    let (api, token) = (&flight.server.api_url, &flight.server.token);
    // Clients escape the slash too.
    for path in [path.replace(' ', "%20"), path.replace('/', "%2F").replace(' ', "%20")] {
        let fetched = reqwest::get(format!("{api}/file/bot{token}/{path}")).await.expect("an answer");
        assert_eq!(fetched.status(), StatusCode::OK, "{path}");
        assert_eq!(fetched.bytes().await.expect("bytes"), bytes);
    }
    let rest = reqwest::Client::new().get(format!("{api}/file/bot{token}/{}", path.replace(' ', "%20")));
    for (range, status, body) in
        [("bytes=6-", 206, &bytes[6..]), ("bytes=0-", 206, &bytes[..]), ("bytes=11-", 416, b"")]
    {
        let part = rest.try_clone().expect("no body").header("range", range).send().await.expect("an answer");
        assert_eq!(part.status().as_u16(), status, "{range}");
        assert_eq!(part.bytes().await.expect("bytes"), body, "{range}");
    }
    let foreign = reqwest::get(format!("{api}/file/bot1:x/{path}")).await.expect("an answer");
    assert_eq!(foreign.status(), StatusCode::UNAUTHORIZED);

    let id =
        flight.pilot.upload(OWNER, "big.bin", false, "", vec![0; (20 << 20) + 1]).await.expect("a document");
    let big =
        flight.pilot.view().await.bubbles(OWNER).into_iter().find(|b| b.id() == id).expect("the message");
    let refused = bot.call("getFile", json!({ "file_id": big.document_id() })).await;
    assert_eq!(refused, Err((400, "Bad Request: file is too big".to_owned())));
    let wrong = bot.call("getFile", json!({ "file_id": "nothing" })).await;
    assert_eq!(wrong, Err((400, "Bad Request: invalid file_id".to_owned())));
    let none = bot.call("getFile", json!({})).await;
    assert_eq!(none, Err((400, "Bad Request: file_id not specified".to_owned())));
}

#[tokio::test]
async fn what_is_too_large_is_refused_with_413() {
    let flight = Flight::met().await;
    let sent =
        flight.bot.form("sendDocument", &[CHAT], &[("document", "a.bin", vec![1; (50 << 20) + 1])]).await;
    assert_eq!(sent, Err((413, "Request Entity Too Large".to_owned())));
}

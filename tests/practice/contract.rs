//! The product's own calls against this server: each side was written without the other.

use std::{sync::Arc, time::Duration};

use cockpit_bot::{
    bridge::ship::Command,
    domain::{Blobs, ChatId, PilotId},
    screen::Style,
    telegram::{
        api::Api,
        config::{Config, Token},
        failure::Failure,
        methods::{self, Call, Key, Photo, Scope, UploadData},
    },
};
use futures_util::TryStreamExt;
use serde_json::json;

use crate::{
    bot::{Flight, png},
    pilot::{GROUP, OWNER},
};

const CHAT: ChatId = ChatId(OWNER);

fn api(flight: &Flight) -> Api {
    let config = Config { api_url: flight.server.api_url.clone(), ..Config::default() };
    let token = Token::parse(&flight.server.token).expect("a token in BotFather's shape");
    Api::new(&config, token, Blobs::default()).expect("a client")
}

fn keys() -> Vec<Vec<Key>> {
    let key = |text: &str, style| Key { text: text.to_owned(), callback_data: text.to_owned(), style };
    vec![
        vec![key("a", Style::Plain), key("b", Style::Primary)],
        vec![key("c", Style::Success), key("d", Style::Danger)],
    ]
}

#[tokio::test]
async fn every_call_of_the_product_is_taken() {
    let flight = Flight::met().await;
    let api = api(&flight);
    let post =
        async |call: Call| api.post(&call).await.unwrap_or_else(|why| panic!("{}: {why}", call.method));
    let picture = || Photo::New(UploadData::Bytes(Arc::from(png(64, 64))));

    assert_eq!(api.me().await.expect("me").username.as_deref(), Some("cockpit_practice_bot"));
    api.updates(None).await.expect("the /start that waits");
    let text = post(methods::send_message(CHAT, "<b>x</b>", &keys(), true)).await.message.expect("a number");
    post(methods::edit_text(CHAT, text, "<b>y</b>", &keys())).await;
    post(methods::strip(CHAT, text)).await;
    let again =
        post(methods::edit_media(CHAT, text, picture(), "<i>c</i>", &keys())).await.photo.expect("a photo");
    post(methods::edit_caption(CHAT, text, "d", &keys())).await;
    post(methods::edit_media(CHAT, text, Photo::Id(again.clone()), "e", &Vec::new())).await;
    post(methods::send_photo(CHAT, Photo::Id(again), "f", &keys(), false)).await;
    post(methods::send_photo(CHAT, picture(), "", &Vec::new(), true)).await;
    post(methods::uploading(CHAT)).await;
    post(methods::send_document(CHAT, "a.log", UploadData::Bytes(Arc::from(&b"line\n"[..])), "log")).await;
    post(methods::delete(CHAT, text)).await;
    let menu = [Command { name: "status".to_owned(), about: "How it is".to_owned() }];
    for scope in [Scope::Default, Scope::Chat(CHAT), Scope::Member(ChatId(GROUP), PilotId(OWNER))] {
        post(methods::commands(scope, &menu)).await;
        post(methods::commands(scope, &[])).await;
    }
    post(methods::drop_webhook()).await;

    post(methods::send_message(CHAT, "tap me", &keys(), false)).await;
    let bubble = flight.pilot.bubble(OWNER, "tap me").await;
    for toast in ["", "Only the crew may do that."] {
        let query = flight.pilot.tap(OWNER, &bubble, "d").await;
        post(methods::answer(&query, toast)).await;
        assert_eq!(flight.pilot.answer_to(&query).await, (toast.to_owned(), false));
    }
    assert_eq!(flight.pilot.view().await.refusals(), Vec::<String>::new());
}

#[tokio::test]
async fn the_product_understands_every_refusal_it_can_meet() {
    let flight = Flight::met().await;
    let api = api(&flight);
    let fails = async |call: Call| api.post(&call).await.expect_err(call.method);
    let text = api.post(&methods::send_message(CHAT, "x", &keys(), false)).await.expect("sent");
    let id = text.message.expect("a number");
    assert_eq!(fails(methods::edit_text(CHAT, id, "x", &keys())).await, Failure::NotModified);
    assert_eq!(fails(methods::edit_text(CHAT, id + 99, "x", &keys())).await, Failure::Gone);
    assert_eq!(fails(methods::edit_caption(CHAT, id, "x", &keys())).await, Failure::Gone);
    assert_eq!(fails(methods::delete(CHAT, id + 99)).await, Failure::Gone);
    assert_eq!(fails(methods::answer("123", "late")).await, Failure::QueryOld);
    assert!(matches!(fails(methods::send_message(CHAT, "<b>x", &keys(), false)).await, Failure::Entities(_)));
    assert!(matches!(fails(methods::send_message(ChatId(5), "x", &keys(), false)).await, Failure::Closed(_)));
    let lost = Photo::Id("practice-photo-000099".to_owned());
    assert_eq!(fails(methods::send_photo(CHAT, lost, "", &keys(), false)).await, Failure::FileUnknown);
    let huge = UploadData::Bytes(Arc::from(vec![0; (50 << 20) + 1]));
    assert_eq!(fails(methods::send_document(CHAT, "huge", huge, "")).await, Failure::TooLarge);

    flight.pilot.faults(json!({ "trouble": "status", "status": 429, "retry_after_s": 9, "times": 1 })).await;
    let wait = Failure::TooMany(Duration::from_secs(9));
    assert_eq!(fails(methods::send_message(CHAT, "x", &keys(), false)).await, wait);
    flight.pilot.faults(json!({ "trouble": "status", "status": 502, "times": 1 })).await;
    assert_eq!(fails(methods::send_message(CHAT, "x", &keys(), false)).await, Failure::Server(502));
    flight.pilot.faults(json!({ "trouble": "reset", "times": 1 })).await;
    assert!(matches!(fails(methods::send_message(CHAT, "x", &keys(), false)).await, Failure::Unreachable(_)));
    flight.pilot.set_blocked(OWNER, true).await;
    assert!(matches!(fails(methods::send_message(CHAT, "x", &keys(), false)).await, Failure::Closed(_)));
}

#[tokio::test]
async fn a_server_too_old_for_a_field_is_remembered() {
    let flight = Flight::met().await;
    let api = api(&flight);
    for complaint in [
        "Bad Request: can't parse inline keyboard button: style is unknown",
        "Bad Request: link_preview_options is unknown",
    ] {
        let trouble = json!({ "trouble": "status", "status": 400, "description": complaint, "times": 1 });
        flight.pilot.faults(trouble).await;
        api.post(&methods::send_message(CHAT, complaint, &keys(), false))
            .await
            .expect("posted again without it");
        let bubble = flight.pilot.bubble(OWNER, complaint).await;
        assert_eq!(bubble.0["reply_markup"]["inline_keyboard"][1][1].get("style"), None);
    }
}

#[tokio::test]
async fn a_file_is_fetched_in_parts() {
    let flight = Flight::met().await;
    let api = api(&flight);
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| n as u8).collect();
    let id = flight.pilot.upload(OWNER, "a b/ü 1.bin", false, "", bytes.clone()).await.expect("a document");
    let bubbles = flight.pilot.view().await.bubbles(OWNER);
    let bubble = bubbles.iter().find(|b| b.id() == id).expect("the message");
    let file = api.remote_file(bubble.document_id()).await.expect("a file");
    let path = file.file_path.expect("a path");
    for from in [0, 123_456] {
        let parts: Vec<Vec<u8>> =
            api.download(&path, from).await.expect("a stream").try_collect().await.expect("all");
        assert_eq!(parts.concat(), bytes[from as usize..], "from {from}");
    }
}

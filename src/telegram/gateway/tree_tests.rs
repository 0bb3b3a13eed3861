use expect_test::{Expect, expect};

use super::{
    super::fake_ship::{FakeShip, OWNER, STRANGER},
    *,
};

async fn heard(json: &str) -> Heard {
    let update: Update = serde_json::from_str(json).expect("an update");
    let ship: ShipRef = Arc::new(FakeShip::default());
    hear(&tree(), update, &ship).await
}

/// `rest` is what the message holds besides its sender and chat.
async fn check(from: PilotId, group: bool, rest: &str, want: Expect) {
    let chat = if group {
        r#"{"id":-5,"type":"group","title":"ops"}"#.to_owned()
    } else {
        format!(r#"{{"id":{from},"type":"private","first_name":"D"}}"#)
    };
    let json = format!(
        r#"{{"update_id":9,"message":{{"message_id":3,"date":1700000000,"chat":{chat},
            "from":{{"id":{from},"is_bot":false,"first_name":"Dre","language_code":"id"}},{rest}}}}}"#
    );
    want.assert_eq(&told(&heard(&json).await));
}

fn told(heard: &Heard) -> String {
    match heard {
        Heard::Tap(person, tap) => {
            format!("tap of {} {:?} on {} photo {}", person.caller.pilot, tap.data, tap.message, tap.photo)
        }
        Heard::Typed(person, text) => {
            let caller = &person.caller;
            format!(
                "typed by {} ({}, {:?}) in {}: {text:?}",
                caller.name, caller.pilot, caller.lang_tag, caller.chat
            )
        }
        Heard::File(_, file) => format!("{file:?}"),
        Heard::Idle(_) => "idle".into(),
        Heard::Stranger { caller, how } => format!("stranger {} {how:?}", caller.pilot),
        Heard::Door { chat, open } => format!("door of {chat}: {open}"),
        Heard::Nothing => "nothing".into(),
    }
}

#[tokio::test]
async fn words_of_ours_are_heard_and_strangers_only_where_they_mean_us() {
    check(
        OWNER,
        false,
        r#""text":"/start""#,
        expect![[r#"typed by Dre (1001, Some("id")) in 1001: Text { text: "/start", reply_to: None }"#]],
    )
    .await;
    check(
        OWNER,
        true,
        r#""text":"hi""#,
        expect![[r#"typed by Dre (1001, Some("id")) in -5: Text { text: "hi", reply_to: None }"#]],
    )
    .await;
    check(OWNER, false, r#""sticker":{"file_id":"s"}"#, expect!["idle"]).await;
    check(OWNER, false, r#""something_new":{"a":1}"#, expect!["idle"]).await;
    check(STRANGER, false, r#""text":"hi""#, expect!["stranger 666 Wrote"]).await;
    check(STRANGER, false, r#""something_new":{"a":1}"#, expect!["stranger 666 Wrote"]).await;
    check(STRANGER, true, r#""text":"hi""#, expect!["nothing"]).await;
    check(STRANGER, true, r#""text":"/start""#, expect!["stranger 666 Called"]).await;
}

#[tokio::test]
async fn files_of_all_kinds_have_a_name_and_perhaps_a_size() {
    let file = |kind: &str, more: &str| {
        format!(r#""{kind}":{{"file_id":"f","file_unique_id":"u",{more}}},"caption":"see""#)
    };
    let name = r#""file_name":"../../etc/passwd","file_size":7"#;
    check(OWNER, false, &file("document", name), expect![[r#"Attached { file_id: "f", kind: Document, name: "../../etc/passwd", size: Some(Bytes(7)), caption: "see" }"#]]).await;
    check(OWNER, false, &file("document", r#""mime_type":"a/b""#), expect![[r#"Attached { file_id: "f", kind: Document, name: "file-2023-11-14-221320.bin", size: None, caption: "see" }"#]]).await;
    check(
        OWNER,
        false,
        r#""photo":[{"file_id":"s","file_unique_id":"1","width":1,"height":1},{"file_id":"l","file_unique_id":"2","width":9,"height":9,"file_size":99}]"#,
        expect![[r#"Attached { file_id: "l", kind: Photo, name: "photo-2023-11-14-221320.jpg", size: Some(Bytes(99)), caption: "" }"#]],
    )
    .await;
    check(OWNER, false, &file("voice", r#""duration":3"#), expect!["idle"]).await;
    check(OWNER, false, &file("video", r#""duration":3,"width":1,"height":1"#), expect!["idle"]).await;
}

#[tokio::test]
async fn taps_are_heard_even_on_messages_too_old_to_be_told() {
    let tap = |from: PilotId, date: u32, more: &str| {
        format!(
            r#"{{"update_id":9,"callback_query":{{"id":"cb","chat_instance":"1","data":"1x",
                "from":{{"id":{from},"is_bot":false,"first_name":"Dre"}},
                "message":{{"message_id":3,"date":{date},"chat":{{"id":-5,"type":"group","title":"x"}}{more}}}}}}}"#
        )
    };
    let photo = r#","photo":[{"file_id":"s","file_unique_id":"1","width":1,"height":1}]"#;
    for (json, want) in [
        (tap(OWNER, 1_700_000_000, photo), expect![[r#"tap of 1001 "1x" on 3 photo true"#]]),
        (tap(OWNER, 1_700_000_000, r#","text":"x""#), expect![[r#"tap of 1001 "1x" on 3 photo false"#]]),
        (tap(OWNER, 0, ""), expect![[r#"tap of 1001 "1x" on 3 photo false"#]]),
        (tap(STRANGER, 0, ""), expect![[r#"stranger 666 Tapped { callback: "cb" }"#]]),
    ] {
        want.assert_eq(&told(&heard(&json).await));
    }
}

#[tokio::test]
async fn bots_channels_and_unknown_kinds_are_nobody() {
    for json in [
        r#"{"update_id":1,"message":{"message_id":3,"date":1,"chat":{"id":1001,"type":"private","first_name":"x"},
            "from":{"id":1001,"is_bot":true,"first_name":"Bot"},"text":"/start"}}"#,
        r#"{"update_id":1,"channel_post":{"message_id":3,"date":1,"chat":{"id":-9,"type":"channel","title":"c"},"text":"x"}}"#,
        r#"{"update_id":1,"brand_new_kind":{"a":[1,2,3]}}"#,
        r#"{"update_id":1,"callback_query":{"id":"cb","chat_instance":"1","data":"x","inline_message_id":"9",
            "from":{"id":1001,"is_bot":false,"first_name":"D"}}}"#,
    ] {
        assert_eq!(told(&heard(json).await), "nothing", "{json}");
    }
}

#[tokio::test]
async fn a_person_who_blocks_and_unblocks_the_bot_is_heard() {
    let json = |status: &str| {
        format!(
            r#"{{"update_id":1,"my_chat_member":{{"chat":{{"id":1001,"type":"private","first_name":"D"}},"date":1,
                "from":{{"id":1001,"is_bot":false,"first_name":"D"}},
                "old_chat_member":{{"status":"member","user":{{"id":42,"is_bot":true,"first_name":"B"}}}},
                "new_chat_member":{{"status":"{status}","user":{{"id":42,"is_bot":true,"first_name":"B"}},"until_date":0}}}}}}"#
        )
    };
    assert_eq!(told(&heard(&json("kicked")).await), "door of 1001: false");
    assert_eq!(told(&heard(&json("member")).await), "door of 1001: true");
}

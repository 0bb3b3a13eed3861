//! Files in and out, buttons that are too long, groups.

use super::*;

#[tokio::test]
async fn files_come_in_only_when_they_are_taken_and_go_out_within_the_limits() {
    let flight = Flight::start().await;
    flight.opens().await;
    let bytes: Vec<u8> = (0..3_000_000u32).map(|n| (n % 251) as u8).collect();
    flight.api.holds_file("f1", bytes.clone());
    let document = |size: usize, caption: &str| {
        json!({ "document": { "file_id": "f1", "file_unique_id": "u", "file_name": "a/b.bin", "file_size": size },
            "caption": caption })
    };
    flight.api.says(DRE, DRE, document(bytes.len(), "later"));
    flight.asked("file \"a/b.bin\" Document \"later\" at Some").await;
    assert_eq!(flight.api.count("(download)"), 0, "nothing fetched yet");
    flight.api.breaks_download_after(1_000_000);
    flight.api.says(DRE, DRE, document(bytes.len(), "keep"));
    flight.asked("got Ok(3000000) 3000000").await;
    assert_eq!(flight.api.count("(download)"), 2, "taken up where it broke");

    let blob = flight.ship.blobs.put(Memory(bytes.clone()));
    let file = crate::domain::Attachment { blob, caption: "here <it> is".into() };
    flight.answers(Answer::File { file, next: View::HOME });
    flight.api.types(DRE, "/get");
    flight.called("sendDocument").await;
    let sent = |api: &BotApi| api.uploads().into_iter().find(|(name, _)| name == "report.bin");
    let (_, sent) = flight.api.until("the file", sent).await;
    assert!(sent == bytes, "byte for byte");
}

struct Memory(Vec<u8>);

impl crate::domain::BlobSource for Memory {
    fn meta(&self) -> crate::domain::BlobMeta {
        crate::domain::BlobMeta { name: "report.bin".into(), size_bytes: Some(self.0.len() as u64) }
    }

    fn open(
        &self,
    ) -> std::pin::Pin<
        Box<
            dyn Future<
                    Output = Result<
                        (crate::domain::BlobMeta, crate::domain::ByteStream),
                        crate::domain::BlobError,
                    >,
                > + Send
                + '_,
        >,
    > {
        let bytes = std::io::Cursor::new(self.0.clone());
        Box::pin(async move { Ok((self.meta(), Box::pin(bytes) as crate::domain::ByteStream)) })
    }
}

#[tokio::test]
async fn a_button_too_long_for_telegram_works_also_after_a_restart() {
    let mut flight = Flight::start().await;
    let long = list(Some("a search so long that no button holds it, not by a mile"));
    flight.extra(|screen| screen.rows = vec![vec![crate::screen::Button::view("Long", long)]]);
    flight.opens().await;
    flight.kept("select count(*) from tg_bubbles where message is not null").await;
    flight.killed().await;
    flight.up().await;
    flight.api.presses(DRE, "Long");
    flight.shows(DRE, "a search so lon").await;
    let toast = flight.api.bodies("answerCallbackQuery").pop().unwrap();
    assert_eq!(toast["text"], Value::Null);
}

#[tokio::test]
async fn in_a_group_only_who_was_asked_answers_and_other_bots_commands_are_theirs() {
    let flight = Flight::start().await;
    let (group, other) = (-5, 1002);
    flight.extra(|screen| {
        screen.prompt = Some(Prompt { hole: Hole::ServicesSearch, hint: "a name".into() });
    });
    let known = |api: &BotApi| (api.count("getMe") >= 2).then_some(());
    flight.api.until("the bot knows its name", known).await;
    flight.opens().await;
    flight.api.says(DRE, group, json!({ "text": "/start@Cockpit_Bot" }));
    flight.shows(group, "✎ a name").await;
    flight.api.says(DRE, group, json!({ "text": "/start@other_bot" }));
    flight.api.says(other, group, json!({ "text": "not me" }));
    flight.api.says(666, group, json!({ "text": "nor me" }));
    flight.api.says(DRE, group, json!({ "text": "me" }));
    flight.asked("fill \"me\"").await;
    let log = flight.ship.log();
    assert!(!log.iter().any(|line| line.contains("not me") || line.contains("nor me")), "{log:?}");
    assert_eq!(log.iter().filter(|line| line.starts_with("command \"start\"")).count(), 2);
    let menus = flight.api.bodies("setMyCommands");
    assert!(menus.iter().any(|menu| menu["scope"]["type"] == "chat_member"), "{menus:?}");
}

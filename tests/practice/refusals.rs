//! One line per refusal.

use serde_json::{Value, json};

use crate::{
    bot::Flight,
    pilot::{GROUP, OWNER, STRANGER},
};

/// Each call is refused with 400 (or the given code) and exactly this description.
async fn refused(flight: &Flight, cases: Vec<(&str, Value, &str)>) {
    for (method, body, description) in cases {
        let code = if description.starts_with("Forbidden") { 403 } else { 400 };
        let found = flight.bot.call(method, body.clone()).await;
        assert_eq!(found, Err((code, description.to_owned())), "{method} {body}");
    }
}

fn keyboard(button: Value) -> Value {
    json!({ "chat_id": OWNER, "text": "x", "reply_markup": { "inline_keyboard": [[button]] } })
}

#[tokio::test]
async fn texts_keep_to_their_limits() {
    let flight = Flight::met().await;
    let send = |text: &str| json!({ "chat_id": OWNER, "text": text });
    let html = |text: &str| json!({ "chat_id": OWNER, "text": text, "parse_mode": "HTML" });
    refused(
        &flight,
        vec![
            ("sendMessage", send(""), "Bad Request: message text is empty"),
            ("sendMessage", json!({ "chat_id": OWNER }), "Bad Request: message text is empty"),
            ("sendMessage", send(" \n "), "Bad Request: text must be non-empty"),
            ("sendMessage", html("<b></b>"), "Bad Request: text must be non-empty"),
            ("sendMessage", send(&"a".repeat(4097)), "Bad Request: message is too long"),
            ("sendMessage", send(&"🚀".repeat(2049)), "Bad Request: message is too long"),
            ("sendMessage", send(&"a".repeat(32_769)), "Bad Request: text is too long"),
            (
                "sendMessage",
                html("<b>x"),
                "Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
            ),
            (
                "sendMessage",
                html("disk <90%"),
                "Bad Request: can't parse entities: Unclosed start tag at byte offset 5",
            ),
            (
                "sendMessage",
                json!({ "chat_id": OWNER, "text": "x", "parse_mode": "Markdown" }),
                "Bad Request: practice: of the parse modes only HTML is practised here",
            ),
            (
                "sendMessage",
                json!({ "chat_id": OWNER, "text": "x", "parse_mode": "BBCode" }),
                "Bad Request: unsupported parse_mode",
            ),
        ],
    )
    .await;
    // The limit counts what is left after parsing.
    flight.bot.ok("sendMessage", html(&format!("<b>{}</b>", "a".repeat(4096)))).await;
    flight.bot.ok("sendMessage", html(&"&amp;".repeat(4096))).await;
    flight.bot.ok("sendMessage", send(&"🚀".repeat(2048))).await;
}

#[tokio::test]
async fn chats_have_to_be_there() {
    let flight = Flight::met().await;
    let to = |chat: Value| json!({ "chat_id": chat, "text": "x" });
    flight.pilot.say(STRANGER, STRANGER, "hello").await;
    flight.pilot.set_blocked(STRANGER, true).await;
    refused(
        &flight,
        vec![
            ("sendMessage", json!({ "text": "x" }), "Bad Request: chat_id is empty"),
            ("sendMessage", to(json!(77)), "Bad Request: chat not found"),
            ("sendMessage", to(json!("@captain")), "Bad Request: chat not found"),
            ("sendMessage", to(json!(STRANGER)), "Forbidden: bot was blocked by the user"),
            (
                "sendMessage",
                to(json!([OWNER])),
                "Bad Request: practice: parameter \"chat_id\" has to be an Integer or String",
            ),
            ("sendChatAction", json!({ "chat_id": 77, "action": "typing" }), "Bad Request: chat not found"),
            (
                "sendChatAction",
                json!({ "chat_id": OWNER, "action": "dancing" }),
                "Bad Request: wrong parameter action in request",
            ),
        ],
    )
    .await;
    flight.bot.ok("sendMessage", to(json!(OWNER.to_string()))).await;
    flight.bot.ok("sendMessage", to(json!(GROUP))).await;
    flight.bot.ok("sendChatAction", json!({ "chat_id": OWNER, "action": "typing" })).await;
    flight.pilot.set_blocked(STRANGER, false).await;
    flight.bot.ok("sendMessage", to(json!(STRANGER))).await;
}

#[tokio::test]
async fn people_who_never_wrote_do_not_exist() {
    let flight = Flight::start().await;
    let body = json!({ "chat_id": OWNER, "text": "x" });
    refused(&flight, vec![("sendMessage", body.clone(), "Bad Request: chat not found")]).await;
    flight.pilot.say(OWNER, OWNER, "/start").await;
    flight.bot.ok("sendMessage", body).await;
}

#[tokio::test]
async fn parameters_have_names_and_types() {
    let flight = Flight::met().await;
    let with = |name: &str, value: Value| {
        let mut body = json!({ "chat_id": OWNER, "text": "x" });
        body[name] = value;
        body
    };
    refused(
        &flight,
        vec![
            (
                "sendMessage",
                with("txt", json!("x")),
                "Bad Request: practice: parameter \"txt\" of sendMessage is unknown",
            ),
            (
                "sendMessage",
                with("message_thread_id", json!(1)),
                "Bad Request: practice: parameter \"message_thread_id\" of sendMessage is not practised here",
            ),
            (
                "sendMessage",
                with("disable_notification", json!("perhaps")),
                "Bad Request: practice: parameter \"disable_notification\" has to be a Boolean",
            ),
            (
                "sendMessage",
                with("text", json!(5)),
                "Bad Request: practice: parameter \"text\" has to be a String",
            ),
            (
                "editMessageText",
                json!({ "chat_id": OWNER, "message_id": "last", "text": "x" }),
                "Bad Request: practice: parameter \"message_id\" has to be an Integer",
            ),
            (
                "sendMessage",
                with("reply_markup", json!("{")),
                "Bad Request: can't parse reply keyboard markup JSON object",
            ),
            ("sendMessage", with("reply_markup", json!([])), "Bad Request: object expected as reply markup"),
            (
                "sendMessage",
                with("link_preview_options", json!(1)),
                "Bad Request: object expected as link preview options",
            ),
            (
                "sendMessage",
                with("reply_parameters", json!({ "message_id": 1 })),
                "Bad Request: message to be replied not found",
            ),
            (
                "sendMessage",
                with("reply_parameters", json!({})),
                "Bad Request: can't find field \"message_id\"",
            ),
        ],
    )
    .await;
    let lenient = json!({ "message_id": 1, "allow_sending_without_reply": true });
    let sent = flight.bot.ok("sendMessage", with("reply_parameters", lenient)).await;
    assert_eq!(sent.get("reply_to_message"), None);
    assert_eq!(
        flight.bot.call("sendDice", json!({ "chat_id": OWNER })).await,
        Err((404, "Not Found: method not found".to_owned()))
    );
}

#[tokio::test]
async fn keyboards_keep_their_shape() {
    let flight = Flight::met().await;
    let rows =
        |rows: Value| json!({ "chat_id": OWNER, "text": "x", "reply_markup": { "inline_keyboard": rows } });
    let button = json!({ "text": "b", "callback_data": "d" });
    let many = |n: usize| Value::from(vec![button.clone(); n]);
    refused(&flight, vec![
        (
            "sendMessage",
            keyboard(json!({ "text": "b", "callback_data": "x".repeat(65) })),
            "Bad Request: BUTTON_DATA_INVALID",
        ),
        (
            "sendMessage",
            keyboard(json!({ "text": "b", "callback_data": "" })),
            "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            "sendMessage",
            keyboard(json!({ "callback_data": "d" })),
            "Bad Request: can't parse inline keyboard button: Can't find field \"text\"",
        ),
        (
            "sendMessage",
            keyboard(json!({ "text": "", "callback_data": "d" })),
            "Bad Request: inline keyboard button text must be non-empty",
        ),
        (
            "sendMessage",
            keyboard(json!({ "text": "b", "callback_data": "d", "style": "loud" })),
            "Bad Request: can't parse inline keyboard button: invalid button style specified",
        ),
        (
            "sendMessage",
            keyboard(json!({ "text": "b", "callback_data": "d", "colour": "red" })),
            "Bad Request: practice: InlineKeyboardButton has no field \"colour\" that is practised here",
        ),
        (
            "sendMessage",
            keyboard(json!({ "text": "b", "callback_data": "d", "url": "https://x.org" })),
            "Bad Request: practice: a button does one thing: exactly one of its optional fields has to be given",
        ),
        (
            "sendMessage",
            keyboard(json!({ "text": "b", "url": "javascript:alert(1)" })),
            "Bad Request: inline keyboard button URL 'javascript:alert(1)' is invalid: Wrong HTTP URL",
        ),
        (
            "sendMessage",
            keyboard(json!({ "text": "b", "copy_text": { "text": "x".repeat(257) } })),
            "Bad Request: BUTTON_COPY_TEXT_INVALID",
        ),
        (
            "sendMessage",
            keyboard(json!("b")),
            "Bad Request: can't parse inline keyboard button: InlineKeyboardButton must be an Object",
        ),
        (
            "sendMessage",
            rows(json!([button])),
            "Bad Request: field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays",
        ),
        ("sendMessage", rows(json!([many(9)])), "Bad Request: practice: 9 buttons in a row: clients show 8"),
        (
            "sendMessage",
            rows(Value::from(vec![many(1); 101])),
            "Bad Request: reply markup is too long",
        ),
        (
            "sendMessage",
            json!({ "chat_id": OWNER, "text": "x", "reply_markup": { "keyboard": [["a"]] } }),
            "Bad Request: practice: reply_markup: only inline keyboards, force_reply and remove_keyboard are practised here",
        ),
    ])
    .await;
    let full = json!([many(8), [{ "text": "b", "callback_data": "é".repeat(32), "style": "danger" }], []]);
    let sent = flight.bot.ok("sendMessage", rows(full)).await;
    let shown = &sent["reply_markup"]["inline_keyboard"];
    assert_eq!(shown.as_array().expect("rows").len(), 2, "an empty row is no row");
    assert_eq!(shown[1][0]["style"], "danger");
    flight.bot.ok("sendMessage", rows(Value::from(vec![many(4); 25]))).await;
}

#[tokio::test]
async fn edits_have_to_change_something_that_is_there() {
    let flight = Flight::met().await;
    let bot = &flight.bot;
    let keys = json!([[{ "text": "a", "callback_data": "1" }]]);
    let id = bot.write("<b>one</b>", keys.clone()).await;
    let theirs = flight.pilot.say(OWNER, OWNER, "mine").await;
    let markup = json!({ "inline_keyboard": keys });
    let edit = |id: i64, text: &str| json!({ "chat_id": OWNER, "message_id": id, "text": text, "parse_mode": "HTML", "reply_markup": markup });
    let same = "Bad Request: message is not modified: specified new message content and reply markup are exactly the \
                same as a current content and reply markup of the message";
    refused(&flight, vec![
        ("editMessageText", edit(id, "<b>one</b>"), same),
        ("editMessageText", edit(id, " <strong>one</strong>\n"), same),
        ("editMessageReplyMarkup", json!({ "chat_id": OWNER, "message_id": id, "reply_markup": markup }), same),
        ("editMessageText", edit(id + 1000, "two"), "Bad Request: message to edit not found"),
        ("editMessageText", edit(theirs, "two"), "Bad Request: message can't be edited"),
        ("editMessageText", json!({ "text": "x" }), "Bad Request: message identifier is not specified"),
        ("editMessageText", edit(id, &"a".repeat(4097)), "Bad Request: MESSAGE_TOO_LONG"),
        (
            "editMessageCaption",
            json!({ "chat_id": OWNER, "message_id": id, "caption": "x" }),
            "Bad Request: there is no caption in the message to edit",
        ),
        (
            "editMessageText",
            json!({ "chat_id": OWNER, "message_id": id, "text": "x", "reply_markup": { "force_reply": true } }),
            "Bad Request: inline keyboard expected",
        ),
    ])
    .await;
    // Style counts as a change, and so does a keyboard that goes.
    assert!(bot.ok("editMessageText", edit(id, "one")).await.get("edit_date").is_some());
    let bare = json!({ "chat_id": OWNER, "message_id": id, "text": "one" });
    assert_eq!(bot.ok("editMessageText", bare).await.get("reply_markup"), None);
    bot.ok("deleteMessage", json!({ "chat_id": OWNER, "message_id": id })).await;
    refused(
        &flight,
        vec![
            ("editMessageText", edit(id, "two"), "Bad Request: message to edit not found"),
            (
                "deleteMessage",
                json!({ "chat_id": OWNER, "message_id": id }),
                "Bad Request: message to delete not found",
            ),
            (
                "deleteMessage",
                json!({ "chat_id": OWNER }),
                "Bad Request: message identifier is not specified",
            ),
            ("deleteMessage", json!({ "message_id": id }), "Bad Request: chat identifier is not specified"),
        ],
    )
    .await;
}

#[tokio::test]
async fn old_messages_stay() {
    let flight = Flight::met().await;
    let id = flight.bot.write("old", json!([])).await;
    let group = flight.pilot.say(OWNER, GROUP, "ours").await;
    flight.clock.advance_h(47);
    let young = flight.bot.write("young", json!([])).await;
    flight.clock.advance_h(2);
    let late = "Bad Request: message can't be deleted for everyone";
    refused(
        &flight,
        vec![
            ("deleteMessage", json!({ "chat_id": OWNER, "message_id": id }), late),
            ("deleteMessage", json!({ "chat_id": GROUP, "message_id": group }), late),
        ],
    )
    .await;
    flight.bot.ok("deleteMessage", json!({ "chat_id": OWNER, "message_id": young })).await;
    // Editing has no such end.
    flight.bot.ok("editMessageText", json!({ "chat_id": OWNER, "message_id": id, "text": "new" })).await;
}

#[tokio::test]
async fn taps_are_answered_once_and_in_time() {
    let flight = Flight::met().await;
    let id = flight.bot.write("x", json!([[{ "text": "Go", "callback_data": "go" }]])).await;
    let bubble = flight.pilot.bubble(OWNER, "x").await;
    assert_eq!(bubble.id(), id);
    let query = flight.pilot.tap(OWNER, &bubble, "Go").await;
    let late = "Bad Request: query is too old and response timeout expired or query ID is invalid";
    let answer = |id: &str, text: &str| json!({ "callback_query_id": id, "text": text, "show_alert": true });
    refused(
        &flight,
        vec![
            ("answerCallbackQuery", answer("12345", "x"), late),
            ("answerCallbackQuery", answer(&query, &"a".repeat(201)), "Bad Request: MESSAGE_TOO_LONG"),
        ],
    )
    .await;
    flight.bot.ok("answerCallbackQuery", answer(&query, "done")).await;
    assert_eq!(flight.pilot.answer_to(&query).await, ("done".to_owned(), true));
    refused(&flight, vec![("answerCallbackQuery", answer(&query, "again"), late)]).await;

    // One whose time is over at once.
    let flight = Flight::start_with(|options| options.query_ttl = std::time::Duration::ZERO).await;
    flight.pilot.say(OWNER, OWNER, "/start").await;
    flight.bot.write("x", json!([[{ "text": "Go", "callback_data": "go" }]])).await;
    let bubble = flight.pilot.bubble(OWNER, "x").await;
    let forgotten = flight.pilot.tap(OWNER, &bubble, "Go").await;
    refused(&flight, vec![("answerCallbackQuery", answer(&forgotten, "late"), late)]).await;
}

#[tokio::test]
async fn command_menus_are_checked_and_chosen_by_scope_and_language() {
    let flight = Flight::met().await;
    let set = |commands: Value| json!({ "commands": commands });
    let one = |name: &str, about: &str| json!([{ "command": name, "description": about }]);
    let scoped = |scope: Value| json!({ "commands": one("a", "b"), "scope": scope });
    let many: Vec<Value> =
        (0..101).map(|n| json!({ "command": format!("c{n}"), "description": "d" })).collect();
    refused(
        &flight,
        vec![
            ("setMyCommands", set(one("Start", "x")), "Bad Request: BOT_COMMAND_INVALID"),
            ("setMyCommands", set(one("", "x")), "Bad Request: command must be non-empty"),
            (
                "setMyCommands",
                set(one(&"a".repeat(33), "x")),
                "Bad Request: command length must not exceed 32",
            ),
            ("setMyCommands", set(one("a", " ")), "Bad Request: command description must be non-empty"),
            (
                "setMyCommands",
                set(one("a", &"x".repeat(257))),
                "Bad Request: command description length must not exceed 256",
            ),
            ("setMyCommands", set(json!(many)), "Bad Request: BOT_COMMANDS_TOO_MUCH"),
            ("setMyCommands", set(json!({})), "Bad Request: expected an Array of BotCommand"),
            (
                "setMyCommands",
                set(json!([{ "command": "a" }])),
                "Bad Request: can't parse BotCommand: Can't find field \"description\"",
            ),
            (
                "setMyCommands",
                json!({ "commands": one("a", "b"), "language_code": "english" }),
                "Bad Request: invalid language code specified",
            ),
            (
                "setMyCommands",
                scoped(json!({ "type": "everywhere" })),
                "Bad Request: can't parse BotCommandScope: Unsupported type specified",
            ),
            (
                "setMyCommands",
                scoped(json!({ "type": "chat" })),
                "Bad Request: can't parse BotCommandScope: Can't find field \"chat_id\"",
            ),
            (
                "setMyCommands",
                scoped(json!({ "type": "chat", "chat_id": STRANGER })),
                "Bad Request: chat not found",
            ),
        ],
    )
    .await;

    let bot = &flight.bot;
    bot.ok("setMyCommands", set(one("help", "Help"))).await;
    bot.ok("setMyCommands", json!({ "commands": one("bantuan", "Bantuan"), "language_code": "id" })).await;
    let chat = json!({ "type": "chat", "chat_id": OWNER });
    bot.ok("setMyCommands", json!({ "commands": one("reboot", "Reboot"), "scope": chat })).await;
    let view = flight.pilot.view().await;
    assert_eq!(view.menu(OWNER, OWNER), ["reboot"]);
    assert_eq!(view.menu(OWNER, GROUP), ["help"]);
    assert_eq!(view.menu(STRANGER, STRANGER), ["help"]);
    flight.pilot.set_language(STRANGER, "id").await;
    assert_eq!(flight.pilot.view().await.menu(STRANGER, STRANGER), ["bantuan"]);
    assert_eq!(bot.ok("getMyCommands", json!({ "scope": chat })).await, one("reboot", "Reboot"));
    bot.ok("deleteMyCommands", json!({ "scope": chat })).await;
    assert_eq!(bot.ok("getMyCommands", json!({ "scope": chat })).await, json!([]));
    assert_eq!(flight.pilot.view().await.menu(OWNER, OWNER), ["help"]);
}

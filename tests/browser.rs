//! The practice page in a real browser, with a scripted bot behind it. Skipped, and said so, where Chromium is absent.

#[path = "practice/bot.rs"]
mod bot;
#[path = "browser/chromium.rs"]
mod chromium;
#[path = "browser/flight.rs"]
mod flight;
#[path = "pilot/mod.rs"]
mod pilot;
#[path = "browser/screens.rs"]
mod screens;

use bot::Flight;
use chromium::Chromium;
use pilot::{GROUP, OWNER, STRANGER};
use serde_json::json;

const PHONE: (u32, u32) = (390, 844);

/// A browser at the size of a phone, or the reason why there is none.
async fn browser() -> Option<Chromium> {
    let Some(program) = chromium::find() else {
        println!("skipped: no Chromium is installed (apt-get install chromium)");
        return None;
    };
    let mut browser = Chromium::start(&program).await;
    browser.size(PHONE.0, PHONE.1).await;
    browser.scheme("dark").await;
    Some(browser)
}

/// Nothing threw, nothing was refused by the page's own policy.
fn assert_quiet(browser: &Chromium) {
    assert!(browser.complaints.is_empty(), "{:#?}", browser.complaints);
}

#[tokio::test]
async fn a_newcomer_meets_the_bot_and_flies() {
    let Some(mut page) = browser().await else { return };
    let flight = Flight::start().await;
    let (pilot, bot) = (&flight.pilot, &flight.bot);
    page.open(&flight.server.page_url).await;
    page.until_text("What can this bot do?").await;
    page.shot("phone-dark-start").await;
    page.click("#start", "START").await;
    page.until_text("/start").await;
    page.until("document.querySelector('.msg.out .meta use').getAttribute('href') === '#i-check'").await;
    bot.catch_up().await;
    page.until("document.querySelector('.msg.out .meta use').getAttribute('href') === '#i-checks'").await;

    // The dashboard comes, a tap on it turns until it is answered, and the bubble is edited in place.
    screens::commands(bot).await;
    let id = bot.write(screens::DASHBOARD, screens::dashboard_keys()).await;
    page.until_text("/mnt/dre is 87 % full").await;
    assert_eq!(
        page.eval(&format!("document.querySelector('#m{id} pre').textContent.includes('6.1 of 7.7 GiB')"))
            .await,
        true
    );
    page.shot("phone-dark-dashboard").await;
    page.click(".key", "nginx").await;
    page.until("document.querySelector('.key.waiting') !== null").await;
    page.shot("phone-dark-waiting").await;
    let tapped = bot.updates(0).await.pop().expect("a tap")["callback_query"].clone();
    assert_eq!(tapped["data"], "v1.svc.nginx");
    let query = tapped["id"].as_str().expect("a number");
    bot.ok("answerCallbackQuery", json!({ "callback_query_id": query, "text": "On it…" })).await;
    page.until("document.querySelector('.key.waiting') === null").await;
    page.until("document.querySelector('.toast')?.textContent === 'On it…'").await;
    screens::edit(bot, id, screens::SERVICE, screens::service_keys()).await;
    page.until_text("failed 3 min ago").await;
    page.until(&format!("document.querySelector('#m{id} .meta').textContent.includes('edited')")).await;
    page.shot("phone-dark-service").await;

    // A question, with the colours of danger, and an alert.
    screens::edit(bot, id, screens::QUESTION, screens::question_keys()).await;
    page.until("document.querySelector('.key.danger')?.textContent.includes('Stop docker')").await;
    page.shot("phone-dark-question").await;
    page.click(".key", "Stop docker").await;
    pilot.until("the second tap", |view| (view.0["pending_updates"] == 2).then_some(())).await;
    let query = bot.updates(0).await.pop().expect("a tap")["callback_query"]["id"].clone();
    bot.ok(
        "answerCallbackQuery",
        json!({ "callback_query_id": query, "text": "This question has ended.", "show_alert": true }),
    )
    .await;
    page.until("document.querySelector('#alert').open").await;
    page.until_text("This question has ended.").await;
    page.click("#alert .yes", "OK").await;
    page.until("!document.querySelector('#alert').open").await;

    // Typing, with the menu's help.
    page.click("#text", "").await;
    page.type_text("/st").await;
    page.until("document.querySelectorAll('#commands button').length === 2").await;
    page.shot("phone-dark-commands").await;
    page.press("ArrowDown", 40).await;
    page.press("ArrowDown", 40).await;
    page.press("Enter", 13).await;
    pilot
        .until("the typed command", |view| {
            view.bubbles(OWNER).iter().any(|b| b.text() == "/status").then_some(())
        })
        .await;
    page.type_text("all is well <b>here</b>").await;
    page.press("Enter", 13).await;
    page.until("[...document.querySelectorAll('.msg.out .body')].at(-1).textContent.startsWith('all is well <b>here</b>')").await;
    assert_quiet(&page);
    page.close().await;
}

#[tokio::test]
async fn pictures_and_files_go_both_ways() {
    let Some(mut page) = browser().await else { return };
    let flight = Flight::met().await;
    let bot = &flight.bot;
    page.open(&flight.server.page_url).await;
    let keys = json!({ "inline_keyboard": screens::chart_keys() }).to_string();
    let fields = [
        ("chat_id", "1001"),
        ("caption", screens::CHART),
        ("parse_mode", "HTML"),
        ("reply_markup", keys.as_str()),
    ];
    let sent = bot
        .form("sendPhoto", &fields, &[("photo", "chart.png", screens::chart(0.3))])
        .await
        .expect("a photo");
    let id = sent["message_id"].as_i64().expect("a number");
    page.until(&format!("document.querySelector('#m{id} .photo img.ready')?.naturalWidth === 1280")).await;
    page.shot("phone-dark-chart").await;

    // An edited picture takes the place of the old one.
    let before = page.eval(&format!("document.querySelector('#m{id} .photo img').src")).await;
    let media = json!({ "type": "photo", "media": "attach://c", "caption": "CPU, 6 hours" }).to_string();
    let message = id.to_string();
    let fields = [
        ("chat_id", "1001"),
        ("message_id", message.as_str()),
        ("media", media.as_str()),
        ("reply_markup", keys.as_str()),
    ];
    bot.form("editMessageMedia", &fields, &[("c", "chart.png", screens::chart(0.8))]).await.expect("an edit");
    page.until(&format!("document.querySelector('#m{id} .photo img').src !== {before}")).await;
    page.click(".photo", "").await;
    page.until("document.querySelector('#viewer').open && document.querySelector('#viewer img').complete")
        .await;
    page.shot("phone-dark-viewer").await;
    page.click("#viewer .close", "").await;

    let log = ("document", "nginx.service.log", b"line\n".repeat(2000));
    bot.form("sendDocument", &[("chat_id", "1001"), ("caption", "The last 2,000 lines")], &[log])
        .await
        .expect("a file");
    page.until_text("9.8 KiB").await;

    // A file from the pilot.
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cockpit.toml");
    std::fs::write(&file, "[ship]\nname = \"potion\"\n").expect("a file");
    page.pick("#pick", &[&file]).await;
    page.until("document.querySelector('#filebox').open").await;
    page.click("#filebox .line", "").await;
    page.type_text("the new config").await;
    page.shot("phone-dark-filebox").await;
    page.click("#filebox .yes", "Send").await;
    let sent = flight
        .pilot
        .until("the document", |view| view.bubbles(OWNER).into_iter().find(|b| b.text() == "the new config"))
        .await;
    assert_eq!(flight.pilot.file(sent.document_id()).await, b"[ship]\nname = \"potion\"\n");
    page.shot("phone-dark-files").await;
    assert_quiet(&page);
    page.close().await;
}

#[tokio::test]
async fn whatever_a_bot_writes_stays_text() {
    let Some(mut page) = browser().await else { return };
    let flight = Flight::met().await;
    let bot = &flight.bot;
    page.open(&flight.server.page_url).await;
    page.until_text("/start").await;
    for evil in screens::EVIL {
        let key = json!([[{ "text": evil, "callback_data": "x" }, { "text": "copy", "copy_text": { "text": evil } }]]);
        let escaped = evil.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let text = format!(
            "{escaped} <b>{escaped}</b> <pre><code class=\"language-x&quot;&gt;&lt;img\">{escaped}</code></pre>"
        );
        let id = bot.write(&text, key).await;
        page.until(&format!("document.querySelector('#m{id}') !== null")).await;
        let shown = page.eval(&format!("document.querySelector('#m{id} .key').textContent")).await;
        assert_eq!(shown, json!(evil));
        let file = (*evil, b"<script>window.pwned = 1</script>".to_vec());
        bot.form("sendDocument", &[("chat_id", "1001"), ("caption", evil)], &[("document", file.0, file.1)])
            .await
            .expect("a file");
    }
    let menu = json!([{ "command": "x", "description": screens::EVIL[0] }]);
    bot.ok("setMyCommands", json!({ "commands": menu })).await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='parent.pwned=1'/>".to_vec();
    bot.form("sendDocument", &[("chat_id", "1001")], &[("document", "x.svg", svg)]).await.expect("a file");
    page.until_text("x.svg").await;
    page.click("#menu", "").await;
    page.until("!document.querySelector('#commands').hidden").await;
    let odd = "[...document.querySelectorAll('#chat img, #chat script, #chat iframe, #chat svg [onload]')]\
               .filter(e => e.getAttribute('src') !== '/page.svg').length";
    assert_eq!(page.eval(odd).await, 0);
    assert_eq!(page.eval("window.pwned ?? null").await, json!(null));
    // The policy itself: markup from strings is impossible, even by mistake.
    let tried = page.eval("(() => { try { document.body.innerHTML = '<b>x</b>'; return 'made'; } catch (e) { return e.name; } })()").await;
    assert_eq!(tried, "TypeError");
    page.shot("phone-dark-hostile").await;
    let unexpected: Vec<_> = page.complaints.iter().filter(|c| !c.contains("TrustedHTML")).collect();
    assert!(unexpected.is_empty(), "{unexpected:#?}");
    page.close().await;
}

#[tokio::test]
async fn people_languages_groups_and_faults() {
    let Some(mut page) = browser().await else { return };
    let flight = Flight::met().await;
    let (pilot, bot) = (&flight.pilot, &flight.bot);
    page.scheme("light").await;
    page.open(&flight.server.page_url).await;
    screens::commands(bot).await;
    bot.write(screens::DASHBOARD, screens::dashboard_keys()).await;
    page.until_text("/mnt/dre is 87 % full").await;
    page.shot("phone-light-dashboard").await;

    page.click("#me", "").await;
    page.until("document.querySelector('#app').classList.contains('side')").await;
    page.click("#people button", "Stranger").await;
    page.until_text("What can this bot do?").await;
    page.click("#start", "START").await;
    pilot.until("the stranger", |view| (!view.bubbles(STRANGER).is_empty()).then_some(())).await;
    bot.ok("sendMessage", json!({ "chat_id": STRANGER, "text": "This bot serves its crew only." })).await;
    page.until_text("This bot serves its crew only.").await;
    page.click("#me", "").await;
    page.click("#blocked", "").await;
    page.press("Escape", 27).await;
    page.click("#start", "UNBLOCK").await;
    page.until("!document.querySelector('#composer').hidden").await;
    page.click("#me", "").await;
    page.click("#people button", "Captain").await;
    page.click("#me", "").await;
    page.click("#languages button", "Indonesia").await;
    page.until("document.documentElement.lang === 'id'").await;
    page.shot("phone-light-side-id").await;
    let missing = "(function differ(a, b) { return Object.keys({ ...a, ...b }).filter(k => typeof a[k] !== typeof b[k] || \
                   (typeof a[k] === 'object' && differ(a[k], b[k]).length)); })(WORDS.en, WORDS.id)";
    assert_eq!(page.eval(missing).await, json!([]), "the page speaks both languages");
    page.click("#chats button", "Flight deck").await;
    page.click("#text", "").await;
    page.type_text("halo semua").await;
    page.press("Enter", 13).await;
    page.until_text("halo semua").await;
    pilot.say(STRANGER, GROUP, "/status@cockpit_practice_bot").await;
    let reply = json!({ "message_id": pilot.view().await.bubbles(GROUP).last().expect("one").id() });
    bot.ok("sendMessage", json!({ "chat_id": GROUP, "text": "✔ semua beres", "reply_parameters": reply, "disable_notification": true })).await;
    page.until_text("semua beres").await;
    page.shot("phone-light-group").await;

    page.click("#open-faults", "").await;
    page.click("#troubles label", "429").await;
    pilot.until("the fault", |view| (view.0["faults"]["status"] == 429).then_some(())).await;
    let refused = bot.call("getMe", json!({})).await.expect_err("429");
    assert_eq!(refused, (429, "Too Many Requests: retry after 3".to_owned()));
    page.until("document.querySelector('#calls em')?.textContent.includes('retry after 3')").await;
    page.shot("phone-light-faults").await;
    page.click("#troubles label", "Cuaca cerah").await;
    pilot.until("fair weather", |view| (view.0["faults"]["trouble"] == "off").then_some(())).await;

    page.size(1360, 860).await;
    page.click("#chats button", "Cockpit").await;
    page.until_text("/mnt/dre is 87 % full").await;
    page.shot("desktop-light-id").await;
    page.scheme("dark").await;
    page.click("#close-faults", "").await;
    pilot.set_language(OWNER, "en").await;
    page.until("document.documentElement.lang === 'en'").await;
    page.shot("desktop-dark").await;
    assert_quiet(&page);

    // The flight ends: the page says so, and asks for its key when it has none.
    let shell = flight.server.api_url.clone();
    page.open(&shell).await;
    page.until_text("it carries the key").await;
    page.shot("desktop-locked").await;
    page.open(&flight.server.page_url.replace("key=", "key=00")).await;
    page.until_text("it carries the key").await;
    page.open(&flight.server.page_url).await;
    page.until("!document.querySelector('#app').hidden").await;
    flight.server.shutdown().await;
    page.until_text("connecting…").await;
    page.close().await;
}

/// Types a line into the chat, as a person does.
async fn type_line(page: &mut Chromium, line: &str) {
    page.click("#text", "").await;
    page.type_text(line).await;
    page.press("Enter", 13).await;
}

/// Waits until a message of the bot contains a text. Not the newest one: a warning may come unasked at any time.
async fn is_said(page: &mut Chromium, text: &str) {
    let all = "[...document.querySelectorAll('.msg.in')]";
    page.until(&format!("{all}.some(m => m.innerText.includes({}))", json!(text))).await;
}

#[tokio::test]
async fn a_newcomer_flies_over_this_machine_with_its_own_numbers() {
    let Some(mut page) = browser().await else { return };
    let flight = flight::Practice::start(&[]).await;
    page.open(&flight.page_url).await;
    page.click("#start", "START").await;
    is_said(&mut page, "RAM").await;
    page.shot("flight-dashboard-en").await;
    let shown = page.eval("[...document.querySelectorAll('.msg.in')].at(-1).innerText").await;
    let shown = shown.as_str().expect("a text");
    let memory = flight::memory_total();
    assert!(shown.contains(&memory), "{memory} of memory is not in:\n{shown}");
    let root = flight::root_used_percent();
    let near = (root.saturating_sub(1)..=root + 1).any(|percent| shown.contains(&format!("{percent} %")));
    assert!(near, "{root} % of / is not in:\n{shown}");

    // The chart takes the bubble's place; another range is another picture; home is a text again.
    page.click(".key", "Charts").await;
    page.until("document.querySelector('.photo img.ready')?.naturalWidth > 600").await;
    page.shot("flight-chart-en").await;
    let before = page.eval("document.querySelector('.photo img').src").await;
    page.click(".key", "6h").await;
    page.until(&format!("![{before}, ''].includes(document.querySelector('.photo img')?.src ?? '')")).await;
    page.click(".key", "⌂").await;
    is_said(&mut page, "RAM").await;

    flight.pilot.set_language(OWNER, "id").await;
    type_line(&mut page, "/start").await;
    is_said(&mut page, "Grafik").await;
    page.shot("flight-dashboard-id").await;
    assert_eq!(flight.pilot.view().await.refusals(), Vec::<String>::new());
    assert_quiet(&page);
    page.close().await;
    assert_eq!(flight.stop().await, Some(0));
}

#[tokio::test]
async fn a_newcomer_restarts_a_service_of_the_simulated_server() {
    let Some(mut page) = browser().await else { return };
    let flight = flight::Practice::start(&["--sim"]).await;
    page.scheme("light").await;
    page.open(&flight.page_url).await;
    page.click("#start", "START").await;
    is_said(&mut page, "simulated").await;
    page.shot("flight-sim-dashboard-en").await;
    type_line(&mut page, "/restart nginx").await;
    is_said(&mut page, "This question ends in").await;
    page.shot("flight-sim-question-en").await;
    page.click(".key", "Cancel").await;
    is_said(&mut page, "web server and a reverse proxy").await;
    assert_eq!(flight.sim_acts(), "", "cancelled is not done");

    type_line(&mut page, "/restart nginx").await;
    is_said(&mut page, "This question ends in").await;
    page.click(".key.danger", "Restart").await;
    is_said(&mut page, "steady for 3 s").await;
    page.until("document.querySelector('.key.waiting') === null").await;
    page.shot("flight-sim-done-en").await;
    assert!(flight.sim_acts().contains("nginx.service"), "{}", flight.sim_acts());
    assert_eq!(flight.sim_acts().lines().count(), 1);

    flight.pilot.set_language(OWNER, "id").await;
    type_line(&mut page, "/restart nginx").await;
    is_said(&mut page, "Pertanyaan ini berakhir").await;
    page.shot("flight-sim-question-id").await;
    page.click(".key", "Batal").await;
    is_said(&mut page, "web server and a reverse proxy").await;
    page.shot("flight-sim-unit-id").await;
    assert_eq!(flight.sim_acts().lines().count(), 1);
    assert_eq!(flight.pilot.view().await.refusals(), Vec::<String>::new());
    assert_quiet(&page);
    page.close().await;
    assert_eq!(flight.stop().await, Some(0));
}

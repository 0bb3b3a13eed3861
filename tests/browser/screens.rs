//! What the scripted bot shows: screens in the manner of the product, and things that ought to stay harmless.

use serde_json::{Value, json};

use crate::{bot::Bot, pilot::OWNER};

pub const DASHBOARD: &str =
    "🚀 <b>potion</b> — ▲ <b>look</b>\n/mnt/dre is 87 % full, about full on Tuesday\n\
<pre>CPU  ▂▁▂▅▇▃▂▂  23 %   load 0.8/4
RAM  ███████▉░░ 6.1 of 7.7 GiB
     1.6 available, swap 0.2/2.0
/    ██████░░░░ 61 %   92 GiB free
dre  ████████▋░ 87 %   61 GiB free
Temp 62 °C   Net ↓1.2 ↑0.3 MB/s</pre>\
✔ 11 services   ✖ 1: nginx\n✔ 9 containers\n✔ backed up 6 h ago\n<i>up 12 d 4 h · as of 14:03:22</i>";

pub fn dashboard_keys() -> Value {
    let key = |text: &str, data: &str| json!({ "text": text, "callback_data": data });
    json!([
        [{ "text": "✖ nginx", "callback_data": "v1.svc.nginx", "style": "danger" }],
        [key("⚙ Engine", "e"), key("📦 Cargo", "c"), key("📡 Nav", "n")],
        [key("✨ Co-pilot", "p"), key("🛠 Settings", "s")],
        [key("📈 Charts", "h"), key("● Live", "l"), key("↻", "r")],
    ])
}

pub const SERVICE: &str = "potion › Engine › <b>nginx.service</b>\n✖ failed 3 min ago, exit 1\n\
<blockquote expandable>bind() to 0.0.0.0:80 failed (98: Address already in use)\nbind() to [::]:80 failed (98: Address already in use)\n\
still could not bind()\nnginx.service: Control process exited, code=exited, status=1/FAILURE</blockquote>\
restarted 5× in 1 min, gave up\n<code>Memory –   PID –</code>\nneeded by: nothing. See /logs or <a href=\"https://nginx.org/en/docs/\">the manual</a>";

pub fn service_keys() -> Value {
    json!([
        [
            { "text": "▶ Start", "callback_data": "1", "style": "success" },
            { "text": "✨ Diagnose", "callback_data": "2", "style": "primary" },
            { "text": "📜 Log", "callback_data": "3" },
        ],
        [
            { "text": "‹ Back", "callback_data": "4" },
            { "text": "↻", "callback_data": "5" },
            { "text": "⌂", "callback_data": "6" },
        ],
    ])
}

pub const QUESTION: &str = "<b>Stop docker.service?</b>\n9 containers stop with it, among them <b>web</b> (published on 443).\n\
Last backup 6 h ago.\n<i>This question ends in 60 s.</i>";

pub fn question_keys() -> Value {
    json!([[
        { "text": "Cancel", "callback_data": "no" },
        { "text": "■ Stop docker", "callback_data": "yes", "style": "danger" },
    ]])
}

pub const CHART: &str = "<b>CPU</b>, 15 min · now 23 %, at most 61 %";

pub fn chart_keys() -> Value {
    let key = |text: &str, data: &str| json!({ "text": text, "callback_data": data });
    json!([[key("15 min ✓", "a"), key("1 h", "b"), key("6 h", "c")], [key("‹ Back", "d"), key("⌂", "e")]])
}

pub async fn commands(bot: &Bot) {
    let list: Vec<Value> = [
        ("start", "The dashboard"),
        ("status", "How the ship is doing"),
        ("services", "Units that are watched"),
        ("restart", "Restart a service: /restart nginx"),
        ("crew", "The actors, and how they are"),
        ("audit", "Who did what, and when"),
        ("help", "What this bot can do"),
    ]
    .iter()
    .map(|(command, description)| json!({ "command": command, "description": description }))
    .collect();
    bot.ok("setMyCommands", json!({ "commands": list })).await;
}

pub async fn edit(bot: &Bot, id: i64, text: &str, keys: Value) {
    let markup = json!({ "inline_keyboard": keys });
    let body = json!({ "chat_id": OWNER, "message_id": id, "text": text, "parse_mode": "HTML", "reply_markup": markup });
    bot.ok("editMessageText", body).await;
}

/// A line on a dark ground, 1280×720.
pub fn chart(phase: f64) -> Vec<u8> {
    let (width, height) = (1280_usize, 720_usize);
    let mut pixels = vec![0x1c_u8; width * height];
    for (row, line) in pixels.chunks_mut(width).enumerate() {
        for (x, pixel) in line.iter_mut().enumerate() {
            let at = x as f64 / width as f64 * 12.0 + phase * 9.0;
            let level = 420.0 - 130.0 * (at.sin() + (at * 2.7).sin() * 0.5);
            let distance = (row as f64 - level).abs();
            if row % 120 == 60 || x % 160 == 80 {
                *pixel = 0x30;
            }
            if row as f64 > level {
                *pixel = pixel.saturating_add(0x22);
            }
            if distance < 2.5 {
                *pixel = 0xd8;
            }
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width as u32, height as u32);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().expect("a header");
    writer.write_image_data(&pixels).expect("rows");
    drop(writer);
    bytes
}

pub const EVIL: &[&str] = &[
    "<img src=x onerror='window.pwned=1'>",
    "</script><script>window.pwned=1</script>",
    "\"><svg onload=window.pwned=1>",
    "javascript:window.pwned=1",
    "{{constructor.constructor('window.pwned=1')()}}",
];

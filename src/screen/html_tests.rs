use expect_test::{Expect, expect};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::*;
use crate::{
    charts,
    domain::{ChatKind, Lang, Role, Theme, UnitName},
    intent::{Act, Hole, services},
    screen::{Align, Button, Column, LogLine, Mark, Pager, Prompt, Table},
};

fn reader(lang: Lang) -> Reader {
    Reader {
        lang,
        tz: TimeZone::get("Asia/Jakarta").expect("bundled"),
        role: Role::Owner,
        theme: Theme::Dark,
        chat: ChatKind::Private,
        now: "2026-11-22T07:03:30Z".parse().expect("a time"),
    }
}

fn at(text: &str) -> jiff::Timestamp {
    text.parse().expect("a time")
}

fn unit() -> UnitName {
    UnitName::parse("nginx").expect("a unit")
}

fn bar(label: &str, share: Option<f32>, text: &str) -> Block {
    Block::Bar { label: label.into(), share, text: text.into() }
}

/// What a person sees: the HTML and the keyboard, one row a line.
fn seen(screen: &Screen, here: Option<&View>, lang: Lang, live: Live) -> String {
    let reader = reader(lang);
    let frame =
        Frame { reader: &reader, here, live, head: None, asking: screen.prompt.is_some(), late: None };
    let page = page(screen, &frame);
    check(&page, screen.picture.is_some());
    let rows = page
        .rows
        .iter()
        .map(|row| row.iter().map(|key| format!("[{}]", key.label)).collect::<Vec<_>>().join(" "));
    [page.html].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

fn shows(screen: Screen, here: View, want: Expect) {
    want.assert_eq(&seen(&screen, Some(&here), Lang::En, Live::Off));
}

#[test]
fn the_dashboard_is_aligned_and_has_no_way_back() {
    let screen = Screen {
        crumbs: vec!["🚀 potion — ▲ look".into()],
        blocks: vec![
            Block::State(Mark::Look, "/mnt/dre is 87 % full".into()),
            Block::Spark {
                label: "CPU".into(),
                values: [2.0, 1.0, 2.0, 5.0, 7.0, 3.0, 2.0, 2.0].map(Some).to_vec(),
                max: Some(8.0),
                text: "23 %   load 0.8/4".into(),
            },
            bar("RAM", Some(0.79), "6.1 of 7.7 GiB"),
            bar("/", Some(0.61), "61 %   92 GiB free"),
            bar("/mnt/a-long-name", Some(0.999), "99 %   1 GiB free"),
            bar("Temp", None, "unknown"),
        ],
        as_of: Some(at("2026-11-22T07:03:22Z")),
        rows: vec![vec![Button::view("✖ nginx", View::Services(services::View::Unit(unit())))]],
        can_live: true,
        ..Screen::default()
    };
    shows(
        screen,
        View::HOME,
        expect![[r#"
        <b>🚀 potion — ▲ look</b>
        ▲ /mnt/dre is 87 % full
        <pre>CPU      ▃▂▅▇▄▃ 23 %   load 0.8/4
        RAM      ████▊░ 6.1 of 7.7 GiB
        /        ███▋░░ 61 %   92 GiB free
        /mnt/a-… █████▉ 99 %   1 GiB free
        Temp     ░░?░░░ unknown</pre>
        <i>as of 14:03:22</i>
        [✖ nginx]
        [● Live] [↻]"#]],
    );
}

#[test]
fn a_unit_has_its_frame_in_both_languages() {
    let screen = Screen {
        crumbs: vec!["potion".into(), "Engine".into(), "nginx.service".into()],
        blocks: vec![
            Block::State(Mark::Bad, "failed 3 min ago, exit 1".into()),
            Block::Pairs(vec![
                ("Memory".into(), "–".into()),
                ("Needed by".into(), "php-fpm.service, certbot.service, web-monitor.service".into()),
            ]),
            Block::Heading("Log".into()),
            Block::Log(vec![
                LogLine {
                    at: Some(at("2026-11-21T16:59:59Z")),
                    priority: Some(3),
                    text: "bind() to 0.0.0.0:80 failed (98: Address already in use)".into(),
                },
                LogLine {
                    at: Some(at("2026-11-22T07:00:00Z")),
                    priority: None,
                    text: "<b>\u{1b}[1mgave up".into(),
                },
            ]),
            Block::Note("restarted 5× & gave up".into()),
        ],
        as_of: Some(at("2026-11-21T07:03:22Z")),
        rows: vec![vec![
            Button::act("▶ Start", Act::Services(services::Act::Start(unit()))),
            Button::act("■ Stop", Act::Services(services::Act::Stop(unit()))).style(Style::Danger),
        ]],
        prompt: Some(Prompt { hole: Hole::ServicesSearch, hint: "part of a name".into() }),
        can_live: true,
        ..Screen::default()
    };
    let here = View::Services(services::View::Unit(unit()));
    expect![[r#"
        <b>potion › Engine › nginx.service</b>
        ✖ failed 3 min ago, exit 1
        <pre>Memory     –
        Needed by  php-fpm.service,
                   certbot.service,
                   web-monitor.service</pre>

        <b>Log</b>
        <pre>── 21 Nov ──
        23:59:59 ✖ bind() to 0.0.0.0:80
          failed (98: Address already in
          use)
        ── 22 Nov ──
        14:00:00 &lt;b&gt;gave up</pre>
        <i>restarted 5× &amp; gave up</i>
        <i>✎ part of a name – type it within 5 min, /cancel to leave it</i>
        <i>as of 21 Nov 14:03:22</i>
        [▶ Start] [■ Stop]
        [‹ Back] [▶ Go on] [↻] [⌂]"#]]
    .assert_eq(&seen(&screen, Some(&here), Lang::En, Live::Over));
    expect![[r#"
        <b>potion › Engine › nginx.service</b>
        ✖ failed 3 min ago, exit 1
        <pre>Memory     –
        Needed by  php-fpm.service,
                   certbot.service,
                   web-monitor.service</pre>

        <b>Log</b>
        <pre>── 21 Nov ──
        23:59:59 ✖ bind() to 0.0.0.0:80
          failed (98: Address already in
          use)
        ── 22 Nov ──
        14:00:00 &lt;b&gt;gave up</pre>
        <i>restarted 5× &amp; gave up</i>
        <i>✎ part of a name – ketik dalam 5 menit, /cancel kalau batal</i>
        <i>per 21 Nov 14:03:22 · ● live</i>
        [▶ Start] [■ Stop]
        [‹ Balik] [↻] [⌂]"#]]
    .assert_eq(&seen(&screen, Some(&here), Lang::Id, Live::On));
}

#[test]
fn a_table_takes_room_from_the_column_that_shrinks() {
    let column = |title: &str, align, shrinks| Column { title: title.into(), align, shrinks };
    let table = Table {
        columns: vec![
            column("PID", Align::Right, false),
            column("Name", Align::Left, true),
            column("CPU", Align::Right, false),
            column("Memory", Align::Right, false),
        ],
        rows: vec![
            vec!["1".into(), "systemd".into(), "0.1 %".into(), "12 MiB".into()],
            vec!["204518".into(), "a-very-long-process-name".into(), "99.9 %".into(), "1.2 GiB".into()],
            vec!["7".into(), "漢字漢字漢字漢字".into(), "–".into()],
        ],
    };
    let list = |page| services::View::List { filter: services::Filter::All, search: None, page };
    let screen = Screen {
        blocks: vec![Block::Table(table)],
        pager: Pager::over(30, 8, 1, |page| View::Services(list(page))),
        ..Screen::default()
    };
    shows(
        screen,
        View::Services(list(1)),
        expect![[r#"
        <pre>   PID Name            CPU  Memory
             1 systemd       0.1 %  12 MiB
        204518 a-very-long… 99.9 % 1.2 GiB
             7 漢字漢字漢…       –</pre>
        [◂] [2/4] [▸]
        [‹ Back] [↻] [⌂]"#]],
    );
}

#[test]
fn of_a_log_the_newest_lines_are_kept_with_their_day_whatever_stands_around_it() {
    let lines = (0..400).map(|n| LogLine {
        at: Some(at("2026-11-21T07:00:00Z") + jiff::SignedDuration::from_secs(n)),
        priority: None,
        text: format!("line {n} <&> {}", "long ".repeat(n as usize % 9)),
    });
    let blocks =
        vec![Block::text("last 400 lines"), Block::Log(lines.collect()), Block::Note("below".into())];
    let screen = Screen { crumbs: vec!["potion".into()], blocks, ..Screen::default() };
    let text = seen(&screen, Some(&View::HOME), Lang::En, Live::Off);
    let told: Vec<&str> = text.lines().collect();
    assert_eq!(told[1], "last 400 lines");
    assert!(told[2].starts_with("<i>… ") && told[2].ends_with(" earlier</i>"), "{text}");
    assert!(told[3].starts_with("<pre>── "), "the day of the first that is left: {text}");
    assert!(text.contains("line 399 &lt;&amp;&gt;") && text.contains("<i>below</i>"), "{text}");
    let left_out: usize = told[2].trim_start_matches("<i>… ").split(' ').next().unwrap().parse().unwrap();
    assert!(told[4].contains(&format!("line {left_out} ")), "{text}");
    assert!(text.contains("[⬇ File]") && plain(&screen, &reader(Lang::En)).contains("line 0 <&>"));
}

#[test]
fn what_does_not_fit_is_counted_and_offered_as_a_file() {
    let lines: Vec<String> = (0..400).map(|n| format!("line {n} <&>")).collect();
    let blocks = lines.chunks(40).map(|lines| Block::Pre(lines.join("\n"))).collect();
    let screen = Screen {
        crumbs: vec!["potion".into()],
        blocks,
        as_of: Some(at("2026-11-22T07:03:22Z")),
        ..Screen::default()
    };
    let text = seen(&screen, Some(&View::HOME), Lang::En, Live::Off);
    let tail: Vec<&str> = text.lines().rev().take(5).collect();
    expect![[r#"
        [↻] [⬇ File]
        <i>as of 14:03:22</i>
        <i>… 79 more</i>
        line 320 &lt;&amp;&gt;</pre>
        line 319 &lt;&amp;&gt;"#]]
    .assert_eq(&tail.join("\n"));

    let chart =
        charts::Treemap { title: "x".into(), light: false, root: vec![], words: charts::Words::default() };
    let small = Screen { picture: Some(Picture::Treemap(chart)), ..screen };
    let text = seen(&small, Some(&View::HOME), Lang::En, Live::Off);
    let tail: Vec<&str> = text.lines().rev().take(5).collect();
    expect![[r#"
        [↻] [⬇ File]
        <i>as of 14:03:22</i>
        <i>… 317 more</i>
        line 82 &lt;&amp;&gt;</pre>
        line 81 &lt;&amp;&gt;"#]]
    .assert_eq(&tail.join("\n"));
    assert!(plain(&small, &reader(Lang::En)).contains("line 399 <&>"));
}

#[test]
fn a_question_brings_its_own_buttons_only() {
    let screen = Screen {
        crumbs: vec!["Stop docker.service?".into()],
        blocks: vec![Block::Text(vec![
            Span::Plain("9 containers stop with it, among them ".into()),
            Span::Code("web".into()),
            Span::Plain(" (published on 443).\nLast backup ".into()),
            Span::Bold("6 h ago".into()),
        ])],
        rows: vec![vec![Button::view("Cancel", View::HOME)]],
        can_live: true,
        ..Screen::default()
    };
    expect![[r#"
        <b>Stop docker.service?</b>
        9 containers stop with it, among them <code>web</code> (published on 443). Last backup <b>6 h ago</b>
        [Cancel]"#]]
    .assert_eq(&seen(&screen, None, Lang::En, Live::Off));
    expect!["–"].assert_eq(&seen(&Screen::default(), None, Lang::En, Live::Off));
}

/// Reads the HTML as Telegram does and holds every limit.
fn check(page: &Page, caption: bool) {
    let text = visible(&page.html);
    let limit = if caption { CAPTION_MAX } else { TEXT_MAX };
    assert!(utf16_len(&text) <= limit, "{} units", utf16_len(&text));
    assert!(!text.trim().is_empty());
    assert!(page.rows.iter().map(Vec::len).sum::<usize>() <= KEYS_MAX);
    for row in &page.rows {
        assert!((1..=rows::KEYS_IN_ROW).contains(&row.len()));
        for key in row {
            assert!(!key.label.trim().is_empty());
        }
    }
    for part in page.html.split("<pre>").skip(1) {
        let part = part.split("</pre>").next().expect("checked to be closed");
        for line in visible(part).lines() {
            assert!(super::super::text::columns(line) <= mono::COLUMNS, "{line:?}");
        }
    }
    let bad = |c: char| c.is_control() && c != '\n' || ('\u{202a}'..='\u{202e}').contains(&c);
    assert!(!text.contains(bad), "{text:?}");
}

/// The text without tags. Panics on anything Telegram would refuse.
fn visible(html: &str) -> String {
    let mut text = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        text.push_str(&rest[..at]);
        assert!(!rest[..at].contains('>'), "bare > in {html:?}");
        rest = &rest[at..];
        let end = rest.find(if rest.starts_with('<') { '>' } else { ';' }).expect("a tag or entity ends");
        let word = &rest[1..end];
        if rest.starts_with('&') {
            text.push(match word {
                "lt" => '<',
                "gt" => '>',
                "amp" => '&',
                "quot" => '"',
                _ => panic!("entity {word:?}"),
            });
        } else if let Some(name) = word.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{html:?}");
        } else {
            assert!(["b", "i", "code", "pre"].contains(&word), "tag {word:?}");
            open.push(word);
        }
        rest = &rest[end + 1..];
    }
    assert!(open.is_empty(), "{open:?} left open");
    text.push_str(rest);
    text
}

fn hostile() -> impl Strategy<Value = String> {
    let nasty = prop::sample::select(vec![
        "<b>",
        "</pre>",
        "&amp;",
        "&",
        "\n",
        "\r\n",
        "\u{1b}[31m",
        "\u{1b}]0;",
        "\u{202e}",
        "\u{200f}",
        "\0",
        "🚀",
        "👩\u{200d}🚀",
        "漢字",
        "שלום",
        "e\u{301}\u{301}\u{301}",
        "\u{fe0f}",
        "\t",
        "  ",
        "\u{e0041}",
        "\"'`*_[]()~>#+-=|{}.!",
        "/stop",
        "@all",
        "a-long-word-without-any-space-that-goes-on-and-on",
    ]);
    prop::collection::vec(prop_oneof![nasty.prop_map(String::from), "\\PC{0,12}", any::<String>()], 0..6)
        .prop_map(|parts| parts.concat())
}

fn block() -> impl Strategy<Value = Block> {
    let value = prop::option::of(prop_oneof![-2f32..3f32, Just(f32::NAN), Just(f32::INFINITY)]);
    let column = (hostile(), any::<bool>(), any::<bool>()).prop_map(|(title, right, shrinks)| Column {
        title,
        align: if right { Align::Right } else { Align::Left },
        shrinks,
    });
    let line = (prop::option::of(0i64..2_000_000_000), prop::option::of(0u8..8), hostile()).prop_map(
        |(at, priority, text)| LogLine {
            at: at.map(|s| jiff::Timestamp::from_second(s).expect("in range")),
            priority,
            text,
        },
    );
    prop_oneof![
        hostile().prop_map(Block::Heading),
        prop::collection::vec(
            (0..4, hostile()).prop_map(|(face, text)| match face {
                0 => Span::Plain(text),
                1 => Span::Bold(text),
                2 => Span::Italic(text),
                _ => Span::Code(text),
            }),
            0..4
        )
        .prop_map(Block::Text),
        prop::collection::vec((hostile(), hostile()), 0..6).prop_map(Block::Pairs),
        (
            prop::collection::vec(column, 0..20),
            prop::collection::vec(prop::collection::vec(hostile(), 0..6), 0..30)
        )
            .prop_map(|(columns, rows)| Block::Table(Table { columns, rows })),
        (hostile(), value.clone(), hostile()).prop_map(|(label, share, text)| Block::Bar {
            label,
            share,
            text
        }),
        (hostile(), prop::collection::vec(value.clone(), 0..40), value, hostile())
            .prop_map(|(label, values, max, text)| Block::Spark { label, values, max, text }),
        prop::collection::vec(line, 0..60).prop_map(Block::Log),
        (hostile(), 1usize..200).prop_map(|(text, times)| Block::Pre(text.repeat(times))),
        (hostile(), 1usize..400).prop_map(|(text, times)| Block::Note(text.repeat(times))),
        hostile().prop_map(|text| Block::State(Mark::Bad, text)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn any_screen_of_hostile_text_is_within_limits_and_well_formed(
        crumbs in prop::collection::vec(hostile(), 0..4),
        blocks in prop::collection::vec(block(), 0..12),
        labels in prop::collection::vec(prop::collection::vec(hostile(), 0..12), 0..16),
        picture in any::<bool>(),
        head in prop::option::of(hostile()),
        as_of in prop::option::of(-1_000_000_000i64..4_000_000_000),
        live in prop::sample::select(vec![Live::Off, Live::On, Live::Over]),
        framed in any::<bool>(),
    ) {
        let reader = reader(Lang::Id);
        let treemap = charts::Treemap { title: String::new(), light: true, root: vec![], words: charts::Words::default() };
        let screen = Screen {
            crumbs,
            blocks,
            as_of: as_of.map(|s| jiff::Timestamp::from_second(s).expect("in range")),
            rows: labels.into_iter().map(|row| row.into_iter().map(|l| Button::view(l, View::HOME)).collect()).collect(),
            pager: Pager::over(30, 8, 1, |_| View::HOME),
            picture: picture.then_some(Picture::Treemap(treemap)),
            prompt: Some(Prompt { hole: Hole::ServicesSearch, hint: head.clone().unwrap_or_default().repeat(9) }),
            can_live: true,
            ..Screen::default()
        };
        let here = framed.then_some(View::HOME);
        let frame = Frame { reader: &reader, here: here.as_ref(), live, head: head.as_deref(), asking: true, late: screen.as_of };
        check(&page(&screen, &frame), picture);
    }
}

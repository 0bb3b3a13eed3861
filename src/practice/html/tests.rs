//! What Telegram's parser answers, case by case, and what holds for every text.

use proptest::prelude::*;

use super::{checked_link, parse};
use crate::practice::rich::{Entity, Kind, Rich, utf16};

fn refused(source: &str, why: &str) {
    assert_eq!(parse(source).expect_err(source), why, "for {source:?}");
}

/// Each entity as `name offset+length[=argument]`.
fn written(entities: &[Entity]) -> Vec<String> {
    entities
        .iter()
        .map(|entity| {
            let json = entity.to_json();
            let argument = ["language", "url", "unix_time"].iter().find_map(|name| json.get(*name));
            let argument = argument.map(|value| format!("={}", value.to_string().trim_matches('"')));
            let name = json["type"].as_str().expect("a name").to_owned();
            format!("{name} {}+{}{}", entity.offset, entity.length, argument.unwrap_or_default())
        })
        .collect()
}

fn parsed(source: &str, text: &str, entities: &[&str]) {
    let (found, mut parsed) = parse(source).unwrap_or_else(|why| panic!("{source:?}: {why}"));
    parsed.sort_by_key(|e| (e.offset, std::cmp::Reverse(e.length)));
    assert_eq!(found, text, "text of {source:?}");
    assert_eq!(written(&parsed), entities, "entities of {source:?}");
}

fn settled(source: &str, text: &str, entities: &[&str]) {
    let (found, parsed) = parse(source).unwrap_or_else(|why| panic!("{source:?}: {why}"));
    let rich = Rich::settle(&found, parsed);
    assert_eq!(rich.text, text, "text of {source:?}");
    assert_eq!(written(&rich.entities), entities, "entities of {source:?}");
}

#[test]
fn tags_that_are_wrong_are_refused_in_telegrams_words() {
    refused("<potion>", "Unsupported start tag \"potion\" at byte offset 0");
    refused("<div>a</div>", "Unsupported start tag \"div\" at byte offset 0");
    refused("1 < 2", "Unsupported start tag \"\" at byte offset 2");
    refused("disk <90%", "Unclosed start tag at byte offset 5");
    refused("a<b", "Unclosed start tag at byte offset 1");
    refused("é°<b>x", "Can't find end tag corresponding to start tag \"b\"");
    refused("é°<q>", "Unsupported start tag \"q\" at byte offset 4");
    refused("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"");
    refused("<b><i>x</b></i>", "Unmatched end tag at byte offset 7, expected \"</i>\", found \"</b>\"");
    refused("x</b>", "Unexpected end tag at byte offset 1");
    refused("<b>x</b></", "Unexpected end tag at byte offset 8");
    refused("<b>x</b", "Unclosed end tag at byte offset 4");
    refused("<b ", "Empty attribute name in the tag \"b\" at byte offset 0");
    refused("<b =x>y</b>", "Empty attribute name in the tag \"b\" at byte offset 0");
    refused("<b a", "Unclosed start tag \"b\" at byte offset 0");
    refused("<b a = ", "Unclosed start tag \"b\" at byte offset 0");
    refused("<a href=http://x.org>y</a>", "Unexpected end of name token at byte offset 8");
    refused("<a href=\"x.org>y</a>", "Unclosed start tag at byte offset 0");
    refused("<span>x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0");
    refused("<span class=\"red\">x</span>", "Tag \"span\" must have class \"tg-spoiler\" at byte offset 0");
    refused("<tg-emoji>👍</tg-emoji>", "Invalid custom emoji identifier specified");
    refused("<tg-time unix=\"5\" format=\"x\">a</tg-time>", "Invalid date format used");
    let surrogate = "Text contains invalid Unicode characters after decoding HTML entities, check for unmatched \
                     surrogate code units";
    refused("&#xD83D;", surrogate);
    refused("&#57311;", surrogate);
}

#[test]
fn each_tag_becomes_its_entity() {
    for (tags, name) in [
        (&["b", "strong"][..], "bold"),
        (&["i", "em"][..], "italic"),
        (&["u", "ins"][..], "underline"),
        (&["s", "strike", "del"][..], "strikethrough"),
        (&["tg-spoiler"][..], "spoiler"),
        (&["code"][..], "code"),
        (&["pre"][..], "pre"),
        (&["blockquote"][..], "blockquote"),
    ] {
        for tag in tags {
            parsed(&format!("é <{tag}>🚀x</{tag}>"), "é 🚀x", &[&format!("{name} 2+3")]);
            let shouted = tag.to_uppercase();
            parsed(&format!("<{shouted}>x</{tag} >"), "x", &[&format!("{name} 0+1")]);
        }
    }
    parsed("<span class=\"tg-spoiler\">x</span>", "x", &["spoiler 0+1"]);
    parsed("<blockquote expandable>x</blockquote>", "x", &["expandable_blockquote 0+1"]);
    parsed("<blockquote expandable=no>x</>", "x", &["expandable_blockquote 0+1"]);
    parsed("<tg-time unix=\"60\" format=\"t\">x</tg-time>", "x", &["date_time 0+1=60"]);
    parsed("<tg-emoji emoji-id=\"5\">👍</tg-emoji>", "👍", &[]);
    parsed("<b></b>", "", &[]);
}

#[test]
fn code_in_pre_carries_a_language() {
    parsed("<pre><code class=\"language-toml\">a</code></pre>", "a", &["pre 0+1=toml"]);
    parsed("<code class=\"language-toml\"><pre>a</pre></code>", "a", &["pre 0+1=toml"]);
    parsed("<pre><code>a</code></pre>", "a", &["code 0+1", "pre 0+1"]);
    parsed("<pre>b<code class=\"language-toml\">a</code></pre>", "ba", &["pre 0+2", "code 1+1"]);
}

#[test]
fn references_are_decoded_and_others_stay_text() {
    parsed("&lt;&gt;&amp;&quot;&#65;&#x41;", "<>&\"AA", &[]);
    parsed("&lt b &amp c", "< b & c", &[]);
    parsed("&nbsp;&apos;&copy;&", "&nbsp;&apos;&copy;&", &[]);
    parsed("&#0;&#1114111;&#12345678;&#;", "&#0;&#1114111;&#12345678;&#;", &[]);
    parsed("&#128640;<b>x</b>", "🚀x", &["bold 2+1"]);
}

#[test]
fn links_are_kept_when_a_client_could_open_them() {
    parsed(
        "<a href=\"https://Example.org/A?b=1&amp;c\">x</a>",
        "x",
        &["text_link 0+1=https://example.org/A?b=1&c"],
    );
    parsed("<a href='example.org'>x</a>", "x", &["text_link 0+1=http://example.org/"]);
    parsed("<a>example.org</a>", "example.org", &["text_link 0+11=http://example.org/"]);
    parsed("<a href=\"tg://user?id=5\">x</a>", "x", &["text_link 0+1=tg://user?id=5"]);
    for bad in
        ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "nothing", "http://", "a b.org"]
    {
        parsed(&format!("<a href=\"{bad}\">x</a>"), "x", &[]);
        assert_eq!(checked_link(bad), None, "{bad}");
    }
}

#[test]
fn a_settled_text_is_cleaned_and_trimmed() {
    settled("  \n<b>a</b>\u{7}b \n ", "a b", &["bold 0+1"]);
    // White space before the text goes up to where an entity begins.
    settled("  <b> a</b>", " a", &["bold 0+2"]);
    settled("a\r\nb<i>c</i>\u{202e}d", "a\nbcd", &["italic 3+1"]);
    settled("<b>a</b><i> \n</i>", "a", &["bold 0+1"]);
    settled("<b> </b>", "", &[]);
}

#[test]
fn styles_unite_and_stop_at_code() {
    settled("<b>a</b><b>b</b>", "ab", &["bold 0+2"]);
    settled("<b>a<code>b</code>c</b>", "abc", &["bold 0+1", "code 1+1", "bold 2+1"]);
    settled("<code><b>a</b></code>", "a", &["code 0+1"]);
    settled("<a href=\"x.org\"><code>a</code></a>", "a", &["code 0+1"]);
    settled("<blockquote>a<blockquote>b</blockquote></blockquote>", "ab", &["blockquote 0+2"]);
    settled("<blockquote><pre>a</pre>b</blockquote>", "ab", &["blockquote 0+2", "pre 0+1"]);
}

#[test]
fn commands_and_addresses_are_found_where_they_stand_alone() {
    settled(
        "try /status or /top@cockpit_bot.",
        "try /status or /top@cockpit_bot.",
        &["bot_command 4+7", "bot_command 15+16"],
    );
    settled("/var/log and a/b and //x", "/var/log and a/b and //x", &[]);
    settled("<code>/status</code> <b>/top</b>", "/status /top", &["code 0+7", "bot_command 8+4", "bold 8+4"]);
    settled("see https://example.org/a?b=1.", "see https://example.org/a?b=1.", &["url 4+25"]);
}

fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z<>&;/\"'= \n🚀é]{0,6}",
        proptest::sample::select(vec![
            "<b>",
            "</b>",
            "<i>",
            "</i>",
            "<code>",
            "</code>",
            "<pre>",
            "</pre>",
            "</>",
            "&lt;",
            "&amp",
            "&#x1F680;",
            "<a href=\"x.org\">",
            "</a>",
            "<blockquote expandable>",
            "</blockquote>",
            "<span class='tg-spoiler'>",
            "</span>",
            "/status",
            " ",
            "\r",
            "\u{202e}",
        ])
        .prop_map(str::to_owned),
    ];
    proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

proptest! {
    #[test]
    fn an_escaped_text_comes_back_as_it_was(text in "\\PC*") {
        let (parsed, entities) = parse(&escape(&text)).expect("nothing in it is a tag");
        prop_assert_eq!(parsed, text);
        prop_assert!(entities.is_empty());
    }

    #[test]
    fn any_text_is_parsed_or_refused_and_entities_lie_within_it(source in soup()) {
        if let Ok((text, entities)) = parse(&source) {
            for entity in &entities {
                prop_assert!(entity.length > 0);
                prop_assert!(entity.offset + entity.length <= utf16(&text), "{entity:?} in {text:?}");
            }
            let rich = Rich::settle(&text, entities);
            let units: Vec<u16> = rich.text.encode_utf16().collect();
            prop_assert_eq!(rich.text.trim_end_matches([' ', '\n']), rich.text.as_str());
            for entity in &rich.entities {
                let end = entity.offset + entity.length;
                prop_assert!(entity.length > 0 && end <= units.len(), "{entity:?} in {:?}", rich.text);
                prop_assert!(String::from_utf16(&units[entity.offset..end]).is_ok(), "{entity:?} cuts a sign");
            }
            let verbatim = |e: &&Entity| matches!(e.kind, Kind::Code | Kind::Pre { .. });
            for code in rich.entities.iter().filter(verbatim) {
                for other in rich.entities.iter().filter(|e| e.kind == Kind::Bold || e.kind == Kind::Command) {
                    let apart = other.offset >= code.offset + code.length || other.offset + other.length <= code.offset;
                    prop_assert!(apart, "{other:?} in {code:?}");
                }
            }
        }
    }

    #[test]
    fn balanced_tags_are_never_refused(text in "[a-z é🚀]{1,9}", tags in proptest::collection::vec(0..6_usize, 0..6)) {
        let names = ["b", "i", "u", "s", "code", "blockquote"];
        let open: String = tags.iter().map(|t| format!("<{}>", names[*t])).collect();
        let close: String = tags.iter().rev().map(|t| format!("</{}>", names[*t])).collect();
        let (parsed, entities) = parse(&format!("{open}{text}{close}")).expect("balanced");
        prop_assert_eq!(entities.len(), tags.len());
        prop_assert_eq!(parsed, text);
    }
}

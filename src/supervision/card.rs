//! What is written of an actor in `actors.md` and printed by `cockpit-bot actors`: one card each, from its room.

use std::fmt::Write as _;

use super::{retry::RetryPolicy, words};
use crate::domain::Lang;

#[derive(Debug, Clone, PartialEq)]
pub struct ActorCard {
    /// As in the tree: "services".
    pub id: &'static str,
    /// The supervisor's id; `None` for the root.
    pub parent: Option<&'static str>,
    /// What it owns, and what it never does: one sentence.
    pub owns: &'static str,
    /// Its messages, without those to itself: "RestartUnit".
    pub messages: &'static [&'static str],
    /// `None`: nobody starts it again (the root, which systemd does; a job, which is asked for anew).
    pub policy: Option<RetryPolicy>,
}

/// The tree, drawn: each actor below its supervisor, with what it owns.
pub fn outline(cards: &[ActorCard]) -> String {
    let width = cards.iter().map(|card| 3 * depth(cards, card) + card.id.len()).max().unwrap_or(0);
    let mut out = String::new();
    for card in cards.iter().filter(|card| card.parent.is_none()) {
        branch(cards, card, "", "", width, &mut out);
    }
    out
}

fn branch(cards: &[ActorCard], card: &ActorCard, lead: &str, below: &str, width: usize, out: &mut String) {
    let name = format!("{lead}{}", card.id);
    let fill = " ".repeat((width + 2).saturating_sub(name.chars().count()));
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{name}{fill}{}", card.owns);
    let children: Vec<&ActorCard> = cards.iter().filter(|child| child.parent == Some(card.id)).collect();
    for (i, child) in children.iter().enumerate() {
        let last = i + 1 == children.len();
        let (corner, line) = if last { ("└─ ", "   ") } else { ("├─ ", "│  ") };
        branch(cards, child, &format!("{below}{corner}"), &format!("{below}{line}"), width, out);
    }
}

fn depth(cards: &[ActorCard], card: &ActorCard) -> usize {
    let parent = card.parent.and_then(|id| cards.iter().find(|other| other.id == id));
    parent.map_or(0, |parent| 1 + depth(cards, parent))
}

/// The generated part of `actors.md`: the tree, a table of actors, the policies they share.
pub fn markdown(cards: &[ActorCard]) -> String {
    let mut out = format!("```\n{}```\n\n", outline(cards));
    out.push_str("| actor | below | owns | messages | policy |\n|---|---|---|---|---|\n");
    let mut policies: Vec<&RetryPolicy> = Vec::new();
    for card in cards {
        let messages: Vec<String> = card.messages.iter().map(|name| format!("`{name}`")).collect();
        let policy = card.policy.as_ref().map_or("–".to_owned(), |policy| {
            let known = policies.iter().position(|other| *other == policy);
            let index = known.unwrap_or_else(|| {
                policies.push(policy);
                policies.len() - 1
            });
            letter(index)
        });
        let (below, messages) = (card.parent.unwrap_or("–"), messages.join(", "));
        let _ = writeln!(out, "| `{}` | {below} | {} | {messages} | {policy} |", card.id, cell(card.owns));
    }
    out.push('\n');
    for (index, policy) in policies.into_iter().enumerate() {
        let _ = writeln!(out, "- **{}** {}", letter(index), words::policy(Lang::En, policy));
    }
    out
}

/// A, B, … ; there are never as many as letters, and then numbers do.
fn letter(index: usize) -> String {
    match u8::try_from(index) {
        Ok(i) if i < 26 => char::from(b'A' + i).to_string(),
        _ => index.to_string(),
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn card(id: &'static str, parent: Option<&'static str>) -> ActorCard {
        ActorCard {
            id,
            parent,
            owns: "what it owns",
            messages: &["Snapshot", "Status"],
            policy: parent.map(|_| RetryPolicy::child()),
        }
    }

    #[test]
    fn the_tree_and_the_table_are_drawn_from_the_cards() {
        let mut cards = vec![
            card("root", None),
            card("store", Some("root")),
            card("jobs", Some("root")),
            card("clerk", Some("jobs")),
            card("gateway", Some("root")),
        ];
        cards[4].policy = Some(RetryPolicy::reconnect());
        expect![[r#"
            ```
            root         what it owns
            ├─ store     what it owns
            ├─ jobs      what it owns
            │  └─ clerk  what it owns
            └─ gateway   what it owns
            ```

            | actor | below | owns | messages | policy |
            |---|---|---|---|---|
            | `root` | – | what it owns | `Snapshot`, `Status` | – |
            | `store` | root | what it owns | `Snapshot`, `Status` | A |
            | `jobs` | root | what it owns | `Snapshot`, `Status` | A |
            | `clerk` | jobs | what it owns | `Snapshot`, `Status` | A |
            | `gateway` | root | what it owns | `Snapshot`, `Status` | B |

            - **A** Started again after 100 ms, then 250 ms, doubling up to 30 s. Parked after 5 failures within 1 min, then tried every 5 min.
            - **B** Started again after 500 ms, then 1 s, doubling up to 1 min. Never gives up.
        "#]]
        .assert_eq(&markdown(&cards));
    }
}

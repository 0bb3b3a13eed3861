//! Typed commands, answers to prompts, files that come in. Each is answered in a new bubble below.

use std::time::Duration;

use tokio::time::Instant;

use super::{Cause, Core, Ctx, Kind, What, visit};
use crate::{
    bridge::ship::{Caller, Typed},
    domain::ChatKind,
    screen::text::{clean, fit},
    t,
    telegram::{
        content::Content,
        gateway::heard::{Attached, Person, Text},
        outbox::Errand,
    },
};

const CANCEL: &str = "cancel";
/// What follows a command or answers a prompt; more is neither.
const REST_MAX: usize = 2048;
const NAME_COLUMNS: usize = 40;
/// An album arrives within a second or two; what comes later is asked about below itself.
const FILES_TOGETHER: Duration = Duration::from_secs(5);

/// What a line of text is.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Command(Typed),
    Text,
    /// A command for another bot of the group.
    NotOurs,
}

impl Core {
    pub(super) fn typed(&mut self, ctx: &Ctx<'_>, person: &Person, text: &Text) {
        let visit = visit(person);
        let (chat, pilot) = (visit.chat, visit.pilot);
        let private = person.caller.kind == ChatKind::Private;
        match read(&text.text, self.bot.as_deref()) {
            Line::NotOurs => {}
            Line::Command(typed) => {
                let ended = self.end_prompt(chat, pilot);
                match ended.filter(|_| typed.command == CANCEL) {
                    Some(asking) => {
                        let origin = asking.hole.origin();
                        self.show(ctx, asking.slot, origin, None, Cause::Ended, visit);
                    }
                    None => self.command(ctx, person, typed),
                }
            }
            Line::Text => match self.prompts.get(&(chat, pilot)) {
                // Said to somebody else of the group.
                Some(asking) if !private && !self.is_aimed(asking.slot, text.reply_to) => {}
                // One answer at a time: a second one waits for nothing.
                Some(asking) if asking.until > ctx.now.at && asking.filling.is_some() => {}
                Some(asking) if asking.until > ctx.now.at => {
                    let what = What::Fill(asking.hole.clone(), cut(text.text.trim()));
                    let slot = self.open(&person.caller, ctx.now.at);
                    let ticket = self.ask(slot, visit, Kind::Fill, what);
                    if let Some(asking) = self.prompts.get_mut(&(chat, pilot)) {
                        asking.filling = Some(ticket);
                    }
                }
                _ if private => {
                    let typed = Typed { command: String::new(), rest: cut(text.text.trim()) };
                    self.command(ctx, person, typed);
                }
                _ => {}
            },
        }
    }

    /// Whether a text is for the bubble that asked: a reply to another message is not.
    fn is_aimed(&self, slot: u64, reply_to: Option<i64>) -> bool {
        let asked_in = self.bubbles.get(&slot).and_then(|bubble| bubble.actual.as_ref());
        reply_to.is_none_or(|to| asked_in.is_some_and(|actual| actual.message == to))
    }

    fn command(&mut self, ctx: &Ctx<'_>, person: &Person, typed: Typed) {
        if self.asks.len() >= super::ASKS_MAX {
            let lang = person.visitor.reader.lang;
            return self.say(person, &t!(lang, "telegram-busy"));
        }
        let slot = self.open(&person.caller, ctx.now.at);
        self.ask(slot, visit(person), Kind::Typed { file: false }, What::Command(typed));
    }

    pub(super) fn file(&mut self, ctx: &Ctx<'_>, person: &Person, file: Attached) {
        let lang = person.visitor.reader.lang;
        if let Some(size) = file.size.filter(|size| *size > ctx.down_max) {
            let name = fit(&clean(&file.name), NAME_COLUMNS);
            let (size, max) = (size.to_string(), ctx.down_max.to_string());
            let text = t!(lang, "telegram-too-large-down", name = name, size = size, max = max);
            return self.say(person, &text);
        }
        if self.asks.len() >= super::ASKS_MAX {
            return self.say(person, &t!(lang, "telegram-busy"));
        }
        let living = self.living.get(&person.caller.chat).and_then(|slot| self.bubbles.get(slot));
        let at = living.map(|bubble| bubble.view.clone());
        let slot = self.file_slot(&person.caller, ctx.now.at);
        self.ask(slot, visit(person), Kind::Typed { file: true }, What::Incoming(file, at));
    }

    /// Files that come together are asked about together: in the bubble of the one before, while that is the newest
    /// and hardly sent.
    fn file_slot(&mut self, caller: &Caller, now: Instant) -> u64 {
        let key = (caller.chat, caller.pilot);
        let newest = self.bubbles.iter().rev().find(|(_, bubble)| bubble.caller.chat == caller.chat);
        let newest = newest.map(|(slot, _)| *slot);
        let before = self
            .file_slots
            .get(&key)
            .filter(|(slot, last)| Some(*slot) == newest && now.duration_since(*last) < FILES_TOGETHER)
            // Questions wait side by side: each is about its own file.
            .filter(|(slot, _)| self.bubbles.get(slot).is_some_and(|bubble| bubble.question.is_none()));
        let slot = match before {
            Some((slot, _)) => *slot,
            None => self.open(caller, now),
        };
        self.file_slots.retain(|_, (_, last)| now.duration_since(*last) < FILES_TOGETHER);
        self.file_slots.insert(key, (slot, now));
        slot
    }

    /// One line that no bubble is needed for.
    fn say(&mut self, person: &Person, text: &str) {
        let content = std::sync::Arc::new(Content::line(text));
        self.run(Errand::Line { chat: person.caller.chat, content });
    }
}

/// `bot` is our own name; while it is unknown, every named command is taken for ours.
fn read(text: &str, bot: Option<&str>) -> Line {
    let Some(line) = text.strip_prefix('/') else { return Line::Text };
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (name, named) = word.split_once('@').map_or((word, None), |(name, bot)| (name, Some(bot)));
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !plain {
        return Line::Text;
    }
    if let (Some(named), Some(bot)) = (named, bot)
        && !named.eq_ignore_ascii_case(bot)
    {
        return Line::NotOurs;
    }
    Line::Command(Typed { command: name.to_ascii_lowercase(), rest: cut(rest.trim()) })
}

fn cut(text: &str) -> String {
    text.chars().take(REST_MAX).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_told_from_text_and_from_other_bots_commands() {
        let command =
            |command: &str, rest: &str| Line::Command(Typed { command: command.into(), rest: rest.into() });
        for (text, want) in [
            ("/start", command("start", "")),
            ("/Restart  ngi nx ", command("restart", "ngi nx")),
            ("/status@Cockpit_Bot", command("status", "")),
            ("/status@other_bot", Line::NotOurs),
            ("/restart\nnginx", command("restart", "nginx")),
            ("/", Line::Text),
            ("/mnt/dre", Line::Text),
            ("hello /start", Line::Text),
            ("", Line::Text),
        ] {
            assert_eq!(read(text, Some("cockpit_bot")), want, "{text:?}");
        }
        assert_eq!(read("/status@any_bot", None), command("status", ""));
    }
}

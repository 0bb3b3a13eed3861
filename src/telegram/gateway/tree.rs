//! The handler tree: whose update it is, then what it is. Authorisation is its first filter, so that nothing below
//! ever sees a stranger's words; endpoints only parse and hand on.
//!
//! dptree is dispatched directly: teloxide's own dispatcher begins with a request that must succeed, and queues the
//! updates of one chat behind each other, where the newest tap should win.

use std::{ops::ControlFlow, sync::Arc};

use jiff::Timestamp;
use teloxide::{
    dispatching::{DpHandlerDescription, UpdateFilterExt},
    dptree::{self, Handler},
    types::{CallbackQuery, ChatMemberUpdated, FileMeta, Message, Update, UpdateKind},
};

use super::heard::{Attached, Heard, Knocked, Person, Tap, Text};
use crate::{
    bridge::ship::{Caller, FileKind, Ship, Visitor},
    domain::{Bytes, ChatId, ChatKind, PilotId},
};

pub type Tree = Handler<'static, Heard, DpHandlerDescription>;

/// A name is shown in one line of the audit trail.
const NAME_MAX: usize = 64;
/// "zh-Hant-TW" and some room.
const TAG_MAX: usize = 16;
/// Longer texts answer no prompt and are no command.
const TEXT_MAX: usize = 4096;

type ShipRef = Arc<dyn Ship>;

/// Checked once: a dependency that is missing is a panic here, not at the first update.
pub fn tree() -> Tree {
    let tree = dptree::entry()
        .filter_map(caller)
        .branch(
            dptree::filter_map(authorise)
                .branch(Update::filter_callback_query().endpoint(tapped))
                .branch(Update::filter_my_chat_member().endpoint(door))
                .branch(Update::filter_message().filter_map(text).endpoint(typed))
                .branch(Update::filter_message().filter_map(attached).endpoint(file))
                .branch(dptree::endpoint(idle)),
        )
        .branch(dptree::filter_map(knocked).endpoint(stranger));
    let types = [dptree::Type::of::<Update>(), dptree::Type::of::<ShipRef>()];
    dptree::type_check(tree.sig(), &dptree::deps![], &types);
    tree
}

pub async fn hear(tree: &Tree, update: Update, ship: &ShipRef) -> Heard {
    match tree.dispatch(dptree::deps![update, ship.clone()]).await {
        ControlFlow::Break(heard) => heard,
        ControlFlow::Continue(_) => Heard::Nothing,
    }
}

/// The person and the chat; other bots, channels and what has no sender are nobody.
fn caller(update: Update) -> Option<Caller> {
    let (user, chat) = (update.from()?, update.chat()?);
    if user.is_bot || chat.is_channel() {
        return None;
    }
    let kind = if chat.is_private() { ChatKind::Private } else { ChatKind::Group };
    Some(Caller {
        pilot: PilotId(i64::try_from(user.id.0).ok()?),
        name: user.full_name().chars().take(NAME_MAX).collect(),
        lang_tag: user.language_code.as_ref().map(|tag| tag.chars().take(TAG_MAX).collect()),
        chat: ChatId(chat.id.0),
        kind,
    })
}

fn authorise(ship: ShipRef, caller: Caller) -> Option<Visitor> {
    ship.who(&caller)
}

fn person(update: &Update, caller: Caller, visitor: Visitor) -> Person {
    Person { caller, visitor, update: i64::from(update.id.0) }
}

async fn tapped(query: CallbackQuery, update: Update, caller: Caller, visitor: Visitor) -> Heard {
    let Some(message) = &query.message else { return Heard::Nothing };
    let regular = message.regular_message();
    let tap = Tap {
        callback: query.id.0.clone(),
        data: query.data.clone().unwrap_or_default(),
        message: i64::from(message.id().0),
        photo: regular.is_some_and(|message| message.photo().is_some()),
        sent: regular.and_then(|message| Timestamp::from_second(message.date.timestamp()).ok()),
    };
    Heard::Tap(person(&update, caller, visitor), tap)
}

async fn door(change: ChatMemberUpdated) -> Heard {
    Heard::Door { chat: ChatId(change.chat.id.0), open: change.new_chat_member.is_present() }
}

fn text(message: Message) -> Option<Text> {
    let text: String = message.text()?.chars().take(TEXT_MAX).collect();
    Some(Text { text, reply_to: message.reply_to_message().map(|reply| i64::from(reply.id.0)) })
}

async fn typed(text: Text, update: Update, caller: Caller, visitor: Visitor) -> Heard {
    Heard::Typed(person(&update, caller, visitor), text)
}

fn attached(message: Message) -> Option<Attached> {
    let sent = Timestamp::from_second(message.date.timestamp()).unwrap_or_default();
    let stamp = sent.strftime("%Y-%m-%d-%H%M%S");
    let made = |kind: &str, ending: &str| format!("{kind}-{stamp}.{ending}");
    let (meta, kind, name): (&FileMeta, FileKind, String) = if let Some(document) = message.document() {
        (
            &document.file,
            FileKind::Document,
            document.file_name.clone().unwrap_or_else(|| made("file", "bin")),
        )
    } else if let Some(photo) = message.photo().and_then(|sizes| sizes.last()) {
        (&photo.file, FileKind::Photo, made("photo", "jpg"))
    } else if let Some(video) = message.video() {
        (&video.file, FileKind::Video, video.file_name.clone().unwrap_or_else(|| made("video", "mp4")))
    } else if let Some(note) = message.video_note() {
        (&note.file, FileKind::Video, made("video-note", "mp4"))
    } else if let Some(animation) = message.animation() {
        let name = animation.file_name.clone().unwrap_or_else(|| made("animation", "mp4"));
        (&animation.file, FileKind::Video, name)
    } else if let Some(audio) = message.audio() {
        (&audio.file, FileKind::Audio, audio.file_name.clone().unwrap_or_else(|| made("audio", "mp3")))
    } else {
        (&message.voice()?.file, FileKind::Audio, made("voice", "ogg"))
    };
    // Telegram leaves the size out where it does not know; the types fill in the largest number then.
    let size = (meta.size != u32::MAX && meta.size > 0).then(|| Bytes(u64::from(meta.size)));
    let caption = message.caption().unwrap_or_default().to_owned();
    Some(Attached { file_id: meta.id.0.clone(), kind, name, size, caption })
}

async fn file(file: Attached, update: Update, caller: Caller, visitor: Visitor) -> Heard {
    Heard::File(person(&update, caller, visitor), file)
}

async fn idle(update: Update, caller: Caller, visitor: Visitor) -> Heard {
    Heard::Idle(person(&update, caller, visitor))
}

/// In a group strangers talk to each other: only what is aimed at the bot is a knock.
fn knocked(update: Update, caller: Caller) -> Option<Knocked> {
    match update.kind {
        UpdateKind::CallbackQuery(query) => Some(Knocked::Tapped { callback: query.id.0 }),
        UpdateKind::Message(_) if caller.kind == ChatKind::Private => Some(Knocked::Wrote),
        UpdateKind::Message(message) if message.text().is_some_and(|text| text.starts_with('/')) => {
            Some(Knocked::Called)
        }
        _ => None,
    }
}

async fn stranger(caller: Caller, how: Knocked) -> Heard {
    Heard::Stranger { caller, how }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;

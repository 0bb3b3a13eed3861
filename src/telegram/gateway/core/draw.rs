//! Answers of the ship: drawn into their bubble.

use tokio::time::Instant;

use super::{
    Answered, Asked, Cause, Core, Ctx, Effect, Files, Kind, Lease, Save, Ticket, Underway,
    bubble::{Asking, LEASE, moment, wall},
};
use crate::{
    bridge::ship::{Answer, Caller, Filled, Visit},
    domain::{Attachment, BlobMeta, Bytes, ChatId, Lang, Reader},
    intent::View,
    screen::{
        Block, Mark, Prompt, Screen,
        html::{Frame, Live},
        text::{clean, fit},
    },
    t,
    telegram::{
        content::Content,
        failure::Failure,
        methods::UploadData,
        outbox::{self, Actual, Errand, Rank, Report, Slot},
    },
};

/// A file's name as it is shown in a sentence.
const NAME_COLUMNS: usize = 40;
/// Telegram's limit on a caption.
const CAPTION_MAX: usize = 1024;

/// A question as it is put into a bubble.
struct Posed {
    screen: Box<Screen>,
    back: View,
    until: Instant,
    sticky: bool,
}

impl Core {
    /// What the ship said to one question.
    pub fn answered(&mut self, ctx: &Ctx<'_>, ticket: Ticket, answered: Answered) {
        let Some(Asked { slot, visit, kind }) = self.asks.remove(&ticket) else { return };
        match (kind, answered) {
            (Kind::View(cause), Answered::Screen(screen)) => {
                if self.is_asked(slot, ticket) {
                    self.draw(ctx, slot, &screen, cause, &visit);
                }
            }
            (Kind::View(cause), _) => {
                if self.is_asked(slot, ticket) {
                    let note = Block::Note(t!(visit.reader.lang, "telegram-no-answer"));
                    let screen = Screen { blocks: vec![note], ..Screen::default() };
                    self.draw(ctx, slot, &screen, cause, &visit);
                }
            }
            (Kind::Files, Answered::Files(Ok(Files(files)))) => {
                let view = self.bubbles.get(&slot).map_or(View::HOME, |bubble| bubble.view.clone());
                for (name, data) in files {
                    self.send_file(slot, &view, visit.chat, name, data, String::new());
                }
                // Opened for a tap on a notice, and nothing came of it but files.
                if self.bubbles.get(&slot).is_some_and(|bubble| bubble.actual.is_none()) {
                    self.forget(slot);
                }
            }
            (Kind::Files, Answered::Files(Err(why))) => self.complain(ctx, slot, why, visit),
            (Kind::Fill, Answered::Filled(Filled::Wrong(why), _)) => {
                self.wrong(ctx, slot, ticket, why, &visit);
            }
            (Kind::Fill, Answered::Filled(Filled::Done(answer), meta)) => {
                self.end_filled(&visit, ticket);
                self.take(ctx, slot, answer, meta, false, visit);
            }
            (Kind::Typed { file }, Answered::Answer(answer, meta)) => {
                self.take(ctx, slot, answer, meta, file, visit);
            }
            (Kind::Act(_), Answered::Answer(answer, meta)) => {
                self.take(ctx, slot, answer, meta, false, visit)
            }
            (kind, _) => {
                if matches!(kind, Kind::Fill) {
                    self.end_filled(&visit, ticket);
                }
                let why = t!(visit.reader.lang, "telegram-no-answer");
                self.complain(ctx, slot, why, visit);
            }
        }
    }

    /// Whether this bubble still waits for this very answer; it does no longer, from now on.
    fn is_asked(&mut self, slot: u64, ticket: Ticket) -> bool {
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return false };
        let asked = bubble.asking == Some(ticket);
        if asked {
            bubble.asking = None;
        }
        asked
    }

    /// The outcome of an act, a command, a prompt, a file.
    fn take(
        &mut self,
        ctx: &Ctx<'_>,
        slot: u64,
        answer: Answer,
        meta: Option<BlobMeta>,
        file: bool,
        visit: Visit,
    ) {
        let slot = self.alive(slot, &visit, ctx.now.at);
        let visit = self.anew(ctx, slot, visit);
        match answer {
            Answer::Show(view) => {
                let shown =
                    self.bubbles.get(&slot).is_some_and(|bubble| bubble.notice.as_ref() == Some(&view));
                if shown {
                    self.forget(slot);
                } else {
                    self.show(ctx, slot, view, None, Cause::Pilot, visit);
                }
            }
            Answer::Refused { why, next } => self.show(ctx, slot, next, Some(why), Cause::Pilot, visit),
            Answer::Question { screen, back, until } => {
                let until = moment(until, ctx.now);
                self.question(ctx, slot, Posed { screen, back, until, sticky: file }, &visit);
            }
            Answer::File { file, next } => {
                let head = self.outgoing(ctx, (slot, &next), &file, meta, &visit);
                self.show(ctx, slot, next, head, Cause::Pilot, visit);
            }
        }
    }

    /// What was done may change how its screen is read: the language, the colours, the role.
    fn anew(&self, ctx: &Ctx<'_>, slot: u64, visit: Visit) -> Visit {
        let caller = self.bubbles.get(&slot).map(|bubble| &bubble.caller);
        match caller.filter(|caller| caller.pilot == visit.pilot).and_then(|caller| ctx.ship.who(caller)) {
            Some(visitor) => Visit { reader: visitor.reader, ..visit },
            None => visit,
        }
    }

    /// The bubble may be history by now; an outcome is shown all the same.
    fn alive(&mut self, slot: u64, visit: &Visit, now: Instant) -> u64 {
        if self.bubbles.contains_key(&slot) {
            return slot;
        }
        let caller = Caller {
            pilot: visit.pilot,
            name: visit.pilot_name.clone(),
            lang_tag: Some(visit.reader.lang.tag().to_owned()),
            chat: visit.chat,
            kind: visit.reader.chat,
        };
        self.open(&caller, now)
    }

    fn complain(&mut self, ctx: &Ctx<'_>, slot: u64, why: String, visit: Visit) {
        let slot = self.alive(slot, &visit, ctx.now.at);
        let view = self.bubbles.get(&slot).map_or(View::HOME, |bubble| bubble.view.clone());
        self.show(ctx, slot, view, Some(why), Cause::Ended, visit);
    }

    /// The prompt whose answer this was is over. Another one may have been opened meanwhile: that one stays.
    fn end_filled(&mut self, visit: &Visit, ticket: Ticket) {
        let asking = self.prompts.get(&(visit.chat, visit.pilot));
        if asking.is_some_and(|asking| asking.filling == Some(ticket)) {
            self.end_prompt(visit.chat, visit.pilot);
        }
    }

    /// What was typed does not fit: told where it was asked for; the prompt stays open until its end.
    fn wrong(&mut self, ctx: &Ctx<'_>, new: u64, ticket: Ticket, why: String, visit: &Visit) {
        self.forget(new);
        let asking = self.prompts.get_mut(&(visit.chat, visit.pilot));
        let Some(asking) = asking.filter(|asking| asking.filling == Some(ticket)) else { return };
        asking.filling = None;
        let slot = asking.slot;
        if let Some(bubble) = self.bubbles.get_mut(&slot) {
            bubble.head = Some(why);
            let save = bubble.save(slot, ctx.now);
            self.out.push(Effect::Save(save));
            self.ask_view(ctx, slot, Cause::Ended, visit.clone());
        }
    }

    fn question(&mut self, ctx: &Ctx<'_>, slot: u64, posed: Posed, visit: &Visit) {
        let Posed { screen, back, until, sticky } = posed;
        self.end_prompts_of(slot);
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return };
        if let Some(old) = bubble.asking.take() {
            self.asks.remove(&old);
            self.out.push(Effect::Drop(old));
        }
        bubble.view = back;
        bubble.head = None;
        bubble.lease = Lease::None;
        bubble.topics = Vec::new();
        bubble.question = Some(until);
        bubble.sticky = sticky;
        let save = bubble.save(slot, ctx.now);
        self.out.push(Effect::Save(save));
        let reader = Reader { now: ctx.now.wall, ..visit.reader.clone() };
        let frame =
            Frame { reader: &reader, here: None, live: Live::Off, head: None, asking: false, late: None };
        let content = Content::of(&screen, &frame, ctx.seal);
        self.put(slot, visit.chat, content, Rank::Result);
    }

    /// Asks for the bubble to look like this. A text that takes the place of a picture is a message of its own.
    fn put(&mut self, slot: u64, chat: ChatId, content: Content, rank: Rank) {
        if let Some(bubble) = self.bubbles.get_mut(&slot) {
            let stays = |actual: &Actual| actual.kind == outbox::Kind::Text || content.art.is_some();
            bubble.arriving = !bubble.actual.as_ref().is_some_and(stays);
        }
        self.out.push(Effect::Show { slot, chat, content: Box::new(content), rank });
    }

    fn draw(&mut self, ctx: &Ctx<'_>, slot: u64, screen: &Screen, cause: Cause, visit: &Visit) {
        if let (Cause::Pilot, Some(prompt)) = (cause, &screen.prompt) {
            self.open_prompt(ctx, slot, prompt, visit);
        }
        let asking = self.prompts.get(&(visit.chat, visit.pilot)).is_some_and(|asking| asking.slot == slot);
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return };
        bubble.topics.clone_from(&screen.topics);
        if screen.live && cause == Cause::Pilot {
            bubble.lease = Lease::Until(ctx.now.at + LEASE);
            let save = bubble.save(slot, ctx.now);
            self.out.push(Effect::Save(save));
        }
        let reader = Reader { now: ctx.now.wall, ..visit.reader.clone() };
        let frame = Frame {
            reader: &reader,
            here: Some(&bubble.view),
            live: bubble.live(),
            head: bubble.head.as_deref(),
            asking,
            late: None,
        };
        let content = match &bubble.progress {
            None => Content::of(screen, &frame, ctx.seal),
            Some(progress) => {
                let mut screen = screen.clone();
                screen.blocks.insert(0, Block::State(Mark::Busy, progress.clone()));
                Content::of(&screen, &frame, ctx.seal)
            }
        };
        let rank = if cause == Cause::Redraw { Rank::Live } else { Rank::Result };
        match cause {
            Cause::Redraw => self.counters.redrawn += 1,
            Cause::Pilot | Cause::Ended => self.counters.drawn += 1,
        }
        self.put(slot, visit.chat, content, rank);
    }

    fn open_prompt(&mut self, ctx: &Ctx<'_>, slot: u64, prompt: &Prompt, visit: &Visit) {
        let wait = std::time::Duration::from_secs(Prompt::EXPIRES_S.unsigned_abs());
        let until = ctx.now.at + wait;
        let asking = Asking { hole: prompt.hole.clone(), slot, until, filling: None };
        self.prompts.insert((visit.chat, visit.pilot), asking);
        self.out.push(Effect::Save(Save::Prompt {
            chat: visit.chat,
            pilot: visit.pilot,
            hole: prompt.hole.clone(),
            slot,
            ends: wall(until, ctx.now),
        }));
    }

    /// The bubble shows something else from now on: what it asked, also of others, nobody can see any more.
    pub(super) fn end_prompts_of(&mut self, slot: u64) {
        let ended: Vec<_> =
            self.prompts.iter().filter(|(_, asking)| asking.slot == slot).map(|(key, _)| *key).collect();
        for (chat, pilot) in ended {
            self.end_prompt(chat, pilot);
        }
    }

    pub(super) fn end_prompt(&mut self, chat: ChatId, pilot: crate::domain::PilotId) -> Option<Asking> {
        let asking = self.prompts.remove(&(chat, pilot))?;
        self.out.push(Effect::Save(Save::DropPrompt(chat, pilot)));
        Some(asking)
    }

    /// Sends the file, or says beforehand why that cannot work.
    fn outgoing(
        &mut self,
        ctx: &Ctx<'_>,
        (slot, view): (u64, &View),
        file: &Attachment,
        meta: Option<BlobMeta>,
        visit: &Visit,
    ) -> Option<String> {
        let lang = visit.reader.lang;
        let Some(meta) = meta else { return Some(t!(lang, "telegram-file-gone")) };
        let name = fit(&clean(&meta.name), NAME_COLUMNS);
        let size = meta.size_bytes.map(Bytes);
        if let Some(size) = size.filter(|size| *size > ctx.up_max) {
            self.out.push(Effect::LetGo(file.blob));
            let (size, max) = (size.to_string(), ctx.up_max.to_string());
            return Some(t!(lang, "telegram-too-large-up", name = name, size = size, max = max));
        }
        let caption: String = clean(&file.caption).chars().take(CAPTION_MAX / 2).collect();
        let data = UploadData::Blob(file.blob);
        let number = self.send_file(slot, view, visit.chat, clean(&meta.name), data, caption);
        if let Some(underway) = self.files.get_mut(&number) {
            underway.blob = Some(file.blob);
        }
        None
    }

    fn send_file(
        &mut self,
        slot: u64,
        view: &View,
        chat: ChatId,
        name: String,
        data: UploadData,
        caption: String,
    ) -> u64 {
        self.ticket += 1;
        let number = self.ticket;
        let name = if name.is_empty() { "file".to_owned() } else { name.replace(['/', '\\'], "_") };
        let shown = fit(&name, NAME_COLUMNS);
        self.files.insert(number, Underway { slot, view: view.clone(), name: shown, blob: None });
        self.run(Errand::File { chat, number, name, data, caption });
        number
    }

    /// What the outbox tells of messages and errands. `true`: the token is refused, nothing will ever work.
    pub fn reported(&mut self, ctx: &Ctx<'_>, report: Report) -> bool {
        match report {
            Report::Shown { slot: Slot::Bubble(slot), chat, actual } => self.arrived(ctx, slot, chat, actual),
            Report::Shown { slot: Slot::Notice(id), chat, actual } => self.delivered(id, chat, &actual),
            Report::Lost { slot: Slot::Bubble(slot), why } => self.lost(slot, &why),
            Report::Lost { slot: Slot::Notice(_), .. } => {}
            Report::Sending { number, done, total } => self.sending(ctx, number, |name, lang| match total {
                Some(total) => {
                    let (done, total) = (done.to_string(), total.to_string());
                    t!(lang, "telegram-sending", name = name, done = done, total = total)
                }
                None => t!(lang, "telegram-sending-some", name = name, done = done.to_string()),
            }),
            Report::SendingAgain { number } => {
                self.sending(ctx, number, |name, lang| t!(lang, "telegram-sending-again", name = name));
            }
            Report::Filed { number, result } => self.filed(ctx, number, result),
            Report::Done { tag } => self.menu_set(&tag),
            Report::Closed { chat } => {
                self.closed.insert(chat);
                self.clear(chat);
            }
            // Its bubbles have other ids there, and their buttons still work by what they say.
            Report::Moved { from, .. } => self.clear(from),
            Report::Refused => return true,
        }
        false
    }

    fn lost(&mut self, slot: u64, why: &Failure) {
        let gone = matches!(why, Failure::Gone);
        if let Some(bubble) = self.bubbles.get_mut(&slot) {
            if gone || bubble.actual.is_none() {
                self.forget(slot);
            } else {
                bubble.lease = Lease::None;
            }
        }
    }

    /// How far a file is stands above the screen it was sent from, for as long as somebody looks at that.
    fn sending(&mut self, ctx: &Ctx<'_>, number: u64, says: impl Fn(&str, Lang) -> String) {
        let Some(Underway { slot, view, name, .. }) = self.files.get(&number) else { return };
        let (slot, name) = (*slot, name.clone());
        let Some(bubble) = self.bubbles.get(&slot).filter(|bubble| bubble.view == *view) else { return };
        if bubble.question.is_some() || bubble.actual.is_none() {
            return;
        }
        let caller = bubble.caller.clone();
        let Some(visit) = self.again(ctx, &caller) else { return };
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return };
        bubble.progress = Some(says(&name, visit.reader.lang));
        if bubble.asking.is_none() && bubble.next_redraw <= ctx.now.at {
            self.ask_view(ctx, slot, Cause::Redraw, visit);
        }
    }

    /// A file has arrived, or never will.
    fn filed(&mut self, ctx: &Ctx<'_>, number: u64, result: Result<(), Failure>) {
        let Some(Underway { slot, blob, .. }) = self.files.remove(&number) else { return };
        self.out.extend(blob.map(Effect::LetGo));
        let Some(bubble) = self.bubbles.get_mut(&slot) else { return };
        let told = bubble.progress.take().is_some();
        let caller = bubble.caller.clone();
        match result {
            Ok(()) if told => self.redraw(ctx, slot),
            Ok(()) => {}
            Err(why) => {
                let Some(visit) = self.again(ctx, &caller) else { return };
                let why = said(&why, visit.reader.lang);
                self.complain(ctx, slot, why, visit);
            }
        }
    }

    fn clear(&mut self, chat: ChatId) {
        let slots: Vec<u64> = self
            .bubbles
            .iter()
            .filter(|(_, bubble)| bubble.caller.chat == chat)
            .map(|(slot, _)| *slot)
            .collect();
        slots.into_iter().for_each(|slot| self.forget(slot));
    }

    fn delivered(&mut self, id: i64, chat: ChatId, actual: &Actual) {
        if !self.messages.contains_key(&(chat, actual.message)) {
            // Until its view is known, a tap on it opens a bubble below like on any notice.
            self.learned(chat, actual.message, None);
            self.out.push(Effect::Learn(id));
        }
    }

    /// This message is a notice, which shows this view.
    pub fn learned(&mut self, chat: ChatId, message: i64, view: Option<View>) {
        let notices = self.messages.values().filter(|seen| matches!(seen, super::Seen::Notice(_))).count();
        if notices >= super::NOTICES_MAX {
            let oldest = self
                .messages
                .iter()
                .filter(|(_, seen)| matches!(seen, super::Seen::Notice(_)))
                .map(|(key, _)| *key)
                .min_by_key(|(_, message)| *message);
            oldest.and_then(|oldest| self.messages.remove(&oldest));
        }
        self.messages.insert((chat, message), super::Seen::Notice(view));
    }
}

/// Why a file did not arrive, in words.
fn said(why: &Failure, lang: Lang) -> String {
    match why {
        Failure::TooLarge => t!(lang, "telegram-file-too-large"),
        why if why.passes() => t!(lang, "telegram-file-no-line"),
        why => t!(lang, "telegram-file-failed", why = why.to_string()),
    }
}

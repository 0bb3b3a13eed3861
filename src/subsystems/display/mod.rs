//! How each pilot reads: their language, and the colours of charts and maps. One place for all rooms: a panel takes
//! both from its [`Reader`], and never asks here.
//!
//! Owns the choices, kept in the store's settings and held in memory, where every update looks. Never decides for a
//! group: there the ship's config holds, so that one bubble does not change with each tap. Limits: two colours.

mod taste;

pub use taste::{Taste, Tastes};

use crate::{
    domain::{ChatKind, Clock, Lang, PilotId, Reader, Theme},
    intent::{
        Act as AnyAct, View as AnyView,
        display::{Act, View},
        metrics::{self, Metric, Range},
    },
    locale::say,
    phrase,
    room::{Order, Outcome},
    screen::{Block, Button, Screen, Style},
    store::{Durability, Store, settings},
    t,
};
use std::sync::Arc;

/// The room: no actor, for there is nothing to wait for but the store.
pub struct Display {
    pub tastes: Tastes,
    pub store: Store,
    pub clock: Arc<dyn Clock>,
}

impl Display {
    /// `charts`: whether there is a chart to try the colours on.
    pub fn view(&self, view: &View, pilot: PilotId, charts: bool, reader: &Reader) -> Screen {
        let View::Mine = view;
        mine(self.tastes.of(pilot), charts, reader)
    }

    /// On the disk first: what is shown is what holds after a restart.
    pub async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let next = AnyView::Display(View::Mine);
        let (pilot, now) = (order.pilot, self.clock.now());
        let mut taste = self.tastes.of(pilot);
        match act {
            Act::Theme(theme) => taste.theme = Some(*theme),
            Act::Language(lang) => taste.lang = *lang,
        }
        let kept = taste.settings(pilot);
        let written = self.store.write(Durability::Full, move |tx| {
            for (key, value) in &kept {
                match value {
                    Some(value) => settings::set(tx, key, value, pilot, now)?,
                    None => drop(settings::remove(tx, key)?),
                }
            }
            Ok(())
        });
        match written.await {
            Ok(()) => {
                self.tastes.put(pilot, taste);
                Outcome::Done { next }
            }
            Err(error) => {
                let why = say(order.reader.lang, &phrase!("display-not-kept", why = error.why()));
                Outcome::Refused { why, next }
            }
        }
    }
}

fn mine(taste: Taste, charts: bool, reader: &Reader) -> Screen {
    let lang = reader.lang;
    let mut blocks = vec![Block::Note(t!(lang, "display-says"))];
    if reader.chat == ChatKind::Group {
        blocks.push(Block::Note(t!(lang, "display-group")));
    }
    let colours = |theme| match theme {
        Theme::Dark => t!(lang, "display-dark"),
        Theme::Light => t!(lang, "display-light"),
    };
    // What this chat has is told; in a group it is not what was chosen.
    blocks.push(Block::text(match taste.lang.filter(|_| reader.chat == ChatKind::Private) {
        Some(_) => t!(lang, "display-language-own", name = name(lang)),
        None => t!(lang, "display-language-auto", name = name(lang)),
    }));
    blocks.push(Block::text(t!(lang, "display-colours", name = colours(reader.theme))));

    let pick = |label: String, chosen: bool, act: Act| {
        let (label, style) =
            if chosen { (format!("• {label}"), Style::Primary) } else { (label, Style::Plain) };
        Button::act(label, AnyAct::Display(act)).style(style)
    };
    let theme = taste.theme.unwrap_or(reader.theme);
    let mut rows = vec![
        [Theme::Dark, Theme::Light].map(|one| pick(colours(one), one == theme, Act::Theme(one))).into(),
        std::iter::once(pick(t!(lang, "display-auto"), taste.lang.is_none(), Act::Language(None)))
            .chain(Lang::ALL.map(|one| pick(name(one), taste.lang == Some(one), Act::Language(Some(one)))))
            .collect(),
    ];
    if charts {
        let view = AnyView::Metrics(metrics::View::Chart { metric: Metric::Cpu, range: Range::Hour });
        rows.push(vec![Button::view(t!(lang, "display-try"), view)]);
    }
    Screen { crumbs: vec![t!(lang, "display-crumb")], blocks, rows, ..Screen::default() }
}

/// In the language itself: whoever is lost finds it.
fn name(lang: Lang) -> String {
    t!(lang, "display-name")
}

#[cfg(test)]
mod tests;

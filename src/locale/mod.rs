//! The words of the panels: English and Indonesian, from Fluent files in this folder, one per room and language.
//!
//! Use: `t!(lang, "services-stopped", unit = name, seconds = 4)`. A tidy test holds that both languages have the same
//! messages with the same variables, and that every id named in the code exists. Numbers with units are formatted
//! before and passed as text; a bare count is passed as a number, so that plurals work.

mod moment;
mod span;

pub use moment::{count, moment, weekday};
pub use span::{ago, span};

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use crate::domain::{Lang, Phrase, PhraseArg};

type Bundle = FluentBundle<FluentResource>;

/// Each file of both languages: (name, English, Indonesian).
pub const FILES: &[(&str, &str, &str)] = &[
    ("common", include_str!("en/common.ftl"), include_str!("id/common.ftl")),
    ("dashboard", include_str!("en/dashboard.ftl"), include_str!("id/dashboard.ftl")),
    ("charts", include_str!("en/charts.ftl"), include_str!("id/charts.ftl")),
    ("metrics", include_str!("en/metrics.ftl"), include_str!("id/metrics.ftl")),
    ("services", include_str!("en/services.ftl"), include_str!("id/services.ftl")),
    ("processes", include_str!("en/processes.ftl"), include_str!("id/processes.ftl")),
    ("crew", include_str!("en/crew.ftl"), include_str!("id/crew.ftl")),
    ("audit", include_str!("en/audit.ftl"), include_str!("id/audit.ftl")),
    ("telegram", include_str!("en/telegram.ftl"), include_str!("id/telegram.ftl")),
    ("bridge", include_str!("en/bridge.ftl"), include_str!("id/bridge.ftl")),
    ("jobs", include_str!("en/jobs.ftl"), include_str!("id/jobs.ftl")),
    ("alerts", include_str!("en/alerts.ftl"), include_str!("id/alerts.ftl")),
    ("schedule", include_str!("en/schedule.ftl"), include_str!("id/schedule.ftl")),
    ("containers", include_str!("en/containers.ftl"), include_str!("id/containers.ftl")),
    ("storage", include_str!("en/storage.ftl"), include_str!("id/storage.ftl")),
    ("freight", include_str!("en/freight.ftl"), include_str!("id/freight.ftl")),
    ("usage", include_str!("en/usage.ftl"), include_str!("id/usage.ftl")),
    ("transfers", include_str!("en/transfers.ftl"), include_str!("id/transfers.ftl")),
    ("backup", include_str!("en/backup.ftl"), include_str!("id/backup.ftl")),
    ("backup_engine", include_str!("en/backup_engine.ftl"), include_str!("id/backup_engine.ftl")),
    ("display", include_str!("en/display.ftl"), include_str!("id/display.ftl")),
    ("sim", include_str!("en/sim.ftl"), include_str!("id/sim.ftl")),
    ("process", include_str!("en/process.ftl"), include_str!("id/process.ftl")),
    ("smart", include_str!("en/smart.ftl"), include_str!("id/smart.ftl")),
];

static BUNDLES: LazyLock<[Bundle; 2]> = LazyLock::new(|| Lang::ALL.map(bundle));

fn bundle(lang: Lang) -> Bundle {
    let tag = lang.tag().parse().expect("a language tag of ours");
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Isolation marks are invisible characters that break monospaced columns.
    bundle.set_use_isolating(false);
    bundle.add_builtins().expect("a new bundle has no functions");
    for (name, en, id) in FILES {
        let text = match lang {
            Lang::En => en,
            Lang::Id => id,
        };
        let resource = FluentResource::try_new((*text).to_owned())
            .unwrap_or_else(|(_, errors)| panic!("{}/{name}.ftl: {errors:?}", lang.tag()));
        bundle
            .add_resource(resource)
            .unwrap_or_else(|errors| panic!("{}/{name}.ftl: {errors:?}", lang.tag()));
    }
    bundle
}

/// The text of a message. An unknown id shows itself and is logged: a missing word never takes a screen down.
pub fn text(lang: Lang, id: &str, args: &[(&str, FluentValue<'_>)]) -> String {
    let bundle = &BUNDLES[lang as usize];
    let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
        tracing::error!(id, lang = lang.tag(), "message missing");
        return id.to_owned();
    };
    let mut named = FluentArgs::with_capacity(args.len());
    for (name, value) in args {
        named.set(*name, value.clone());
    }
    let mut errors = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&named), &mut errors).into_owned();
    if !errors.is_empty() {
        debug_assert!(false, "{id}: {errors:?}");
        tracing::error!(id, lang = lang.tag(), ?errors, "message not filled");
    }
    text
}

/// A phrase kept in a record or notice, in this language.
pub fn say(lang: Lang, phrase: &Phrase) -> String {
    let args: Vec<(&str, FluentValue<'_>)> = phrase
        .args
        .iter()
        .map(|(name, arg)| match arg {
            PhraseArg::Number(number) => (name.as_ref(), FluentValue::from(*number)),
            PhraseArg::Text(text) => (name.as_ref(), FluentValue::from(text.as_str())),
            PhraseArg::Said(phrase) => (name.as_ref(), FluentValue::from(say(lang, phrase))),
        })
        .collect();
    text(lang, &phrase.id, &args)
}

/// `t!(lang, "id")` or `t!(lang, "id", name = value, …)`; values are text or numbers.
#[macro_export]
macro_rules! t {
    ($lang:expr, $id:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::locale::text($lang, $id, &[$((stringify!($name), $crate::locale::value($value))),*])
    };
}

/// What a message's variable can be.
pub fn value<'a>(value: impl Into<FluentValue<'a>>) -> FluentValue<'a> {
    value.into()
}

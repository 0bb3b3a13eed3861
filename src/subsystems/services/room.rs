//! What the bridge sees of this room: each call asks the actor, with a deadline, and draws what it answers.

use std::time::Duration;

use super::{
    follow::{FILE_MAX, PAGE_MAX},
    messages::{ListAsk, Msg, Weighed},
    panel, panel_diagnose, panel_log, panel_unit,
    state::Refusal,
    unit::Verb,
    words,
};
use crate::{
    domain::{Attachment, Bytes, Reader, UnitName},
    intent::{
        Act as AnyAct, Hole, Intent, View as AnyView,
        services::{Act, Filter, Log, View},
    },
    locale::ago,
    room::{Consequence, Glance, Order, Outcome, Room},
    screen::{Block, Mark, Screen, Topic},
    supervision::Port,
    t,
};

/// For a screen: the bus answers within milliseconds, a busy machine within this.
const VIEW_MAX: Duration = Duration::from_secs(6);
const ACT_MAX: Duration = Duration::from_secs(2);
/// The bridge gives up a little later.
const WEIGH_MAX: Duration = Duration::from_millis(280);
/// Words of a search, characters: they travel in buttons.
const SEARCH_MAX: usize = 60;
const NAMED_MAX: usize = 5;

/// Cheap to clone.
#[derive(Debug, Clone)]
pub struct Services {
    pub port: Port<Msg>,
}

impl Services {
    /// Names of units for the letters of a typed command.
    pub async fn complete(&self, letters: &str) -> Vec<String> {
        let letters = letters.to_owned();
        let found = self.port.call(ACT_MAX, |reply| Msg::Complete(letters, reply)).await;
        found.unwrap_or_default().into_iter().map(String::from).collect()
    }

    async fn show_log(&self, log: &Log, reader: &Reader) -> Screen {
        let asked = log.clone();
        match self.port.call(PAGE_MAX + Duration::from_secs(2), |reply| Msg::Log(asked, reply)).await {
            Ok(page) => panel_log::log(log, &page, reader),
            Err(_) => away(reader, vec![log.unit.to_string()]),
        }
    }

    async fn send_log(&self, log: &Log, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let next = AnyView::Services(View::Log(log.clone()));
        let (asked, tz) = (log.clone(), order.reader.tz.clone());
        match self
            .port
            .call(FILE_MAX + Duration::from_secs(5), |reply| Msg::LogFile { log: asked, tz, reply })
            .await
        {
            Ok(Ok(file)) => {
                let size = Bytes(file.bytes).to_string();
                let unit = log.unit.short();
                let caption = match (file.lines, file.cut) {
                    (0, _) => return Outcome::Refused { why: t!(lang, "services-log-file-empty"), next },
                    (lines, true) => t!(lang, "services-log-file-cut", unit = unit, n = lines, size = size),
                    (lines, false) => t!(lang, "services-log-file-says", unit = unit, n = lines, size = size),
                };
                Outcome::File(Attachment { blob: file.blob, caption })
            }
            Ok(Err(error)) => {
                let (why, mend) = words::journal_error(lang, &error);
                Outcome::Refused { why: format!("{why} {mend}"), next }
            }
            Err(_) => Outcome::Refused { why: t!(lang, "services-away"), next },
        }
    }
}

impl Room for Services {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match view {
            View::List { filter, search, page } => {
                let search = search.as_deref().map(searched);
                let ask = ListAsk { filter: *filter, search, page: *page, per_page: panel::PER_PAGE };
                match self.port.call(VIEW_MAX, |reply| Msg::List(ask, reply)).await {
                    Ok(page) => panel::list(&page, reader),
                    Err(_) => away(reader, vec![t!(reader.lang, "services-crumb")]),
                }
            }
            View::Unit(unit) => {
                let asked = unit.clone();
                match self.port.call(VIEW_MAX, |reply| Msg::Unit(asked, reply)).await {
                    Ok(report) => panel_unit::unit(&report, reader),
                    Err(_) => away(reader, vec![unit.to_string()]),
                }
            }
            View::Log(log) => self.show_log(log, reader).await,
            View::Diagnose(unit) => {
                let asked = unit.clone();
                match self.port.call(VIEW_MAX, |reply| Msg::Diagnose(asked, reply)).await {
                    Ok(diagnosis) => panel_diagnose::diagnose(&diagnosis, reader),
                    Err(_) => away(reader, vec![unit.to_string()]),
                }
            }
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        if let Act::LogFile(log) = act {
            return self.send_log(log, order).await;
        }
        let Some(verb) = Verb::of(act) else {
            unreachable!("every other act has a verb");
        };
        let (unit, by, reader) = (act.unit().clone(), order.pilot_name.clone(), &order.reader);
        let next = AnyView::Services(View::Unit(unit.clone()));
        let asked = unit.clone();
        match self.port.call(ACT_MAX, |reply| Msg::Act { verb, unit: asked, by, reply }).await {
            Ok(Ok(())) => Outcome::Done { next },
            Ok(Err(refusal)) => Outcome::Refused { why: refused(&refusal, &unit, reader), next },
            Err(_) => Outcome::Refused { why: t!(reader.lang, "services-away"), next },
        }
    }

    fn concerned(&self, act: &AnyAct) -> bool {
        matches!(act, AnyAct::Services(Act::Stop(_) | Act::Restart(_) | Act::Disable(_)))
    }

    async fn weigh(&self, act: &AnyAct, reader: &Reader) -> Vec<Consequence> {
        let AnyAct::Services(act) = act else { return Vec::new() };
        let Some(verb) = Verb::of(act) else { return Vec::new() };
        let unit = act.unit().clone();
        let asked = unit.clone();
        match self.port.call(WEIGH_MAX, |reply| Msg::Weigh(verb, asked, reply)).await {
            Ok(weighed) => consequences(verb, &unit, &weighed, reader),
            Err(_) => {
                vec![Consequence { mark: Mark::Unknown, line: t!(reader.lang, "services-weigh-unknown") }]
            }
        }
    }

    async fn glance(&self, reader: &Reader) -> Glance {
        match self.port.call(Duration::from_millis(280), Msg::Glance).await {
            Ok(glimpse) => panel::glance(&glimpse, reader),
            Err(_) => Glance {
                blocks: vec![Block::State(Mark::Unknown, t!(reader.lang, "services-away"))],
                ..Glance::default()
            },
        }
    }

    async fn fill(&self, hole: &Hole, text: &str, reader: &Reader) -> Result<Intent, String> {
        let words = searched(text);
        if words.is_empty() {
            return Err(t!(reader.lang, "services-search-empty"));
        }
        Ok(Intent::View(AnyView::Services(match hole {
            Hole::ServicesSearch => View::List { filter: Filter::All, search: Some(words), page: 0 },
            Hole::ServiceLogSearch(log) => View::Log(Log { search: Some(words), ..log.clone() }),
            _ => return Err(String::new()),
        })))
    }
}

fn searched(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").chars().filter(|c| !c.is_control()).take(SEARCH_MAX).collect()
}

/// The actor is away; the screen redraws itself when it is back.
fn away(reader: &Reader, mut crumbs: Vec<String>) -> Screen {
    crumbs.insert(0, t!(reader.lang, "services-crumb-engine"));
    Screen {
        crumbs,
        blocks: vec![Block::State(Mark::Unknown, t!(reader.lang, "services-away"))],
        topics: vec![Topic::Services],
        ..Screen::default()
    }
}

fn refused(refusal: &Refusal, unit: &UnitName, reader: &Reader) -> String {
    let lang = reader.lang;
    let short = unit.short();
    match refusal {
        Refusal::Protected => t!(lang, "services-refused-protected", unit = short),
        Refusal::WholeServer => t!(lang, "services-refused-server", unit = unit.as_str()),
        Refusal::Busy { verb, by, since } => {
            let ago = ago(lang, panel::age(*since, reader));
            t!(
                lang,
                "services-refused-busy",
                unit = short,
                doing = words::doing(lang, *verb),
                by = by.as_str(),
                ago = ago
            )
        }
        Refusal::TooMany => t!(lang, "services-refused-many"),
        Refusal::NotLinked(error) => {
            let (why, mend) = (words::bus_error(lang, error), words::bus_mend(lang, error));
            t!(lang, "services-refused-link", why = why, mend = mend)
        }
    }
}

fn consequences(verb: Verb, unit: &UnitName, weighed: &Weighed, reader: &Reader) -> Vec<Consequence> {
    let lang = reader.lang;
    let mut told = Vec::new();
    let mut say = |mark, line| told.push(Consequence { mark, line });
    if weighed.protected {
        say(Mark::Bad, t!(lang, "services-refused-protected", unit = unit.short()));
    }
    if verb.takes_down() {
        for (unit, what) in &weighed.lifelines {
            say(Mark::Bad, words::lifeline(lang, *what, unit.short()));
        }
        if !weighed.stop_with_it.is_empty() {
            let n = weighed.stop_with_it.len();
            let list = words::names(lang, weighed.stop_with_it.iter(), NAMED_MAX);
            say(
                Mark::Bad,
                if verb == Verb::Restart {
                    t!(lang, "services-weigh-restart-with", n = n, list = list)
                } else {
                    t!(lang, "services-weigh-stop-with", n = n, list = list)
                },
            );
        }
        if !weighed.wanted_by.is_empty() {
            let list = words::names(lang, weighed.wanted_by.iter(), NAMED_MAX);
            say(Mark::Look, t!(lang, "services-weigh-wanted", list = list));
        }
        if verb == Verb::Stop && !weighed.triggers.is_empty() {
            let list = words::names(lang, weighed.triggers.iter(), NAMED_MAX);
            say(Mark::Look, t!(lang, "services-weigh-triggers", list = list));
        }
    }
    if verb == Verb::Disable {
        say(Mark::Look, t!(lang, "services-weigh-disable"));
    }
    if weighed.incomplete {
        say(Mark::Unknown, t!(lang, "services-weigh-incomplete"));
    }
    told
}

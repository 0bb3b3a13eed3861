//! What the dashboard says of containers, the worst first. Pure.

use std::time::Duration;

use super::{
    messages::Glimpse,
    model::{Container, State},
    panel::at,
    panel_one,
    state::Link,
    words,
};
use crate::{
    domain::Reader,
    intent::{
        View as AnyView,
        containers::{Filter, View},
    },
    room::{Glance, Problem},
    screen::{Block, Mark},
    t,
};

/// Problems of this room on the dashboard, each with a line of its own.
const PROBLEMS_MAX: usize = 6;
/// What ended badly longer ago is no news.
const OLD: Duration = Duration::from_secs(3 * 86_400);

/// What the dashboard says, the worst first.
pub fn glance(glimpse: &Glimpse, reader: &Reader) -> Glance {
    let lang = reader.lang;
    match &glimpse.link {
        Link::Opening => {
            let line = t!(lang, "containers-connecting");
            return Glance { blocks: vec![Block::State(Mark::Busy, line)], ..Glance::default() };
        }
        Link::Down { error, .. } => {
            let line = t!(lang, "containers-glance-unknown", why = words::error(lang, error));
            // Where there never was a container nobody misses the engine.
            if glimpse.running + glimpse.stopped == 0 {
                return Glance { blocks: vec![Block::State(Mark::Unknown, line)], ..Glance::default() };
            }
            let label = t!(lang, "containers-crumb");
            let problem = Problem { mark: Mark::Bad, line, label, view: at(Filter::All) };
            return Glance { problems: vec![problem], ..Glance::default() };
        }
        Link::Up(_) => {}
    }
    let mut news: Vec<&Container> = glimpse.troubled.iter().filter(|container| is_news(container)).collect();
    news.sort_by_key(|container| (std::cmp::Reverse(words::trouble(container)), container.name.clone()));
    let halves = glimpse.halves.iter().map(|half| Problem {
        mark: Mark::Bad,
        line: panel_one::half_line(half, reader),
        label: half.name.to_string(),
        view: AnyView::Containers(View::One(half.name.clone())),
    });
    let news_of = news.iter().map(|container| problem(container, reader));
    let problems: Vec<Problem> = halves.chain(news_of).take(PROBLEMS_MAX).collect();
    let unwell = glimpse.troubled.iter().filter(|container| container.running()).count();
    let good = t!(lang, "containers-glance-good", n = glimpse.running - unwell);
    let block = match news.first() {
        None => Block::State(Mark::Good, good),
        Some(worst) => {
            let names: Vec<String> = news.iter().take(4).map(|container| words::short(container)).collect();
            let line =
                t!(lang, "containers-glance-bad", good = good, bad = news.len(), names = names.join(", "));
            Block::State(words::trouble(worst), line)
        }
    };
    Glance { problems, blocks: vec![block], buttons: Vec::new() }
}

fn is_news(container: &Container) -> bool {
    !matches!(container.state, State::Exited(_))
        || words::rough(&container.status).is_none_or(|so_long| so_long < OLD)
}

fn problem(container: &Container, reader: &Reader) -> Problem {
    let lang = reader.lang;
    let state = match container.state {
        State::Exited(code) => words::ended(lang, code, false),
        state => words::state(lang, state, container.health),
    };
    let line = match words::rough(&container.status).filter(|_| matches!(container.state, State::Exited(_))) {
        Some(so_long) => {
            let ago = crate::locale::ago(lang, so_long);
            t!(lang, "containers-problem-ago", name = container.name.as_str(), state = state, ago = ago)
        }
        None => t!(lang, "containers-problem", name = container.name.as_str(), state = state),
    };
    let view =
        container.address().map_or_else(|| at(Filter::Troubled), |name| AnyView::Containers(View::One(name)));
    Problem { mark: words::trouble(container), line, label: words::short(container), view }
}

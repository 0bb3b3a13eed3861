//! The room that shows the actors themselves. Owns nothing: it asks the supervisor, and hands on two requests, to
//! restart one and to read the config again. Never stops an actor for good.

mod counters;
mod panel;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use futures_util::future::BoxFuture;

use crate::{
    domain::{Lang, Reader},
    intent::{
        View as AnyView,
        crew::{Act, View},
    },
    room::{Glance, Order, Outcome, Room},
    screen::Screen,
    supervision::{Refused, Tree, TreeError},
    t,
};

/// Reads the config file again and applies it; given by the app. An error is a sentence for the pilot, with what to do.
pub type Reload = Arc<dyn Fn(Lang) -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

pub struct Crew {
    pub tree: Tree,
    pub reload: Reload,
}

impl Room for Crew {
    type View = View;
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match (self.tree.crew().await, view) {
            (Ok(crew), View::List) => panel::list(&crew, reader),
            (Ok(crew), View::Actor(id)) => panel::actor(&crew, id, reader),
            (Err(_), _) => panel::away(reader),
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let lang = order.reader.lang;
        let done = match act {
            Act::Restart(id) => self.tree.restart(id).await.map_err(|error| match error {
                TreeError::Refused(Refused::Unknown(_) | Refused::Duplicate(_)) => {
                    t!(lang, "crew-refused-unknown", actor = id.as_str())
                }
                TreeError::Refused(Refused::Stopping) => t!(lang, "crew-refused-stopping"),
                TreeError::Call(_) => t!(lang, "crew-refused-away"),
            }),
            Act::Reload => (self.reload)(lang).await,
        };
        match (done, act) {
            (Ok(()), Act::Restart(id)) => Outcome::Done { next: AnyView::Crew(View::Actor(id.clone())) },
            (Ok(()), Act::Reload) => Outcome::Done { next: AnyView::Crew(View::List) },
            (Err(why), _) => Outcome::Refused { why, next: AnyView::Crew(View::List) },
        }
    }

    async fn glance(&self, reader: &Reader) -> Glance {
        match self.tree.crew().await {
            Ok(crew) => panel::glance(&crew, reader),
            Err(_) => Glance::default(),
        }
    }

    async fn complete(&self, word: &str) -> Vec<String> {
        let Ok(crew) = self.tree.crew().await else { return Vec::new() };
        let ids = crew.members.into_iter().map(|member| member.id);
        ids.filter(|id| id.starts_with(word)).take(20).collect()
    }
}

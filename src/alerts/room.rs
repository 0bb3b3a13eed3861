//! What the alerts show to the bridge.

use std::convert::Infallible;

use super::{
    Alerts, LookError,
    facts::{Alert, Audience, Kind, Severity},
    panel,
};
use crate::{
    domain::Reader,
    intent::{View as AnyView, alerts::View},
    room::{Glance, Order, Outcome, Problem, Room},
    screen::{Mark, Screen},
};

pub struct AlertsRoom {
    pub alerts: Alerts,
}

/// Doors of the dashboard are a few characters wide.
const LABEL_MAX: usize = 16;

impl AlertsRoom {
    async fn look(&self, view: &View, reader: &Reader) -> Result<Screen, LookError> {
        Ok(match view {
            View::List { page } => {
                let mut living = self.alerts.living().await?;
                let mut past = self.alerts.past(panel::PAST_MAX).await?;
                living.retain(|alert| is_for(alert, reader));
                past.retain(|alert| is_for(alert, reader));
                panel::list(&living, &past, *page, reader)
            }
            View::Alert(id) => match self.alerts.get(*id).await? {
                Some(alert) if is_for(&alert, reader) => panel::one(&alert, reader),
                Some(_) | None => panel::gone(reader),
            },
        })
    }
}

/// What is not told to somebody is not shown to them either.
fn is_for(alert: &Alert, reader: &Reader) -> bool {
    match alert.facts.audience() {
        Audience::Role(role) => reader.role >= role,
        Audience::Chat { .. } => true,
    }
}

impl Room for AlertsRoom {
    type View = View;
    type Act = Infallible;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match self.look(view, reader).await {
            Ok(screen) => screen,
            Err(error) => panel::away(&error, reader),
        }
    }

    async fn act(&self, act: &Infallible, _: &Order) -> Outcome {
        match *act {}
    }

    /// Only what no other room tells at first hand: figures, units and actors have their own places.
    async fn glance(&self, reader: &Reader) -> Glance {
        let Ok(living) = self.alerts.living().await else { return Glance::default() };
        let told_here = living.iter().filter(|alert| {
            is_for(alert, reader) && matches!(alert.subject().kind, Kind::Job | Kind::Schedule | Kind::Config)
        });
        let problems = told_here.map(|alert| {
            let name = panel::name(alert, reader);
            Problem {
                mark: if alert.severity == Severity::Bad { Mark::Bad } else { Mark::Look },
                line: format!("{name}: {}", panel::line(alert, reader)),
                label: name.chars().take(LABEL_MAX).collect(),
                view: AnyView::Alerts(View::Alert(alert.id)),
            }
        });
        Glance { problems: problems.collect(), ..Glance::default() }
    }
}

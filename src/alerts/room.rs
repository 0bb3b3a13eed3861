//! What the alerts show to the bridge.

use std::convert::Infallible;

use super::{
    Alerts, LookError,
    facts::{Kind, Severity},
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
                let (living, past) = (self.alerts.living().await?, self.alerts.past(panel::PAST_MAX).await?);
                panel::list(&living, &past, *page, reader)
            }
            View::Alert(id) => match self.alerts.get(*id).await? {
                Some(alert) => panel::one(&alert, reader),
                None => panel::gone(reader),
            },
        })
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
        let told_here =
            living.iter().filter(|alert| matches!(alert.subject().kind, Kind::Job | Kind::Schedule));
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

//! What the alerts show to the bridge.

use super::{
    Alerts, LookError, NotSnoozed, Wish,
    facts::{Alert, Audience, Kind, Severity, Subject},
    panel, panel_snooze,
};
use crate::{
    domain::Reader,
    intent::{
        Act as AnyAct, Hole, Intent, View as AnyView,
        alerts::{Act, View},
    },
    room::{Glance, Order, Outcome, Problem, Room},
    screen::{Mark, Screen},
    t,
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
            View::Snooze(id) => match self.alerts.get(*id).await? {
                Some(alert) if is_for(&alert, reader) && alert.is_living() => {
                    panel_snooze::ask(&alert, reader)
                }
                Some(alert) if is_for(&alert, reader) => panel::one(&alert, reader),
                Some(_) | None => panel::gone(reader),
            },
        })
    }

    async fn carry(&self, act: &Act, order: &Order) -> Result<(), String> {
        let (lang, reader) = (order.reader.lang, &order.reader);
        let (Act::Snooze { about, .. } | Act::Wake { about, .. }) = act;
        let gone = || t!(lang, "alerts-snooze-over");
        let subject = Subject::parse(&about.kind, &about.of).ok_or_else(gone)?;
        let done = match act {
            Act::Wake { .. } => self.alerts.wake(subject).await,
            Act::Snooze { span, .. } => {
                let until = panel_snooze::end(*span, reader)?;
                let living = self.alerts.living().await.map_err(|_| t!(lang, "alerts-away"))?;
                if !living.iter().any(|alert| alert.subject() == subject && is_for(alert, reader)) {
                    return Err(gone());
                }
                let wish = Wish { until, pilot: order.pilot, by: order.pilot_name.clone() };
                self.alerts.snooze(subject, wish).await
            }
        };
        done.map_err(|error| match error {
            LookError::NotSnoozed(NotSnoozed::Over) => gone(),
            _ => t!(lang, "alerts-away"),
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
    type Act = Act;

    async fn view(&self, view: &View, reader: &Reader) -> Screen {
        match self.look(view, reader).await {
            Ok(screen) => screen,
            Err(error) => panel::away(&error, reader),
        }
    }

    async fn act(&self, act: &Act, order: &Order) -> Outcome {
        let (Act::Snooze { alert, .. } | Act::Wake { alert, .. }) = act;
        let next = AnyView::Alerts(View::Alert(*alert));
        match self.carry(act, order).await {
            Ok(()) => Outcome::Done { next },
            Err(why) => Outcome::Refused { why, next },
        }
    }

    async fn fill(&self, hole: &Hole, text: &str, reader: &Reader) -> Result<Intent, String> {
        let Hole::AlertSnooze(id) = hole else { return Err(String::new()) };
        match self.alerts.get(*id).await {
            Ok(Some(alert)) if alert.is_living() => {
                Ok(Intent::Act(AnyAct::Alerts(panel_snooze::typed(&alert, text, reader)?)))
            }
            Ok(_) => Err(t!(reader.lang, "alerts-snooze-over")),
            Err(_) => Err(t!(reader.lang, "alerts-away")),
        }
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

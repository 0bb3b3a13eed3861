//! Asking one child how it is, with a deadline of its own.

use std::time::Duration;

use tokio::time::Instant;

use super::{
    crew::{Member, Report},
    shell::Figures,
    spec::ChildSpec,
};

/// For one child's answer. A screen waits for all of them together.
pub const ANSWER_MAX: Duration = Duration::from_millis(150);

pub struct Found {
    pub id: String,
    pub report: Report,
    /// Of a supervisor: its own children.
    pub below: Vec<Member>,
}

pub fn ask(id: &str, spec: &ChildSpec, figures: Figures) -> impl Future<Output = Found> + Send + use<> {
    let (id, spec) = (id.to_owned(), spec.clone());
    async move {
        // It has not come back from its handler for longer than we would wait: it would not answer, and a question a
        // time would pile up in its mailbox.
        if figures.in_handler.is_some_and(|busy| busy > ANSWER_MAX) {
            return Found { id, report: Report::Silent, below: Vec::new() };
        }
        let asked = Instant::now();
        let report = match (spec.ask)(ANSWER_MAX).await {
            Ok(status) => Report::Answered { status, took: asked.elapsed() },
            Err(_) => Report::Silent,
        };
        let below = match &spec.nested {
            // A survey of its own takes as long, and a little to come back.
            Some(tree) => tree.crew_within(ANSWER_MAX + ANSWER_MAX / 2).await.map(|crew| crew.members),
            None => Ok(Vec::new()),
        };
        Found { id, report, below: below.unwrap_or_default() }
    }
}

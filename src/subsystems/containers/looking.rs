//! The actor's part for who looks: the list, one container, a project. Answers from the book, and keeps it fresh meanwhile.

use std::time::Duration;

use ractor::{ActorRef, RpcReplyPort};

use super::{
    actor::Keeper,
    engine::{EngineError, Verb},
    messages::{ListAsk, ListPage, Msg, OneAsk, ProjectReport, Report},
    model::Container,
    ops,
    shell::Shell,
    state::Target,
};
use crate::intent::containers::Name;

/// While somebody looks, the list is at most so old.
const LIST_FRESH: Duration = Duration::from_secs(5);

impl Keeper {
    /// Somebody looks: "5 s ago" is not to stand there for a minute.
    pub(super) fn freshen(&self, me: &ActorRef<Msg>, shell: &mut Shell) {
        if shell.engine.is_some() && shell.listed_at.elapsed() >= LIST_FRESH {
            self.relist_soon(me, shell);
        }
    }

    pub(super) fn list(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        ask: ListAsk,
        reply: RpcReplyPort<ListPage>,
    ) {
        shell.looked_at(me);
        self.freshen(me, shell);
        let mut page = shell.page(ask);
        let begun = self.sample(me, shell, &page.rows.iter().map(|row| &row.container).collect::<Vec<_>>());
        if begun {
            page.rows.iter_mut().for_each(|row| row.figures_come = row.container.takes());
        }
        let _ = reply.send(page);
    }

    /// These are looked at; `true` while figures of any of them come.
    fn sample(&self, me: &ActorRef<Msg>, shell: &mut Shell, of: &[&Container]) -> bool {
        let Ok(engine) = shell.engine() else { return false };
        shell.watches.seen(of, &engine, me)
    }

    pub(super) fn one(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        ask: OneAsk,
        reply: RpcReplyPort<Report>,
    ) {
        shell.looked_at(me);
        let OneAsk { name, whole } = ask;
        let target = Target::One(name.clone());
        let known = shell.state.find(&name).cloned();
        if whole && known.as_ref().is_some_and(|container| container.mounts.iter().any(|m| m.is_volume())) {
            self.size(me, shell);
        }
        let come = known.as_ref().is_some_and(|container| self.sample(me, shell, &[container]));
        let verdict = known.as_ref().and_then(|container| shell.updates.of(container)).cloned();
        let mut known = known.map(|container| shell.row(container));
        if let Some(row) = &mut known {
            row.figures_come = come;
        }
        let state = &shell.state;
        let project = known.as_ref().and_then(|row| Name::parse(row.container.project()?).ok());
        let op_of_project = project.and_then(|project| state.ops().get(&Target::Project(project)).cloned());
        let mut report = Report {
            link: state.link.clone(),
            details: Err(EngineError::Lost),
            op: state.ops().get(&target).cloned().or(op_of_project),
            evidence: state.evidence(&target).cloned(),
            protected: known.as_ref().is_some_and(|row| state.is_protected(&row.container)),
            log: Vec::new(),
            sizes: shell.sizes.clone(),
            verdict: verdict.filter(|_| shell.wanted.enabled),
            half: state.half_of(name.as_str()),
            known,
            name,
        };
        let engine = shell.engine();
        shell.spawn(async move {
            report.details = match &engine {
                Ok(engine) => engine.inspect(report.name.as_str()).await,
                Err(error) => Err(error.clone()),
            };
            let troubled = report.known.as_ref().is_some_and(|row| row.troubled);
            if let (Ok(engine), true) = (&engine, troubled) {
                report.log = ops::tail_lines(&**engine, &report.name).await;
            }
            let _ = reply.send(report);
        });
    }

    pub(super) fn project(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        project: Name,
        reply: RpcReplyPort<ProjectReport>,
    ) {
        shell.looked_at(me);
        let mine: Vec<Container> =
            shell.state.containers().filter(|c| c.project() == Some(project.as_str())).cloned().collect();
        let mine = ops::order(&mine, Verb::Start);
        let come = self.sample(me, shell, &mine.iter().collect::<Vec<_>>());
        let protected = mine.iter().filter(|c| shell.state.is_protected(c)).map(|c| c.name.clone()).collect();
        let mut rows: Vec<_> = mine.into_iter().map(|container| shell.row(container)).collect();
        rows.iter_mut().for_each(|row| row.figures_come = come && row.container.takes());
        let target = Target::Project(project.clone());
        let _ = reply.send(ProjectReport {
            link: shell.state.link.clone(),
            rows,
            op: shell.state.ops().get(&target).cloned(),
            evidence: shell.state.evidence(&target).cloned(),
            protected,
            halves: shell
                .state
                .halves()
                .into_values()
                .filter(|half| shell.state.is_of(half, &project))
                .collect(),
            project,
        });
    }
}

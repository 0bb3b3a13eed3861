//! The actor's part for the connection: dialling, listening to the engine's events, going down.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use ractor::ActorRef;
use tokio::time::Instant;

use super::{
    actor::Keeper,
    engine::{About, Engine, EngineError, Happenings},
    messages::{Msg, Own},
    model::Container,
    shell::Shell,
    state::Input,
};
use crate::supervision::Tasks;

/// Before this start some may have been warned of; who knows it may not be up yet.
const WARNED_TRIES: u32 = 20;
const WARNED_AGAIN: Duration = Duration::from_secs(3);

impl Keeper {
    pub(super) fn dial(&self, me: &ActorRef<Msg>, shell: &mut Shell) {
        let (dock, me, dial) = (shell.dock.clone(), me.clone(), shell.dial.begin());
        // Not bounded by the number of screens: without it nothing else works.
        shell.tasks.spawn(async move {
            let linked = async {
                let link = dock.connect().await?;
                let list = link.engine.list().await?;
                Ok::<_, EngineError>((link, list))
            };
            let own = match linked.await {
                Ok((link, list)) => Own::Linked {
                    engine: link.engine,
                    about: link.about,
                    happenings: link.happenings,
                    list,
                    dial,
                },
                Err(error) => Own::NotLinked { dial, error },
            };
            let _ = me.cast(Msg::Own(own));
        });
    }

    pub(super) fn linked(
        &self,
        me: &ActorRef<Msg>,
        shell: &mut Shell,
        engine: Arc<dyn Engine>,
        about: About,
        mut happenings: Happenings,
        list: Vec<Container>,
    ) {
        shell.dial.linked();
        shell.listed_at = Instant::now();
        shell.counts.connections += 1;
        shell.engine = Some(engine);
        shell.listing = false;
        let link = shell.counts.connections;
        tracing::info!(
            engine = about.name,
            version = about.version,
            api = about.api,
            containers = list.len(),
            "engine connected"
        );
        let to = me.clone();
        shell.listener = Tasks::new();
        shell.listener.spawn(async move {
            let error = loop {
                let input = match happenings.next().await {
                    Some(Ok(happening)) => Input::Happened(happening),
                    Some(Err(error)) => break error,
                    None => break EngineError::Lost,
                };
                if to.cast(Msg::Own(Own::Heard { link, input })).is_err() {
                    return;
                }
            };
            let _ = to.cast(Msg::Own(Own::Heard { link, input: Input::Down { error } }));
        });
        self.take(me, shell, Input::Linked { about, list });
        if link == 1 {
            self.ask_warned(me, shell);
        }
    }

    /// Of what was warned of before this start the end is told too.
    fn ask_warned(&self, me: &ActorRef<Msg>, shell: &mut Shell) {
        let (warned, me) = (self.setup.warned.clone(), me.clone());
        shell.must(async move {
            for _ in 0..WARNED_TRIES {
                if let Some(names) = warned().await {
                    let _ = me.cast(Msg::Own(Own::Warned(names)));
                    return;
                }
                tokio::time::sleep(WARNED_AGAIN).await;
            }
        });
    }

    pub(super) fn down(&self, me: &ActorRef<Msg>, shell: &mut Shell, error: EngineError) {
        shell.failed(self.setup.clock.now(), &error);
        self.take(me, shell, Input::Down { error });
    }
}

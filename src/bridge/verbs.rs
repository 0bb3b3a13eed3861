//! What an act is called on its button and in its question.

use crate::{
    domain::Lang,
    intent::{
        Act, alerts, backup, containers, crew, display, jobs, processes, schedule, services, sim, smart,
        storage, transfers, usage,
    },
    t,
};

pub fn name(act: &Act, lang: Lang) -> String {
    match act {
        Act::Services(act) => match act {
            services::Act::Start(_) => t!(lang, "verb-start"),
            services::Act::Stop(_) => t!(lang, "verb-stop"),
            services::Act::Restart(_) => t!(lang, "verb-restart"),
            services::Act::Reload(_) => t!(lang, "verb-reload"),
            services::Act::Enable(_) => t!(lang, "verb-enable"),
            services::Act::Disable(_) => t!(lang, "verb-disable"),
            services::Act::ResetFailed(_) => t!(lang, "verb-reset"),
            services::Act::LogFile(_) => t!(lang, "verb-file"),
        },
        Act::Containers(act) => match act {
            containers::Act::Start(_) => t!(lang, "verb-start"),
            containers::Act::Stop(_) => t!(lang, "verb-stop"),
            containers::Act::Restart(_) => t!(lang, "verb-restart"),
            containers::Act::Pause(_) => t!(lang, "verb-pause"),
            containers::Act::Unpause(_) => t!(lang, "verb-resume"),
            containers::Act::Kill(_) => t!(lang, "verb-kill"),
            containers::Act::Remove(_) => t!(lang, "verb-remove"),
            containers::Act::StartProject(_) => t!(lang, "verb-start-project"),
            containers::Act::StopProject(_) => t!(lang, "verb-stop-project"),
            containers::Act::RestartProject(_) => t!(lang, "verb-restart-project"),
            containers::Act::LogFile(_) | containers::Act::SendLog { .. } => t!(lang, "verb-file"),
            containers::Act::Update(_) | containers::Act::UpdateProject(_) => t!(lang, "verb-update-image"),
            containers::Act::PutBack(_) => t!(lang, "verb-put-back"),
            containers::Act::Finish(_) => t!(lang, "verb-finish"),
            containers::Act::LetGo(_) => t!(lang, "verb-let-go"),
            containers::Act::CheckUpdates => t!(lang, "verb-check-updates"),
            containers::Act::Prune(_) | containers::Act::PruneVolumes { .. } => t!(lang, "verb-prune"),
        },
        Act::Processes(act) => match act {
            processes::Act::Term(_) => t!(lang, "verb-term"),
            processes::Act::Kill(_) => t!(lang, "verb-kill"),
            processes::Act::Hup(_) => t!(lang, "verb-hup"),
            processes::Act::Stop(_) => t!(lang, "verb-freeze"),
            processes::Act::Cont(_) => t!(lang, "verb-thaw"),
        },
        Act::Crew(act) => match act {
            crew::Act::Restart(_) => t!(lang, "verb-restart"),
            crew::Act::Reload => t!(lang, "verb-reload"),
        },
        Act::Jobs(act) => match act {
            jobs::Act::Cancel(_) => t!(lang, "verb-cancel-job"),
            jobs::Act::Simulate => t!(lang, "verb-start"),
        },
        Act::Schedule(act) => match act {
            schedule::Act::Run(_) => t!(lang, "verb-run-now"),
            schedule::Act::Pause { .. } => t!(lang, "verb-pause"),
            schedule::Act::Resume(_) => t!(lang, "verb-resume"),
        },
        Act::Alerts(act) => match act {
            alerts::Act::Snooze { .. } => t!(lang, "verb-snooze"),
            alerts::Act::Wake { .. } => t!(lang, "verb-wake"),
        },
        Act::Transfers(act) => match act {
            transfers::Act::Save { .. } => t!(lang, "transfers-verb-save"),
            transfers::Act::Again(_) => t!(lang, "transfers-button-again"),
            transfers::Act::Decline(_) => t!(lang, "transfers-button-decline"),
            transfers::Act::Send { .. } => t!(lang, "transfers-button-send"),
        },
        Act::Usage(usage::Act::Scan(_)) => t!(lang, "usage-button-measure"),
        Act::Smart(act) => match act {
            smart::Act::Check(_) => t!(lang, "smart-button-check"),
            smart::Act::Test { long: false, .. } => t!(lang, "smart-button-short"),
            smart::Act::Test { long: true, .. } => t!(lang, "smart-button-long"),
        },
        Act::Storage(act) => match act {
            storage::Act::Rename { .. } => t!(lang, "storage-button-rename"),
            storage::Act::NewFolder { .. } => t!(lang, "storage-button-new-folder"),
            storage::Act::Note { .. } => t!(lang, "storage-button-note"),
            storage::Act::Relocate { going, .. } => match going.how {
                storage::Relocation::Move => t!(lang, "storage-button-move"),
                storage::Relocation::Copy => t!(lang, "storage-button-copy"),
            },
            storage::Act::Throw(_) => t!(lang, "storage-button-delete"),
            storage::Act::Destroy(_) | storage::Act::Purge { .. } => t!(lang, "storage-button-for-good"),
            storage::Act::Restore { .. } => t!(lang, "storage-button-restore"),
            storage::Act::Empty(_) => t!(lang, "storage-button-empty"),
            storage::Act::Checksum(_) => t!(lang, "storage-button-checksum"),
            storage::Act::Archive(_) => t!(lang, "storage-button-archive"),
        },
        Act::Backup(act) => match act {
            backup::Act::Run(_) => t!(lang, "backup-button-run"),
            backup::Act::Look(_) => t!(lang, "backup-button-look"),
            backup::Act::Initialise(_) => t!(lang, "backup-button-initialise"),
            backup::Act::Unlock(_) => t!(lang, "backup-button-unlock"),
            backup::Act::Check { data: false, .. } => t!(lang, "backup-button-structure"),
            backup::Act::Check { data: true, .. } => t!(lang, "backup-button-data"),
            backup::Act::Prove(_) => t!(lang, "backup-button-prove"),
            backup::Act::Preview(_) => t!(lang, "backup-button-rehearse"),
            backup::Act::Thin(_) => t!(lang, "backup-button-thin"),
            backup::Act::Prune(_) => t!(lang, "backup-button-prune"),
            backup::Act::Forget { .. } => t!(lang, "backup-button-forget"),
            backup::Act::Compare { .. } => t!(lang, "backup-button-compare"),
            backup::Act::Index(_) => t!(lang, "backup-button-index"),
            backup::Act::Restore(_) => t!(lang, "backup-verb-restore"),
        },
        Act::Display(act) => match act {
            display::Act::Theme(_) => t!(lang, "display-verb-theme"),
            display::Act::Language(_) => t!(lang, "display-verb-language"),
        },
        Act::Sim(act) => match act {
            sim::Act::Break(_) => t!(lang, "verb-break"),
            sim::Act::Mend(_) => t!(lang, "verb-mend"),
        },
    }
}

/// What a question is about; `None` where what the rooms say of the act names it.
pub fn object(act: &Act, lang: Lang) -> Option<String> {
    let Act::Containers(of) = act else { return act.asked() };
    Some(match of {
        containers::Act::Prune(containers::Prune::Containers) => t!(lang, "object-stopped-containers"),
        containers::Act::Prune(containers::Prune::Images) => t!(lang, "object-dangling-images"),
        containers::Act::Prune(containers::Prune::BuildCache) => t!(lang, "object-build-cache"),
        containers::Act::Prune(containers::Prune::Networks) => t!(lang, "object-unused-networks"),
        containers::Act::PruneVolumes { .. } => t!(lang, "object-unused-volumes"),
        _ => return act.asked(),
    })
}

#[cfg(test)]
mod tests {
    use containers::Prune;

    use super::*;

    #[test]
    fn what_is_cleared_away_is_named_in_the_readers_language() {
        for what in [Prune::Containers, Prune::Images, Prune::BuildCache, Prune::Networks] {
            let act = Act::Containers(containers::Act::Prune(what));
            let [en, id] = [Lang::En, Lang::Id].map(|lang| object(&act, lang).expect("it is asked about"));
            assert_eq!(en, what.as_str());
            assert_ne!(en, id);
        }
    }
}

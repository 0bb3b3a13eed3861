//! Typed commands: what each means, who is offered it, and how an argument finds its target ("/restart ngi").

use super::{
    Bridge,
    ship::{Answer, Visit},
};
use crate::{
    domain::{Lang, Place, Reader, Role, UnitName},
    intent::{
        Act, Hole, Intent, View, alerts, audit, backup, containers, crew,
        dashboard::{self, Panel},
        display, jobs, metrics, processes, schedule, services, smart, storage, usage,
    },
    locale,
    room::Room,
    screen::{Block, Button, Screen, Span, Style},
    t,
};

/// Matches offered as buttons when an argument is not clear.
const OFFERED_MAX: usize = 8;

/// One command of the menu.
#[derive(Debug, Clone, Copy)]
pub struct Command {
    /// Without the slash: lower case letters and digits, as Telegram allows.
    pub name: &'static str,
    /// The least role that is offered it.
    pub role: Role,
    means: Means,
    says: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Means {
    Home,
    Panel(Panel),
    Help,
    Status,
    Disks,
    Smart,
    Top,
    Kill,
    Services,
    Docker,
    Files,
    Usage,
    Backup,
    Restart,
    Jobs,
    Alerts,
    Schedule,
    Crew,
    Audit,
    Reload,
    Display,
}

/// In the order of the menu. `/cancel` is the gateway's own.
const COMMANDS: &[Command] = &[
    command("start", Role::Observer, Means::Home, "command-start"),
    command("engine", Role::Observer, Means::Panel(Panel::Engine), "command-engine"),
    command("cargo", Role::Observer, Means::Panel(Panel::Cargo), "command-cargo"),
    command("settings", Role::Observer, Means::Panel(Panel::Settings), "command-settings"),
    command("status", Role::Observer, Means::Status, "command-status"),
    command("disks", Role::Observer, Means::Disks, "command-disks"),
    command("smart", Role::Observer, Means::Smart, "command-smart"),
    command("top", Role::Observer, Means::Top, "command-top"),
    command("kill", Role::Pilot, Means::Kill, "command-kill"),
    command("services", Role::Observer, Means::Services, "command-services"),
    command("docker", Role::Observer, Means::Docker, "command-docker"),
    command("files", Role::Observer, Means::Files, "command-files"),
    command("usage", Role::Observer, Means::Usage, "command-usage"),
    command("backup", Role::Observer, Means::Backup, "command-backup"),
    command("restart", Role::Pilot, Means::Restart, "command-restart"),
    command("jobs", Role::Observer, Means::Jobs, "command-jobs"),
    command("alerts", Role::Observer, Means::Alerts, "command-alerts"),
    command("schedule", Role::Observer, Means::Schedule, "command-schedule"),
    command("crew", Role::Pilot, Means::Crew, "command-crew"),
    command("audit", Role::Owner, Means::Audit, "command-audit"),
    command("reload", Role::Owner, Means::Reload, "command-reload"),
    command("display", Role::Observer, Means::Display, "command-display"),
    command("help", Role::Observer, Means::Help, "command-help"),
];

const fn command(name: &'static str, role: Role, means: Means, says: &'static str) -> Command {
    Command { name, role, means, says }
}

/// What a typed line asks for.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Typed {
    Intent(Intent),
    /// Something to say instead: not known, nothing found.
    Say(String),
    /// Several are meant: a screen with one button for each.
    Choose(Box<Screen>),
}

/// The menu of one role, as (name, description).
pub fn menu(role: Role, lang: Lang) -> Vec<(&'static str, String)> {
    COMMANDS
        .iter()
        .filter(|command| role >= command.role)
        .map(|command| (command.name, locale::text(lang, command.says, &[])))
        .chain([("cancel", t!(lang, "command-cancel"))])
        .collect()
}

pub fn help(reader: &Reader) -> Screen {
    let lang = reader.lang;
    let lines = menu(reader.role, lang)
        .into_iter()
        .map(|(name, says)| Block::Text(vec![Span::Plain(format!("/{name} – {says}"))]));
    let mut blocks = vec![Block::Heading(t!(lang, "dashboard-help-title"))];
    blocks.extend(lines);
    blocks.push(Block::Note(t!(lang, "dashboard-help-says")));
    Screen { blocks, ..Screen::default() }
}

impl Bridge {
    /// What a command with its words asks for.
    pub(super) async fn read_command(&self, name: &str, argument: &str, visit: &Visit) -> Typed {
        let lang = visit.reader.lang;
        let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
            let shown: String = name.chars().take(32).collect();
            return say(t!(lang, "bridge-command-unknown", command = format!("/{shown}")));
        };
        match command.means {
            Means::Home => view(View::HOME),
            Means::Panel(panel) => view(View::Dashboard(dashboard::View::Panel(panel))),
            Means::Help => view(View::Dashboard(dashboard::View::Help)),
            Means::Status => view(View::Metrics(metrics::View::Status)),
            Means::Disks => view(View::Metrics(metrics::View::Disks)),
            Means::Smart => view(View::Smart(smart::View::List)),
            Means::Top => self.processes_command(Hole::ProcessesSearch, argument, visit).await,
            Means::Kill if argument.is_empty() => {
                say(t!(lang, "bridge-command-needs", command = "/kill", example = "/kill 1234"))
            }
            Means::Kill => self.processes_command(Hole::ProcessesKill, argument, visit).await,
            Means::Services => self.services_command(argument, visit).await,
            Means::Docker => self.docker_command(argument, visit).await,
            Means::Files => self.files_command(argument, visit).await,
            Means::Usage => usage_command(argument, visit),
            Means::Backup => self.backup_command(argument, visit).await,
            Means::Restart => self.restart_command(argument, visit).await,
            Means::Jobs => view(View::Jobs(jobs::View::LIST)),
            Means::Alerts => view(View::Alerts(alerts::View::LIST)),
            Means::Schedule => view(View::Schedule(schedule::View::LIST)),
            Means::Crew => view(View::Crew(crew::View::List)),
            Means::Audit => view(View::Audit(audit::View::List { page: 0 })),
            Means::Display => view(View::Display(display::View::Mine)),
            Means::Reload => Typed::Intent(Intent::Act(Act::Crew(crew::Act::Reload))),
        }
    }

    async fn services_command(&self, word: &str, visit: &Visit) -> Typed {
        if word.is_empty() {
            let filter = services::Filter::Watched;
            return view(View::Services(services::View::List { filter, search: None, page: 0 }));
        }
        self.pick_unit(word, visit, |unit| Intent::View(View::Services(services::View::Unit(unit)))).await
    }

    async fn docker_command(&self, word: &str, visit: &Visit) -> Typed {
        if word.is_empty() {
            return view(View::Containers(containers::View::ALL));
        }
        let lang = visit.reader.lang;
        let found = self.rooms.containers.complete(word).await;
        let names: Vec<containers::Name> =
            found.iter().filter_map(|name| containers::Name::parse(name).ok()).collect();
        let one = |name: &containers::Name| View::Containers(containers::View::One(name.clone()));
        match names.as_slice() {
            [] => {
                let word: String = word.chars().take(60).collect();
                say(t!(lang, "bridge-command-none", word = word))
            }
            [only] => view(one(only)),
            several => {
                let offered = &several[..several.len().min(OFFERED_MAX)];
                let buttons: Vec<Button> =
                    offered.iter().map(|name| Button::view(name.as_str(), one(name))).collect();
                let list = offered.iter().map(containers::Name::as_str).collect::<Vec<_>>().join(", ");
                Typed::Choose(Box::new(Screen {
                    blocks: vec![Block::text(t!(lang, "bridge-command-which", list = list))],
                    rows: buttons.chunks(2).map(<[Button]>::to_vec).collect(),
                    ..Screen::default()
                }))
            }
        }
    }

    /// `/files` shows the roots, `/files dre/photos` a place below one.
    async fn files_command(&self, word: &str, visit: &Visit) -> Typed {
        let lang = visit.reader.lang;
        let word = word.trim_end_matches('/');
        if word.is_empty() {
            return view(View::Storage(storage::View::Roots));
        }
        // As it is typed, "%" stands for itself.
        match Place::parse(&word.replace('%', "%25")) {
            Ok(place) => view(View::Storage(storage::View::folder(place))),
            Err(_) => {
                say(t!(lang, "bridge-command-needs", command = "/files", example = "/files data/photos"))
            }
        }
    }

    /// What is typed behind `/top` and `/kill` is read as the answer to their questions is.
    async fn processes_command(&self, hole: Hole, argument: &str, visit: &Visit) -> Typed {
        if !self.papers.read().enabled.processes {
            return view(View::Processes(processes::View::TOP));
        }
        match self.rooms.processes.fill(&hole, argument, &visit.reader).await {
            Ok(intent) => Typed::Intent(intent),
            Err(why) => say(why),
        }
    }

    /// "/backup home" opens the one plan whose name begins so.
    async fn backup_command(&self, word: &str, visit: &Visit) -> Typed {
        if word.is_empty() || !self.papers.read().enabled.backup {
            return view(View::Backup(backup::View::List));
        }
        let found = self.rooms.backup.complete(word).await;
        match found.first().and_then(|name| backup::PlanName::parse(name).ok()) {
            Some(plan) if found.len() == 1 => view(View::Backup(backup::View::Plan(plan))),
            Some(_) => view(View::Backup(backup::View::List)),
            None => {
                let word: String = word.chars().take(60).collect();
                say(t!(visit.reader.lang, "bridge-command-none", word = word))
            }
        }
    }

    async fn restart_command(&self, word: &str, visit: &Visit) -> Typed {
        if word.is_empty() {
            return say(t!(
                visit.reader.lang,
                "bridge-command-needs",
                command = "/restart",
                example = "/restart nginx"
            ));
        }
        self.pick_unit(word, visit, |unit| Intent::Act(Act::Services(services::Act::Restart(unit)))).await
    }

    /// The one unit whose name begins so, or those to choose from.
    async fn pick_unit(&self, word: &str, visit: &Visit, meant: impl Fn(UnitName) -> Intent) -> Typed {
        let lang = visit.reader.lang;
        let found = self.rooms.services.complete(word).await;
        let exact = found.iter().find(|name| *name == word || name.strip_suffix(".service") == Some(word));
        let units: Vec<UnitName> = match exact {
            Some(name) => UnitName::parse(name).into_iter().collect(),
            None => found.iter().filter_map(|name| UnitName::parse(name).ok()).collect(),
        };
        match units.as_slice() {
            [] => {
                let word: String = word.chars().take(60).collect();
                say(t!(lang, "bridge-command-none", word = word))
            }
            [only] => Typed::Intent(meant(only.clone())),
            several => {
                let buttons: Vec<Button> = several
                    .iter()
                    .take(OFFERED_MAX)
                    .map(|unit| Button {
                        label: unit.short().to_owned(),
                        intent: meant(unit.clone()),
                        style: Style::Plain,
                    })
                    .collect();
                let list =
                    several.iter().take(OFFERED_MAX).map(UnitName::short).collect::<Vec<_>>().join(", ");
                let blocks = vec![Block::text(t!(lang, "bridge-command-which", list = list))];
                Typed::Choose(Box::new(Screen {
                    blocks,
                    rows: buttons.chunks(2).map(<[Button]>::to_vec).collect(),
                    ..Screen::default()
                }))
            }
        }
    }

    /// What an intent, however it came, leads to.
    pub(super) async fn obey(&self, intent: &Intent, visit: &Visit) -> Answer {
        match intent {
            Intent::View(view) | Intent::Live(view) | Intent::File(view) => Answer::Show(view.clone()),
            Intent::Act(act) => self.judged_act(act, visit).await,
            Intent::Confirm(nonce) => self.judged_confirm(*nonce, visit).await,
        }
    }
}

/// `/usage` shows the roots, `/usage dre/photos` what is known of a folder below one.
fn usage_command(word: &str, visit: &Visit) -> Typed {
    let word = word.trim_end_matches('/');
    if word.is_empty() {
        return view(View::Usage(usage::View::Roots));
    }
    // As it is typed, "%" stands for itself.
    match Place::parse(&word.replace('%', "%25")) {
        Ok(place) => view(View::Usage(usage::View::folder(place))),
        Err(_) => say(t!(
            visit.reader.lang,
            "bridge-command-needs",
            command = "/usage",
            example = "/usage data/photos"
        )),
    }
}

fn view(view: View) -> Typed {
    Typed::Intent(Intent::View(view))
}

fn say(sentence: String) -> Typed {
    Typed::Say(sentence)
}

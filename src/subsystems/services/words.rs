//! What systemd says in one word, said to a person: results, signals, exit codes, errors and how to mend them.

use std::borrow::Cow;

use super::{
    bus::BusError,
    lifeline::Lifeline,
    unit::{Active, Exit, Load, Unit, Verb},
};
use crate::{domain::Lang, process::journal::JournalError, screen::Mark, t};

/// What is wrong with the connection, one sentence.
pub fn bus_error(lang: Lang, error: &BusError) -> String {
    match error {
        BusError::NoSystemd => t!(lang, "services-bus-no-systemd"),
        BusError::NoBus { address, why } => {
            t!(lang, "services-bus-none", address = address.as_str(), why = why.as_str())
        }
        BusError::Lost => t!(lang, "services-bus-lost"),
        BusError::Slow(seconds) => t!(lang, "services-bus-slow", seconds = *seconds),
        BusError::NoSuchUnit(unit) => t!(lang, "services-no-such-unit", unit = unit.as_str()),
        BusError::Masked(unit) => t!(lang, "services-masked-refused", unit = unit.as_str()),
        BusError::NoInstall(unit) => t!(lang, "services-no-install", unit = unit.short()),
        BusError::Denied(why) => t!(lang, "services-denied", why = why.as_str()),
        BusError::Refused(why) => t!(lang, "services-refused", why = why.as_str()),
        BusError::Garbled(why) => t!(lang, "services-garbled", why = why.as_str()),
    }
}

/// What to do about it; the exact line where there is one.
pub fn bus_mend(lang: Lang, error: &BusError) -> String {
    match error {
        BusError::NoSystemd => t!(lang, "services-mend-no-systemd"),
        BusError::NoBus { .. } => t!(lang, "services-mend-no-bus"),
        BusError::Lost | BusError::Slow(_) => t!(lang, "services-mend-wait"),
        BusError::NoSuchUnit(_) => t!(lang, "services-mend-name"),
        BusError::Masked(unit) => t!(lang, "services-mend-masked", unit = unit.as_str()),
        BusError::NoInstall(_) => t!(lang, "services-mend-no-install"),
        BusError::Denied(_) => t!(lang, "services-mend-denied"),
        BusError::Refused(_) | BusError::Garbled(_) => t!(lang, "services-mend-log"),
    }
}

pub fn journal_error(lang: Lang, error: &JournalError) -> (String, String) {
    match error {
        JournalError::Process(process) => (process.told(lang), process.hint(lang)),
        JournalError::NotAllowed => (t!(lang, "services-log-denied"), t!(lang, "services-log-mend-denied")),
        JournalError::Failed(why) => {
            (t!(lang, "services-log-failed", why = why.as_str()), t!(lang, "services-mend-log"))
        }
    }
}

/// Shape first; a unit at rest is no fault unless it should run.
pub fn mark(unit: &Unit, should_run: bool) -> Mark {
    match unit.active {
        Active::Failed => Mark::Bad,
        _ if unit.is_crash_looping() => Mark::Bad,
        Active::Active => Mark::Good,
        Active::Reloading | Active::Activating | Active::Deactivating => Mark::Busy,
        Active::Inactive if unit.load == Load::NotFound && should_run => Mark::Bad,
        Active::Inactive if should_run && !rests_well(unit) => Mark::Look,
        Active::Inactive => Mark::Idle,
        Active::Other => Mark::Unknown,
    }
}

/// Not running, and that is as it should be: it runs once, or is started by a timer or a socket when needed.
pub fn rests_well(unit: &Unit) -> bool {
    unit.oneshot == Some(true) && unit.result.as_deref().is_none_or(|result| result == "success")
}

/// One word, or systemd's own where it says more ("listening", "mounted").
pub fn state(lang: Lang, unit: &Unit) -> String {
    match (unit.active, unit.load, unit.sub.as_str()) {
        (Active::Inactive, Load::NotFound, _) => t!(lang, "services-state-not-found"),
        (Active::Inactive, Load::Masked, _) => t!(lang, "services-state-masked"),
        (Active::Inactive, Load::Broken, _) => t!(lang, "services-state-broken"),
        (Active::Active, _, "running") => t!(lang, "services-state-running"),
        (Active::Active, _, "exited") => t!(lang, "services-state-exited"),
        (Active::Active, _, "active") | (Active::Active, _, "") => t!(lang, "services-state-active"),
        (Active::Active, _, "waiting") => t!(lang, "services-state-waiting"),
        (Active::Active, _, "listening") => t!(lang, "services-state-listening"),
        (Active::Active, _, "mounted") => t!(lang, "services-state-mounted"),
        (Active::Active, _, sub) => sub.to_owned(),
        (Active::Reloading, ..) => t!(lang, "services-state-reloading"),
        (Active::Failed, ..) => t!(lang, "services-state-failed"),
        (Active::Activating, _, "auto-restart") => t!(lang, "services-state-auto-restart"),
        (Active::Activating, ..) => t!(lang, "services-state-starting"),
        (Active::Deactivating, ..) => t!(lang, "services-state-stopping"),
        (Active::Inactive, ..) if rests_well(unit) && unit.exit.is_some() => t!(lang, "services-state-ran"),
        (Active::Inactive, ..) => t!(lang, "services-state-stopped"),
        (Active::Other, ..) => t!(lang, "services-state-unknown"),
    }
}

/// "killed by SIGKILL – out of memory"; `None` where it ended well or never ran.
pub fn ending(lang: Lang, unit: &Unit) -> Option<String> {
    let how = unit.exit.map(|exit| exit_words(lang, exit));
    let plain = || how.clone().unwrap_or_else(|| t!(lang, "services-ended-unknown"));
    Some(match unit.result.as_deref()? {
        "success" => return None,
        "exit-code" | "signal" => plain(),
        "core-dump" => t!(lang, "services-ended-core", how = plain()),
        "oom-kill" => t!(
            lang,
            "services-ended-oom",
            how = how.unwrap_or_else(|| t!(lang, "services-exit-killed", signal = "SIGKILL"))
        ),
        "timeout" => t!(lang, "services-ended-timeout"),
        "watchdog" => t!(lang, "services-ended-watchdog"),
        "start-limit-hit" => match how {
            Some(how) => t!(lang, "services-ended-limit-how", how = how),
            None => t!(lang, "services-ended-limit"),
        },
        "resources" => t!(lang, "services-ended-resources"),
        "protocol" => t!(lang, "services-ended-protocol"),
        "exec-condition" => t!(lang, "services-ended-condition"),
        "dependency" => t!(lang, "services-ended-dependency"),
        "service-start-limit-hit" | "mount-start-limit-hit" => t!(lang, "services-ended-limit"),
        other => other.to_owned(),
    })
}

pub fn exit_words(lang: Lang, exit: Exit) -> String {
    match exit {
        Exit::Code(code) => match exit_meaning(lang, code) {
            Some(meaning) => t!(lang, "services-exit-code-means", code = code, meaning = meaning),
            None => t!(lang, "services-exit-code", code = code),
        },
        Exit::Signal { number, .. } => t!(lang, "services-exit-killed", signal = signal_name(number)),
    }
}

/// The codes systemd itself gives when it could not get as far as the program (systemd.exec(5)).
fn exit_meaning(lang: Lang, code: i32) -> Option<String> {
    Some(match code {
        126 => t!(lang, "services-exit-126"),
        127 => t!(lang, "services-exit-127"),
        200 => t!(lang, "services-exit-200"),
        203 => t!(lang, "services-exit-203"),
        208 | 209 | 222 => t!(lang, "services-exit-209"),
        216 | 217 => t!(lang, "services-exit-217"),
        218 => t!(lang, "services-exit-218"),
        226 => t!(lang, "services-exit-226"),
        233 | 238 | 239 | 240 | 241 => t!(lang, "services-exit-238"),
        243 => t!(lang, "services-exit-243"),
        _ => return None,
    })
}

/// "SIGKILL"; numbers are those of Linux on all common machines.
pub fn signal_name(number: i32) -> Cow<'static, str> {
    const NAMES: [&str; 32] = [
        "",
        "SIGHUP",
        "SIGINT",
        "SIGQUIT",
        "SIGILL",
        "SIGTRAP",
        "SIGABRT",
        "SIGBUS",
        "SIGFPE",
        "SIGKILL",
        "SIGUSR1",
        "SIGSEGV",
        "SIGUSR2",
        "SIGPIPE",
        "SIGALRM",
        "SIGTERM",
        "SIGSTKFLT",
        "SIGCHLD",
        "SIGCONT",
        "SIGSTOP",
        "SIGTSTP",
        "SIGTTIN",
        "SIGTTOU",
        "SIGURG",
        "SIGXCPU",
        "SIGXFSZ",
        "SIGVTALRM",
        "SIGPROF",
        "SIGWINCH",
        "SIGIO",
        "SIGPWR",
        "SIGSYS",
    ];
    match usize::try_from(number).ok().and_then(|n| NAMES.get(n)).filter(|name| !name.is_empty()) {
        Some(name) => Cow::Borrowed(name),
        None if number >= 34 => Cow::Owned(format!("SIGRTMIN+{}", number - 34)),
        None => Cow::Owned(format!("{number}")),
    }
}

/// "restarting…", while it goes on.
pub fn doing(lang: Lang, verb: Verb) -> String {
    match verb {
        Verb::Start => t!(lang, "services-doing-start"),
        Verb::Stop => t!(lang, "services-doing-stop"),
        Verb::Restart => t!(lang, "services-doing-restart"),
        Verb::Reload => t!(lang, "services-doing-reload"),
        Verb::Enable => t!(lang, "services-doing-enable"),
        Verb::Disable => t!(lang, "services-doing-disable"),
        Verb::ResetFailed => t!(lang, "services-doing-reset"),
    }
}

/// What is lost with a unit that somebody's way in hangs on.
pub fn lifeline(lang: Lang, what: Lifeline, unit: &str) -> String {
    match what {
        Lifeline::Own => t!(lang, "services-lifeline-own", unit = unit),
        Lifeline::Network => t!(lang, "services-lifeline-network", unit = unit),
        Lifeline::Names => t!(lang, "services-lifeline-names", unit = unit),
        Lifeline::Ssh => t!(lang, "services-lifeline-ssh", unit = unit),
        Lifeline::Vpn => t!(lang, "services-lifeline-vpn", unit = unit),
        Lifeline::Bus => t!(lang, "services-lifeline-bus", unit = unit),
        Lifeline::Base => t!(lang, "services-lifeline-base", unit = unit),
    }
}

/// "1.2 %" of one core; three figures at most.
pub fn percent(value: f64) -> String {
    if value > 0.0 && value < 0.05 {
        "<0.1 %".into()
    } else if value < 9.95 {
        format!("{value:.1} %")
    } else {
        format!("{value:.0} %")
    }
}

/// "nginx, php8.2-fpm and 3 more".
pub fn names<'a>(
    lang: Lang,
    units: impl ExactSizeIterator<Item = &'a crate::domain::UnitName>,
    max: usize,
) -> String {
    let total = units.len();
    let shown: Vec<&str> = units.take(max).map(crate::domain::UnitName::short).collect();
    let list = shown.join(", ");
    if total > max { t!(lang, "services-and-more", list = list, n = total - max) } else { list }
}

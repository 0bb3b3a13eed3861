//! What the engine says in one word or number, said to a person: states, exit codes, errors and how to mend them.

use std::time::Duration;

use super::{
    engine::{EngineError, Lack, Verb},
    messages::Row,
    model::{Container, Health, Port, State},
    ops::{Doing, NotUpdated},
};
use crate::{
    domain::{Lang, Phrase},
    phrase,
    screen::Mark,
    t,
};

/// What is wrong, one sentence.
pub fn error(lang: Lang, error: &EngineError) -> String {
    crate::locale::say(lang, &error_phrase(error))
}

/// The same as data.
pub fn error_phrase(error: &EngineError) -> Phrase {
    match error {
        EngineError::NoSocket(paths) => phrase!("containers-no-socket", paths = paths.join(", ")),
        EngineError::NoAnswer(socket) => phrase!("containers-no-answer", socket = socket.as_str()),
        EngineError::Denied(socket) => phrase!("containers-denied", socket = socket.as_str()),
        EngineError::Slow(seconds) => phrase!("containers-slow", seconds = *seconds),
        EngineError::Lost => phrase!("containers-lost"),
        EngineError::TooOld { found, needed } => {
            phrase!("containers-too-old", found = found.as_str(), needed = *needed)
        }
        EngineError::NotFound => phrase!("containers-not-found"),
        EngineError::Refused(why) => phrase!("containers-refused", why = why.as_str()),
        EngineError::Garbled(why) => phrase!("containers-garbled", why = why.as_str()),
        EngineError::NotWithPodman(Lack::Registry) => phrase!("containers-podman-registry"),
        EngineError::NotWithPodman(Lack::Twin) => phrase!("containers-podman-twin"),
    }
}

/// What to do about it; the exact line where there is one.
pub fn mend(lang: Lang, error: &EngineError) -> String {
    match error {
        EngineError::NoSocket(_) => t!(lang, "containers-mend-no-socket"),
        EngineError::NoAnswer(_) => t!(lang, "containers-mend-no-answer"),
        EngineError::Denied(_) => t!(lang, "containers-mend-denied"),
        EngineError::Slow(_) => t!(lang, "containers-mend-slow"),
        EngineError::Lost => t!(lang, "containers-mend-wait"),
        EngineError::TooOld { .. } => t!(lang, "containers-mend-too-old"),
        EngineError::NotFound => t!(lang, "containers-mend-not-found"),
        EngineError::NotWithPodman(_) => t!(lang, "containers-mend-podman"),
        EngineError::Refused(_) | EngineError::Garbled(_) => t!(lang, "containers-mend-log"),
    }
}

pub fn mark(row: &Row) -> Mark {
    match row.container.state {
        _ if row.doing.is_some() => Mark::Busy,
        _ if row.troubled => trouble(&row.container),
        State::Running => match row.container.health {
            Some(Health::Starting) => Mark::Busy,
            Some(Health::Unhealthy) => Mark::Bad,
            Some(Health::Healthy) | None => Mark::Good,
        },
        State::Paused => Mark::Look,
        State::Removing => Mark::Busy,
        State::Unknown => Mark::Unknown,
        State::Created | State::Exited(_) | State::Dead | State::Restarting => Mark::Idle,
    }
}

/// What has ended with an error may have been meant to; what is up and unwell was not.
pub fn trouble(container: &Container) -> Mark {
    if matches!(container.state, State::Exited(_)) { Mark::Look } else { Mark::Bad }
}

/// "healthy", "paused", "exited 137".
pub fn state(lang: Lang, state: State, health: Option<Health>) -> String {
    match (state, health) {
        (State::Running, Some(Health::Healthy)) => t!(lang, "containers-state-healthy"),
        (State::Running, Some(Health::Unhealthy)) => t!(lang, "containers-state-unhealthy"),
        (State::Running, Some(Health::Starting)) => t!(lang, "containers-state-starting"),
        (State::Running, None) => t!(lang, "containers-state-running"),
        (State::Created, _) => t!(lang, "containers-state-created"),
        (State::Paused, _) => t!(lang, "containers-state-paused"),
        (State::Restarting, _) => t!(lang, "containers-state-restarting"),
        (State::Exited(Some(0)), _) => t!(lang, "containers-state-done"),
        (State::Exited(Some(code)), _) => t!(lang, "containers-state-exited", code = code.to_string()),
        (State::Exited(None), _) => t!(lang, "containers-state-stopped"),
        (State::Dead, _) => t!(lang, "containers-state-dead"),
        (State::Removing, _) => t!(lang, "containers-state-removing"),
        (State::Unknown, _) => t!(lang, "containers-state-unknown"),
    }
}

/// The same with little room beside a name: "exited 137", "exit 137".
pub fn state_brief(lang: Lang, container: &Container) -> String {
    match container.state {
        State::Exited(Some(0)) => t!(lang, "containers-brief-done"),
        State::Exited(Some(code)) => t!(lang, "containers-brief-exited", code = code.to_string()),
        other => state(lang, other, container.health),
    }
}

/// What an exit code means, where it means something: "killed: out of memory".
pub fn exit(lang: Lang, code: Option<i64>, oom: bool) -> Option<String> {
    meaning(code, oom).map(|meaning| crate::locale::say(lang, &meaning))
}

/// The same as data.
pub fn meaning(code: Option<i64>, oom: bool) -> Option<Phrase> {
    if oom {
        return Some(phrase!("containers-exit-oom"));
    }
    Some(match code? {
        0 => return None,
        125 => phrase!("containers-exit-125"),
        126 => phrase!("containers-exit-126"),
        127 => phrase!("containers-exit-127"),
        130 => phrase!("containers-exit-130"),
        134 => phrase!("containers-exit-134"),
        // Without the engine's word for it nobody knows who sent it: a person, a time limit, or the kernel.
        137 => phrase!("containers-exit-137"),
        139 => phrase!("containers-exit-139"),
        143 => phrase!("containers-exit-143"),
        signal @ 129..=192 => phrase!("containers-exit-signal", signal = (signal - 128).to_string()),
        _ => return None,
    })
}

/// "exited 137 – killed: out of memory"
pub fn ended(lang: Lang, code: Option<i64>, oom: bool) -> String {
    let how = state(lang, State::Exited(code), None);
    match exit(lang, code, oom) {
        Some(means) => t!(lang, "containers-ended", how = how, means = means),
        None => how,
    }
}

pub fn doing(lang: Lang, doing: Doing) -> String {
    let verb = match doing {
        Doing::Act(verb) => verb,
        Doing::Update => return t!(lang, "containers-doing-update"),
        Doing::PutBack => return t!(lang, "containers-doing-put-back"),
        Doing::Finish => return t!(lang, "containers-doing-finish"),
    };
    match verb {
        Verb::Start => t!(lang, "containers-doing-start"),
        Verb::Stop => t!(lang, "containers-doing-stop"),
        Verb::Restart => t!(lang, "containers-doing-restart"),
        Verb::Pause => t!(lang, "containers-doing-pause"),
        Verb::Unpause => t!(lang, "containers-doing-unpause"),
        Verb::Kill => t!(lang, "containers-doing-kill"),
        Verb::Remove => t!(lang, "containers-doing-remove"),
    }
}

/// Why an update was not begun.
pub fn not_updated(lang: Lang, why: &NotUpdated) -> String {
    crate::locale::say(lang, &not_updated_phrase(why))
}

pub fn not_updated_phrase(why: &NotUpdated) -> Phrase {
    match why {
        NotUpdated::NotRunning => phrase!("containers-not-updated-stopped"),
        NotUpdated::RemovesItself => phrase!("containers-not-updated-rm"),
        NotUpdated::Pinned => phrase!("containers-not-updated-pinned"),
        NotUpdated::Leftover(name) => phrase!("containers-not-updated-leftover", name = name.as_str()),
        NotUpdated::Shared(names) => phrase!("containers-not-updated-shared", list = names.join(", ")),
        NotUpdated::ComposeFailed(why) => why.clone(),
        NotUpdated::Unfinished(name) => phrase!("containers-not-updated-unfinished", name = name.as_str()),
        NotUpdated::NotNoted => phrase!("containers-not-updated-not-noted"),
        NotUpdated::NoCompose => phrase!("containers-not-updated-no-compose"),
        NotUpdated::ImageGone => phrase!("containers-not-updated-image-gone"),
        NotUpdated::Compose(words) => phrase!("containers-not-updated-compose", why = words.as_str()),
    }
}

/// "127.0.0.1:8088 → 80", ":443 → 443", "9000 (not published)" is left to the caller: `None` for what is not.
pub fn port(port: &Port) -> Option<String> {
    let public = port.public?;
    let address = port.address.as_deref().filter(|address| *address != "0.0.0.0").unwrap_or_default();
    let protocol = if port.protocol == "tcp" { String::new() } else { format!("/{}", port.protocol) };
    Some(format!("{address}:{public} → {}{protocol}", port.private))
}

/// What a person calls it: the service's name within its project, else its own.
pub fn short(container: &Container) -> String {
    // Put aside by an update: its service's name is the other's.
    if container.name.ends_with(super::renew::KEPT) {
        return container.name.clone();
    }
    let Some(compose) = container.compose.as_ref().filter(|compose| !compose.service.is_empty()) else {
        return container.name.clone();
    };
    let number = container.name.rsplit(['-', '_']).next().and_then(|tail| tail.parse::<u32>().ok());
    match number {
        Some(number) if number > 1 => format!("{}-{number}", compose.service),
        _ => compose.service.clone(),
    }
}

/// "nginx:1.27" of "registry.example.org/team/nginx:1.27@sha256:…".
pub fn image(image: &str) -> &str {
    let image = image.split_once('@').map_or(image, |(name, _)| name);
    let image = image.rsplit('/').next().unwrap_or(image);
    // An image whose tag was taken over by a newer one is known by its number only.
    image.strip_prefix("sha256:").map_or(image, |digest| digest.get(..12).unwrap_or(digest))
}

/// How long it is so, as the engine's status line says it: "Up 3 hours", "Exited (0) About a minute ago". Its lists
/// have no time of their own; it rounds down to one unit.
pub fn rough(status: &str) -> Option<Duration> {
    let words: Vec<&str> = status.split(' ').collect();
    let at = words.iter().position(|word| unit(word).is_some())?;
    let n: u64 = match *words.get(at.checked_sub(1)?)? {
        "a" | "an" if words.get(at.wrapping_sub(3)) == Some(&"Less") => 0,
        "a" | "an" => 1,
        number => number.parse().ok()?,
    };
    Some(Duration::from_secs(n.checked_mul(unit(words[at])?)?))
}

fn unit(word: &str) -> Option<u64> {
    Some(match word.trim_end_matches('s') {
        "second" => 1,
        "minute" => 60,
        "hour" => 3600,
        "day" => 86_400,
        "week" => 7 * 86_400,
        "month" => 30 * 86_400,
        "year" => 365 * 86_400,
        _ => return None,
    })
}

/// "0.3 %", "12 %", "250 %" of one processor.
pub fn percent(value: f64) -> String {
    if value < 9.95 { format!("{value:.1} %") } else { format!("{value:.0} %") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_line_tells_since_when() {
        for (status, want) in [
            ("Up 3 hours", Some(3 * 3600)),
            ("Up About a minute (healthy)", Some(60)),
            ("Up About an hour", Some(3600)),
            ("Up Less than a second", Some(0)),
            ("Exited (137) 5 minutes ago", Some(300)),
            ("Up 2 weeks (Paused)", Some(14 * 86_400)),
            ("Created", None),
            ("Up 99999999999999999999 years", None),
            ("", None),
        ] {
            assert_eq!(rough(status).map(|span| span.as_secs()), want, "{status}");
        }
    }

    #[test]
    fn exit_codes_are_said_in_words() {
        for (code, oom, want) in [
            (Some(137), true, "exited 137 – killed: out of memory"),
            (Some(137), false, "exited 137 – killed by SIGKILL"),
            (Some(127), false, "exited 127 – program not found"),
            (Some(159), false, "exited 159 – killed by signal 31"),
            (Some(3), false, "exited 3"),
            (Some(0), false, "done, exited 0"),
            (None, false, "stopped"),
        ] {
            assert_eq!(ended(Lang::En, code, oom), want, "{code:?} {oom}");
        }
    }

    #[test]
    fn images_are_named_by_what_tells_them_apart() {
        for (full, want) in [
            ("nginx:1.27", "nginx:1.27"),
            ("registry.example.org:5000/team/app:2@sha256:abc", "app:2"),
            ("sha256:2fc6bf556c86178c81fe385f6c11755d", "2fc6bf556c86"),
        ] {
            assert_eq!(image(full), want);
        }
    }
}

//! The library's answers in our words. Pure; what an answer lacks is unknown, never a guess.

use std::{collections::BTreeMap, io, time::Duration};

use bollard::{
    errors::Error,
    models::{
        ContainerInspectResponse, ContainerStatsResponse, ContainerSummary, CreateImageInfo, EventMessage,
        HealthConfig, HealthStatusEnum, ImageInspect, ImageSummary, MountPoint, Network as RawNetwork,
        NetworkSettings, PortSummary, SystemVersion, Volume as RawVolume,
    },
};
use jiff::Timestamp;

use crate::subsystems::containers::{
    engine::EngineError,
    model::{
        Compose, Container, ContainerId, Details, Happening, Health, HealthLine, Image, Layer, Mount,
        MountKind, Network, Port, Reading, State, Variable, Volume, What, read_state, shared_network,
    },
};

pub fn error(error: Error, socket: &str) -> EngineError {
    match error {
        Error::SocketNotFoundError(path) => EngineError::NoSocket(vec![path]),
        Error::RequestTimeoutError => EngineError::Slow(120),
        Error::DockerResponseServerError { status_code: 404, .. } => EngineError::NotFound,
        // "Not modified": it is already as it was asked to be.
        Error::DockerResponseServerError { status_code, message } => {
            EngineError::Refused(if message.is_empty() { format!("HTTP {status_code}") } else { message })
        }
        Error::DockerStreamError { error } => EngineError::Refused(error),
        Error::JsonDataError { message, .. } => EngineError::Garbled(message),
        other => from_io(&other, socket),
    }
}

/// The library wraps what the system said several times over.
fn from_io(error: &Error, socket: &str) -> EngineError {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(this) = cause {
        if let Some(io) = this.downcast_ref::<io::Error>() {
            return match io.kind() {
                io::ErrorKind::PermissionDenied => EngineError::Denied(socket.to_owned()),
                io::ErrorKind::NotFound => EngineError::NoSocket(vec![socket.to_owned()]),
                io::ErrorKind::ConnectionRefused => EngineError::NoAnswer(socket.to_owned()),
                _ => EngineError::Lost,
            };
        }
        cause = this.source();
    }
    match error {
        Error::JsonSerdeError { err } => EngineError::Garbled(err.to_string()),
        _ => EngineError::Lost,
    }
}

/// "1.41" as numbers that compare.
pub fn api(version: &str) -> (u32, u32) {
    let mut parts = version.split('.').map(|part| part.parse().unwrap_or(0));
    (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
}

pub const PODMAN: &str = "Podman";

pub fn engine_name(version: &SystemVersion) -> String {
    let components = version.components.iter().flatten();
    let podman = components.clone().any(|component| component.name.to_lowercase().contains("podman"));
    if podman { PODMAN.into() } else { "Docker".into() }
}

/// One entry of the list. The library knows the states of Docker only, and one word it does not know would cost the
/// whole list: the state is read apart from it, and an entry that is odd otherwise is the only one that is lost.
pub fn listed(mut raw: serde_json::Value) -> Option<Container> {
    let word = take_word(raw.get_mut("State")?);
    match serde_json::from_value(raw) {
        Ok(summary) => container(summary, &word),
        Err(error) => {
            tracing::warn!(%error, "a container of the list was not understood");
            None
        }
    }
}

/// What `inspect` said of one, its state's word apart.
pub fn inspected(mut raw: serde_json::Value) -> Result<Details, EngineError> {
    let garbled = |what: String| EngineError::Garbled(format!("inspect: {what}"));
    let word = raw.pointer_mut("/State/Status").map(take_word).unwrap_or_default();
    let seen = serde_json::from_value(raw).map_err(|error| garbled(error.to_string()))?;
    details(seen, &word).ok_or_else(|| garbled("no id".into()))
}

fn take_word(state: &mut serde_json::Value) -> String {
    match state.take() {
        serde_json::Value::String(word) => word,
        _ => String::new(),
    }
}

fn container(raw: ContainerSummary, word: &str) -> Option<Container> {
    let labels: BTreeMap<String, String> = raw.labels.unwrap_or_default().into_iter().collect();
    let status = raw.status.unwrap_or_default();
    let (state, health) = read_state(word, &status);
    let mut networks: Vec<String> =
        raw.network_settings.and_then(|n| n.networks).unwrap_or_default().into_keys().collect();
    networks.sort();
    Some(Container {
        id: ContainerId(raw.id?),
        name: name(raw.names?.into_iter().min_by_key(|name| name.matches('/').count())?),
        image: raw.image.unwrap_or_default(),
        image_id: raw.image_id.unwrap_or_default(),
        created: raw.created.and_then(|seconds| Timestamp::from_second(seconds).ok()),
        state,
        health,
        status,
        ports: ports(raw.ports.unwrap_or_default()),
        compose: Compose::from_labels(&labels),
        mounts: raw.mounts.unwrap_or_default().into_iter().map(mount).collect(),
        networks,
        shares_network_of: raw.host_config.and_then(|h| shared_network(&h.network_mode?)),
    })
}

fn name(raw: String) -> String {
    raw.trim_start_matches('/').to_owned()
}

fn ports(raw: Vec<PortSummary>) -> Vec<Port> {
    let mut ports: Vec<Port> = raw
        .into_iter()
        .map(|port| Port {
            public: port.public_port,
            private: port.private_port,
            protocol: port.typ.map(|typ| typ.to_string()).unwrap_or_else(|| "tcp".into()),
            address: port.ip.filter(|ip| !ip.is_empty()),
        })
        .collect();
    tidy_ports(&mut ports);
    ports
}

/// The same port of "everybody" on IPv4 and on IPv6 is one to a person.
fn tidy_ports(ports: &mut Vec<Port>) {
    for port in ports.iter_mut() {
        if port.address.as_deref() == Some("::") {
            port.address = Some("0.0.0.0".into());
        }
    }
    ports.sort();
    ports.dedup();
}

fn mount(raw: MountPoint) -> Mount {
    let kind = match raw.typ.map(|typ| typ.to_string()).as_deref() {
        Some("bind") => MountKind::Bind,
        Some("volume") => MountKind::Volume,
        Some("tmpfs") => MountKind::Tmpfs,
        _ => MountKind::Other,
    };
    let source = match kind {
        MountKind::Volume => raw.name.or(raw.source),
        _ => raw.source,
    };
    Mount {
        kind,
        source: source.unwrap_or_default(),
        destination: raw.destination.unwrap_or_default(),
        writable: raw.rw.unwrap_or_default(),
    }
}

/// Engines write the year 1 for "never".
fn time(text: Option<String>) -> Option<Timestamp> {
    let at: Timestamp = text?.parse().ok()?;
    (at.as_second() > 0).then_some(at)
}

fn details(raw: ContainerInspectResponse, word: &str) -> Option<Details> {
    let config = raw.config.unwrap_or_default();
    let host = raw.host_config.unwrap_or_default();
    let seen = raw.state.unwrap_or_default();
    let labels: BTreeMap<String, String> = config.labels.unwrap_or_default().into_iter().collect();
    let compose_labels = labels.iter().filter(|(name, _)| name.starts_with(Compose::PREFIX));
    let compose_labels = compose_labels.map(|(name, value)| (name.clone(), value.clone())).collect();
    let state = match read_state(word, "").0 {
        State::Exited(_) => State::Exited(seen.exit_code),
        other => other,
    };
    let checked = seen.health.as_ref().and_then(|health| health.status);
    let network = raw.network_settings.unwrap_or_default();
    let ports = published(&network);
    let mut addresses: Vec<(String, Option<String>)> = network
        .networks
        .unwrap_or_default()
        .into_iter()
        .map(|(name, end)| (name, end.ip_address.filter(|ip| !ip.is_empty())))
        .collect();
    addresses.sort();
    let command: Vec<String> =
        raw.path.into_iter().chain(raw.args.unwrap_or_default()).map(|word| quoted(&word)).collect();
    let policy = host.restart_policy.unwrap_or_default();
    let check_max = config.healthcheck.as_ref().map(check_max);
    let container = Container {
        id: ContainerId(raw.id?),
        name: name(raw.name.unwrap_or_default()),
        image: config.image.unwrap_or_default(),
        image_id: raw.image.unwrap_or_default(),
        created: time(raw.created),
        state,
        health: checked.and_then(health),
        status: String::new(),
        ports,
        compose: Compose::from_labels(&labels),
        mounts: raw.mounts.unwrap_or_default().into_iter().map(mount).collect(),
        networks: addresses.iter().map(|(name, _)| name.clone()).collect(),
        shares_network_of: host.network_mode.as_deref().and_then(shared_network),
    };
    let has_check = checked.is_some_and(|check| health(check).is_some());
    Some(Details {
        container,
        command: command.join(" "),
        started: time(seen.started_at),
        finished: time(seen.finished_at),
        oom: seen.oom_killed.unwrap_or_default(),
        error: seen.error.filter(|error| !error.is_empty()),
        pid: seen.pid.filter(|pid| *pid > 0),
        failing_streak: seen
            .health
            .as_ref()
            .and_then(|h| h.failing_streak)
            .and_then(|n| u64::try_from(n).ok()),
        health_log: has_check.then(|| {
            let log = seen.health.and_then(|health| health.log).unwrap_or_default();
            let line = |result: bollard::models::HealthcheckResult| HealthLine {
                at: time(result.end.or(result.start)),
                exit: result.exit_code.unwrap_or(-1),
                output: result.output.unwrap_or_default(),
            };
            log.into_iter().map(line).collect()
        }),
        restart_policy: restart_policy(&policy),
        restarts: raw.restart_count.and_then(|n| u64::try_from(n).ok()).unwrap_or_default(),
        addresses,
        env: config.env.unwrap_or_default().iter().map(|one| variable(one)).collect(),
        memory_limit: host.memory.and_then(|bytes| u64::try_from(bytes).ok()).filter(|bytes| *bytes > 0),
        terminal: config.tty.unwrap_or_default(),
        compose_labels,
        check_max,
        auto_remove: host.auto_remove.unwrap_or_default(),
    })
}

/// How long a health check can take until it has said no: its start time, then each try with its pause. What is not
/// set is the engine's default.
fn check_max(check: &HealthConfig) -> Duration {
    let span = |ns: Option<i64>, default_s: u64| match ns.and_then(|ns| u64::try_from(ns).ok()) {
        Some(ns) if ns > 0 => Duration::from_nanos(ns),
        _ => Duration::from_secs(default_s),
    };
    let tries = check.retries.and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0).unwrap_or(3);
    let one = span(check.interval, 30).saturating_add(span(check.timeout, 30));
    span(check.start_period, 0).saturating_add(one.saturating_mul(tries))
}

fn restart_policy(policy: &bollard::models::RestartPolicy) -> String {
    let name = policy.name.map(|name| name.to_string()).filter(|name| !name.is_empty());
    match (name, policy.maximum_retry_count) {
        (Some(name), Some(max)) if max > 0 => format!("{name}:{max}"),
        (Some(name), _) => name,
        (None, _) => "no".into(),
    }
}

fn variable(text: &str) -> Variable {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    Variable { name: name.to_owned(), value: value.to_owned() }
}

fn quoted(word: &str) -> String {
    if word.contains(char::is_whitespace) { format!("'{word}'") } else { word.to_owned() }
}

fn published(network: &NetworkSettings) -> Vec<Port> {
    let mut ports = Vec::new();
    for (port, ends) in network.ports.iter().flatten() {
        let (private, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        let Ok(private) = private.parse() else { continue };
        let one = |public, address| Port { public, private, protocol: protocol.to_owned(), address };
        match ends.as_deref() {
            None | Some([]) => ports.push(one(None, None)),
            Some(ends) => ports.extend(ends.iter().map(|end| {
                one(
                    end.host_port.as_ref().and_then(|p| p.parse().ok()),
                    end.host_ip.clone().filter(|ip| !ip.is_empty()),
                )
            })),
        }
    }
    tidy_ports(&mut ports);
    ports
}

fn health(status: HealthStatusEnum) -> Option<Health> {
    match status {
        HealthStatusEnum::STARTING => Some(Health::Starting),
        HealthStatusEnum::HEALTHY => Some(Health::Healthy),
        HealthStatusEnum::UNHEALTHY => Some(Health::Unhealthy),
        HealthStatusEnum::EMPTY | HealthStatusEnum::NONE => None,
    }
}

/// `machine`: its memory, which the engine gives as the limit of a container without one.
pub fn reading(raw: &ContainerStatsResponse, machine: Option<u64>) -> Reading {
    let cpu = raw.cpu_stats.as_ref().and_then(|cpu| cpu.cpu_usage.as_ref()?.total_usage);
    let memory = raw.memory_stats.as_ref();
    let used = memory.and_then(|memory| {
        let usage = memory.usage?;
        let stats = memory.stats.as_ref();
        let cache = stats.and_then(|s| s.get("total_inactive_file").or_else(|| s.get("inactive_file")));
        Some(usage.saturating_sub(cache.copied().unwrap_or_default()))
    });
    Reading {
        // Of one that is not running all is 0.
        cpu_ns: cpu.filter(|_| used.is_some()),
        memory: used,
        memory_limit: memory.and_then(|m| m.limit).filter(|limit| machine.is_none_or(|total| *limit < total)),
    }
}

pub fn happening(raw: EventMessage) -> Option<Happening> {
    let attribute = |key: &str| raw.actor.as_ref()?.attributes.as_ref()?.get(key).map(String::as_str);
    let number = |key: &str| attribute(key)?.parse().ok();
    let what = match raw.action.as_deref()? {
        "create" => What::Created,
        "start" => What::Started,
        "die" => What::Died(number("exitCode")),
        "oom" => What::Oom,
        "kill" => What::Signalled(number("signal")),
        "stop" => What::Stopped,
        "pause" => What::Paused,
        "unpause" => What::Unpaused,
        "rename" => What::Renamed,
        "destroy" | "remove" => What::Removed,
        "health_status: healthy" => What::Health(Health::Healthy),
        "health_status: unhealthy" => What::Health(Health::Unhealthy),
        "health_status: starting" => What::Health(Health::Starting),
        _ => return None,
    };
    happened(raw, what)
}

/// This, to the one that the message is of.
pub fn happened(raw: EventMessage, what: What) -> Option<Happening> {
    let actor = raw.actor?;
    let attributes = actor.attributes.unwrap_or_default();
    Some(Happening {
        id: ContainerId(actor.id?),
        name: attributes.get("name").cloned().unwrap_or_default(),
        project: attributes.get(Compose::PROJECT).cloned(),
        what,
    })
}

pub fn volume(raw: RawVolume) -> Volume {
    let usage = raw.usage_data;
    Volume {
        project: raw.labels.get(Compose::PROJECT).cloned(),
        name: raw.name,
        driver: raw.driver,
        created: time(raw.created_at),
        size: usage.as_ref().and_then(|usage| u64::try_from(usage.size).ok()),
        users: usage.and_then(|usage| u64::try_from(usage.ref_count).ok()),
    }
}

pub fn network(raw: RawNetwork) -> Option<Network> {
    let configs = raw.ipam.and_then(|ipam| ipam.config).unwrap_or_default();
    Some(Network {
        name: raw.name?,
        driver: raw.driver.unwrap_or_default(),
        subnets: configs.into_iter().filter_map(|config| config.subnet).collect(),
        internal: raw.internal.unwrap_or_default(),
        project: raw.labels.and_then(|labels| labels.get(Compose::PROJECT).cloned()),
    })
}

pub fn image(raw: ImageSummary) -> Image {
    Image {
        id: raw.id,
        tags: raw.repo_tags.into_iter().filter(|tag| tag != "<none>:<none>").collect(),
        created: Timestamp::from_second(raw.created).ok(),
        size: u64::try_from(raw.size).unwrap_or_default(),
        digests: raw.repo_digests.into_iter().filter(|digest| !digest.starts_with("<none>")).collect(),
    }
}

pub fn image_seen(raw: ImageInspect) -> Option<Image> {
    Some(Image {
        id: raw.id?,
        tags: raw.repo_tags.unwrap_or_default(),
        created: None,
        size: raw.size.and_then(|size| u64::try_from(size).ok()).unwrap_or_default(),
        digests: raw.repo_digests.unwrap_or_default(),
    })
}

pub fn layer(raw: CreateImageInfo) -> Result<Layer, EngineError> {
    if let Some(error) = raw.error_detail {
        return Err(EngineError::Refused(error.message.unwrap_or_else(|| "the pull failed".into())));
    }
    let detail = raw.progress_detail.unwrap_or_default();
    let size = |bytes: Option<i64>| bytes.and_then(|bytes| u64::try_from(bytes).ok());
    Ok(Layer {
        id: raw.id.unwrap_or_default(),
        status: raw.status.unwrap_or_default(),
        bytes: size(detail.current).zip(size(detail.total)).filter(|(_, total)| *total > 0),
    })
}

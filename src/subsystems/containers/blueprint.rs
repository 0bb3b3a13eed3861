//! A container's settings taken over to another made from a newer image. Pure: the engine's own JSON in, a request out,
//! so that no setting is lost because somebody here does not know it.
//!
//! What `inspect` shows is the container's wishes and its image's defaults melted together. Defaults are taken out
//! again, as the newer image has its own; what the engine assigned (ids, addresses, the host's name) is left out; a
//! nameless volume is asked for by its name, or its data would stay behind.

use serde_json::{Map, Value, json};

pub struct Twin {
    /// For `POST /containers/create`.
    pub create: Value,
    /// Networks to be connected after that, by id or name, with the settings of their ends.
    pub connect: Vec<(String, Value)>,
}

/// `seen`: what `inspect` told of it. `own_image`: the same of the image it is made of. `None` for an answer that lacks
/// the settings.
pub fn twin(seen: &Value, own_image: Option<&Value>, image: &str) -> Option<Twin> {
    let id = seen.get("Id")?.as_str()?;
    let mut config = seen.get("Config")?.as_object()?.clone();
    let mut host = seen.get("HostConfig")?.as_object()?.clone();
    let mode = host.get("NetworkMode").and_then(Value::as_str).unwrap_or_default().to_owned();
    config.insert("Image".into(), image.into());
    if let Some(defaults) = own_image.and_then(|image| image.get("Config")).and_then(Value::as_object) {
        without_defaults(&mut config, defaults);
    }
    config.remove("OnBuild");
    let shares = mode.starts_with("container:");
    let given = config.get("Hostname").and_then(Value::as_str).unwrap_or_default();
    if shares || mode == "host" || given.is_empty() || id.starts_with(given) {
        config.remove("Hostname");
    }
    if shares {
        for key in ["Domainname", "ExposedPorts", "MacAddress"] {
            config.remove(key);
        }
    }
    if config.get("MacAddress").and_then(Value::as_str).is_some_and(str::is_empty) {
        config.remove("MacAddress");
    }
    keep_volumes(&mut config, &mut host, seen.get("Mounts"));
    links(&mut host);
    let mut ends = if shares || mode == "host" || mode == "none" { Vec::new() } else { ends(seen, id) };
    if let Some(first) = first(&ends, &mode) {
        let End { name, settings, .. } = ends.remove(first);
        config.insert("NetworkingConfig".into(), json!({ "EndpointsConfig": { name: settings } }));
    }
    config.insert("HostConfig".into(), host.into());
    let connect = ends.into_iter().map(|end| (end.id, end.settings)).collect();
    Some(Twin { create: config.into(), connect })
}

fn without_defaults(config: &mut Map<String, Value>, defaults: &Map<String, Value>) {
    for key in ["WorkingDir", "User", "StopSignal", "Healthcheck", "Shell"] {
        if same(config.get(key), defaults.get(key)) {
            config.remove(key);
        }
    }
    // Another entrypoint than the image's was given with its own arguments, also where these look like the image's.
    if same(config.get("Entrypoint"), defaults.get("Entrypoint")) {
        config.remove("Entrypoint");
        if same(config.get("Cmd"), defaults.get("Cmd")) {
            config.remove("Cmd");
        }
    }
    if let (Some(Value::Array(env)), Some(Value::Array(image))) = (config.get_mut("Env"), defaults.get("Env"))
    {
        env.retain(|one| !image.contains(one));
    }
    for key in ["Labels", "ExposedPorts", "Volumes"] {
        if let (Some(Value::Object(own)), Some(Value::Object(image))) =
            (config.get_mut(key), defaults.get(key))
        {
            own.retain(|name, value| image.get(name) != Some(value));
        }
    }
}

/// Nothing, null and empty are the same to an engine.
fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    let some = |value: Option<&Value>| match value {
        None | Some(Value::Null) => None,
        Some(Value::Array(list)) if list.is_empty() => None,
        Some(Value::String(text)) if text.is_empty() => None,
        Some(other) => Some(other.clone()),
    };
    some(a) == some(b)
}

/// Volumes that nobody named have one all the same; without it the twin would get new, empty ones.
fn keep_volumes(config: &mut Map<String, Value>, host: &mut Map<String, Value>, mounts: Option<&Value>) {
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut binds: Vec<Value> = host.get("Binds").and_then(Value::as_array).cloned().unwrap_or_default();
    // One given by its place alone is nameless.
    binds.retain(|bind| bind.as_str().is_some_and(|bind| bind.contains(':')));
    let bound: Vec<String> =
        binds.iter().filter_map(|bind| bind.as_str()?.split(':').nth(1)).map(str::to_owned).collect();
    for mount in mounts.and_then(Value::as_array).into_iter().flatten() {
        let (Some("volume"), Some(name), Some(place)) =
            (mount.get("Type").and_then(Value::as_str), text(mount, "Name"), text(mount, "Destination"))
        else {
            continue;
        };
        if let Some(Value::Object(places)) = config.get_mut("Volumes") {
            places.remove(&place);
        }
        let wanted = host.get_mut("Mounts").and_then(Value::as_array_mut).and_then(|wanted| {
            wanted.iter_mut().find(|one| one.get("Target").and_then(Value::as_str) == Some(&place))
        });
        match wanted {
            Some(wanted) if text(wanted, "Source").is_none_or(|source| source.is_empty()) => {
                wanted["Source"] = name.into();
            }
            Some(_) => {}
            None if bound.contains(&place) => {}
            None => {
                let mode = if mount.get("RW") == Some(&Value::Bool(false)) { ":ro" } else { "" };
                binds.push(format!("{name}:{place}{mode}").into());
            }
        }
    }
    if !binds.is_empty() {
        host.insert("Binds".into(), binds.into());
    }
}

/// "/db:/web/database" as shown is "db:database" as asked for.
fn links(host: &mut Map<String, Value>) {
    let Some(Value::Array(links)) = host.get_mut("Links") else { return };
    for link in links {
        let Some((other, alias)) = link.as_str().and_then(|text| text.split_once(':')) else { continue };
        let alias = alias.rsplit('/').next().unwrap_or(alias);
        *link = format!("{}:{alias}", other.trim_start_matches('/')).into();
    }
}

struct End {
    name: String,
    id: String,
    settings: Value,
}

/// Of each network what was asked for, without what the engine gave.
fn ends(seen: &Value, id: &str) -> Vec<End> {
    let networks = seen.pointer("/NetworkSettings/Networks").and_then(Value::as_object);
    let end = |(name, end): (&String, &Value)| {
        let mut settings = Map::new();
        for key in ["IPAMConfig", "Links", "DriverOpts", "GwPriority"] {
            if let Some(value) = end.get(key).filter(|value| !value.is_null()) {
                settings.insert(key.into(), value.clone());
            }
        }
        if let Some(Value::Array(aliases)) = end.get("Aliases") {
            // Its old short id is an alias the engine gave.
            let own = |alias: &&Value| alias.as_str().is_some_and(|alias| !id.starts_with(alias));
            let aliases: Vec<Value> = aliases.iter().filter(own).cloned().collect();
            if !aliases.is_empty() {
                settings.insert("Aliases".into(), aliases.into());
            }
        }
        let id = end.get("NetworkID").and_then(Value::as_str).filter(|id| !id.is_empty()).unwrap_or(name);
        End { name: name.clone(), id: id.to_owned(), settings: settings.into() }
    };
    networks.into_iter().flatten().map(end).collect()
}

/// The one that the container's own mode names: it gives the default route.
fn first(ends: &[End], mode: &str) -> Option<usize> {
    let named = |end: &End| {
        end.name == mode || end.id == mode || end.name == "bridge" && matches!(mode, "default" | "")
    };
    ends.iter().position(named).or_else(|| (!ends.is_empty()).then_some(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "4e1f00000000aaaa";

    fn seen() -> Value {
        json!({
            "Id": ID,
            "Image": "sha256:old",
            "Config": {
                "Hostname": "4e1f00000000", "Image": "app:1", "User": "", "WorkingDir": "/srv",
                "Env": ["PATH=/bin", "VERSION=1", "TOKEN=x"],
                "Cmd": ["serve"], "Entrypoint": ["/entry"],
                "Labels": { "maintainer": "them", "com.docker.compose.service": "web" },
                "Volumes": { "/data": {}, "/cache": {} }, "Unheard": { "of": 1 },
            },
            "HostConfig": {
                "NetworkMode": "demo_front", "Binds": ["/srv/conf:/etc/app:ro", "named:/named"],
                "RestartPolicy": { "Name": "always", "MaximumRetryCount": 0 },
                "PortBindings": { "80/tcp": [{ "HostIp": "", "HostPort": "8080" }] },
                "Links": ["/db:/web/database"],
                "Mounts": [{ "Type": "volume", "Target": "/nameless" }],
            },
            "Mounts": [
                { "Type": "bind", "Source": "/srv/conf", "Destination": "/etc/app", "RW": false },
                { "Type": "volume", "Name": "named", "Destination": "/named", "RW": true },
                { "Type": "volume", "Name": "0a1b", "Destination": "/data", "RW": true },
                { "Type": "volume", "Name": "2c3d", "Destination": "/nameless", "RW": true },
            ],
            "NetworkSettings": { "Networks": {
                "demo_back": { "NetworkID": "n2", "Aliases": ["web", "4e1f00000000"], "IPAddress": "172.1.0.2" },
                "demo_front": { "NetworkID": "n1", "IPAMConfig": { "IPv4Address": "172.2.0.9" },
                    "EndpointID": "e", "Aliases": null },
            } },
        })
    }

    fn image() -> Value {
        json!({ "Config": {
            "Env": ["PATH=/bin", "VERSION=1"], "Cmd": ["serve"], "Entrypoint": ["/entry"],
            "WorkingDir": "/srv", "Labels": { "maintainer": "them" }, "Volumes": { "/data": {} },
        } })
    }

    #[test]
    fn wishes_are_kept_and_the_old_image_s_defaults_are_not() {
        let twin = twin(&seen(), Some(&image()), "app:1").unwrap();
        let made = &twin.create;
        assert_eq!(made["Image"], "app:1");
        assert_eq!(made["Env"], json!(["TOKEN=x"]));
        assert_eq!(made["Labels"], json!({ "com.docker.compose.service": "web" }));
        assert_eq!(made["Unheard"], json!({ "of": 1 }), "what nobody here knows");
        for gone in ["Hostname", "Cmd", "Entrypoint", "WorkingDir"] {
            assert_eq!(made.get(gone), None, "{gone}");
        }
        assert_eq!(made["HostConfig"]["RestartPolicy"]["Name"], "always");
        assert_eq!(made["HostConfig"]["PortBindings"]["80/tcp"][0]["HostPort"], "8080");
        assert_eq!(made["HostConfig"]["Links"], json!(["db:database"]));
    }

    #[test]
    fn nameless_volumes_are_asked_for_by_their_names() {
        let made = twin(&seen(), Some(&image()), "app:1").unwrap().create;
        let binds = json!(["/srv/conf:/etc/app:ro", "named:/named", "0a1b:/data"]);
        assert_eq!(made["HostConfig"]["Binds"], binds);
        assert_eq!(made["HostConfig"]["Mounts"][0]["Source"], "2c3d");
        assert_eq!(made["Volumes"], json!({ "/cache": {} }));
    }

    #[test]
    fn networks_keep_names_and_addresses_that_were_asked_for() {
        let twin = twin(&seen(), Some(&image()), "app:1").unwrap();
        assert_eq!(
            twin.create["NetworkingConfig"]["EndpointsConfig"],
            json!({ "demo_front": { "IPAMConfig": { "IPv4Address": "172.2.0.9" } } })
        );
        assert_eq!(twin.connect, [("n2".to_owned(), json!({ "Aliases": ["web"] }))]);
    }

    #[test]
    fn own_commands_and_names_stay_and_shared_networks_have_no_ends() {
        let mut seen = seen();
        seen["Config"]["Entrypoint"] = json!(["/mine"]);
        seen["Config"]["Hostname"] = json!("shop");
        let made = twin(&seen, Some(&image()), "app:1").unwrap().create;
        assert_eq!((&made["Entrypoint"], &made["Cmd"]), (&json!(["/mine"]), &json!(["serve"])));
        assert_eq!(made["Hostname"], "shop");
        seen["HostConfig"]["NetworkMode"] = json!("container:abc");
        let shared = twin(&seen, None, "app:1").unwrap();
        assert_eq!((shared.create.get("Hostname"), shared.create.get("NetworkingConfig")), (None, None));
        assert!(shared.connect.is_empty());
        assert!(twin(&json!({ "Id": "x" }), None, "app:1").is_none());
    }
}

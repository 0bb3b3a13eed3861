//! Who is aboard the simulated engine, and the failures on the board.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use super::{Body, Life, Mood, Play, World};
use crate::{
    domain::Clock,
    subsystems::containers::{
        engine::{EngineError, Source},
        model::{
            Compose, Container, ContainerId, Health, Image, Mount, MountKind, Network, Port, State, Variable,
            Volume,
        },
    },
};

/// How one is made; what is not named is a plain running container.
pub struct Role<'a> {
    pub name: &'a str,
    pub image: &'a str,
    /// (project, service, what it needs)
    pub compose: Option<(&'a str, &'a str, &'a str)>,
    pub ports: &'a [(&'a str, u16, u16)],
    pub volume: Option<&'a str>,
    pub state: State,
    pub checked: bool,
    pub restarts_itself: bool,
    pub life: Life,
    pub memory_mib: u64,
    pub limit_mib: Option<u64>,
}

impl Default for Role<'_> {
    fn default() -> Self {
        Role {
            name: "one",
            image: "busybox:1",
            compose: None,
            ports: &[],
            volume: None,
            state: State::Running,
            checked: false,
            restarts_itself: false,
            life: Life::Steady,
            memory_mib: 24,
            limit_mib: None,
        }
    }
}

impl World {
    pub fn add(&self, role: Role<'_>) {
        let now = self.clock.now();
        let mut inner = self.lock();
        let number = inner.bodies.len() as u64 + 1;
        let since = now - jiff::SignedDuration::from_mins(i64::try_from(number).unwrap_or(0) * 47);
        let image_id = format!(
            "sha256:{:064x}",
            role.image.bytes().fold(7_u64, |h, b| h.wrapping_mul(31) + u64::from(b))
        );
        let compose = role.compose.map(|(project, service, needs)| Compose {
            project: project.into(),
            service: service.into(),
            depends_on: needs.split(' ').filter(|n| !n.is_empty()).map(str::to_owned).collect(),
            working_dir: Some(format!("/srv/{project}")),
            config_files: vec![format!("/srv/{project}/compose.yml")],
            config_hash: None,
            one_off: false,
        });
        let network =
            role.compose.map_or_else(|| "bridge".to_owned(), |(project, ..)| format!("{project}_default"));
        let health = match (role.checked, role.life, role.state) {
            (true, Life::Unwell, State::Running) => Some(Health::Unhealthy),
            (true, _, State::Running) => Some(Health::Healthy),
            _ => None,
        };
        let port = |(address, public, private): &(&str, u16, u16)| Port {
            public: Some(*public),
            private: *private,
            protocol: "tcp".into(),
            address: Some((*address).into()),
        };
        let mount = |name: &str| Mount {
            kind: MountKind::Volume,
            source: name.into(),
            destination: "/data".into(),
            writable: true,
        };
        let ended = !matches!(role.state, State::Running | State::Paused);
        inner.bodies.push(Body {
            container: Container {
                id: ContainerId(format!("{:064x}", number.wrapping_mul(0x9e37_79b9_7f4a_7c15))),
                name: role.name.into(),
                image: role.image.into(),
                image_id: image_id.clone(),
                created: Some(since),
                state: role.state,
                health,
                status: String::new(),
                ports: role.ports.iter().map(port).collect(),
                compose,
                mounts: role.volume.map(mount).into_iter().collect(),
                networks: vec![network.clone()],
                shares_network_of: None,
            },
            life: role.life,
            checked: role.checked,
            restarts_itself: role.restarts_itself,
            started: Some(since),
            finished: ended.then_some(now),
            oom: false,
            restarts: 0,
            run: 0,
            asked: false,
            env: vec![variable("APP_MODE", "demo"), variable("API_TOKEN", "not-a-real-secret")],
            memory: role.memory_mib << 20,
            memory_limit: role.limit_mib.map(|mib| mib << 20),
            permille: 3 + number * 7 % 90,
            log: (0..12)
                .map(|n| {
                    (
                        since + jiff::SignedDuration::from_secs(n * 60),
                        Source::Out,
                        format!("served request {n}"),
                    )
                })
                .collect::<VecDeque<_>>(),
        });
        if !inner.images.iter().any(|image| image.id == image_id) {
            let (name, tag) = role.image.rsplit_once(':').unwrap_or((role.image, ""));
            // "latest" was built here.
            let pulled = tag != "latest";
            inner.images.push(Image {
                digests: if pulled { vec![format!("{name}@{image_id}")] } else { Vec::new() },
                id: image_id,
                tags: vec![role.image.into()],
                created: Some(since),
                size: 140 << 20,
            });
        }
        if !inner.networks.iter().any(|one| one.name == network) {
            let subnets = vec!["172.20.0.0/16".into()];
            inner.networks.push(Network {
                name: network,
                driver: "bridge".into(),
                subnets,
                internal: false,
                project: None,
            });
        }
        if let Some(name) = role.volume {
            inner.volumes.push(volume(name, 900));
        }
    }

    /// The simulated server's containers: a shop that works, a demo with every fault, some that stand alone.
    pub fn demo(clock: Arc<dyn Clock>) -> World {
        let world = World::new(clock);
        let everybody = "0.0.0.0";
        for role in [
            Role {
                name: "shop-db-1",
                image: "postgres:16",
                compose: Some(("shop", "db", "")),
                volume: Some("shop_db"),
                checked: true,
                restarts_itself: true,
                memory_mib: 210,
                limit_mib: Some(512),
                ..Role::default()
            },
            Role {
                name: "shop-web-1",
                image: "nginx:1.27",
                compose: Some(("shop", "web", "app")),
                ports: &[(everybody, 80, 80), (everybody, 443, 443)],
                checked: true,
                restarts_itself: true,
                memory_mib: 31,
                ..Role::default()
            },
            Role {
                name: "shop-app-1",
                image: "registry.example.org/shop/app:2.4",
                compose: Some(("shop", "app", "db")),
                restarts_itself: true,
                memory_mib: 180,
                ..Role::default()
            },
            Role {
                name: "demo-worker-1",
                compose: Some(("demo", "worker", "")),
                restarts_itself: true,
                ..Role::default()
            },
            Role {
                name: "demo-web-1",
                compose: Some(("demo", "web", "worker")),
                ports: &[("127.0.0.1", 8088, 80)],
                volume: Some("demo_webdata"),
                checked: true,
                restarts_itself: true,
                ..Role::default()
            },
            Role {
                name: "vaultwarden",
                image: "vaultwarden/server:1.32",
                volume: Some("vaultwarden"),
                restarts_itself: true,
                ..Role::default()
            },
            Role {
                name: "importer",
                image: "importer:latest",
                state: State::Exited(Some(0)),
                ..Role::default()
            },
            Role { name: "old-runner", state: State::Paused, ..Role::default() },
            Role { name: "nightly", image: "reports:3", state: State::Exited(Some(3)), ..Role::default() },
        ] {
            world.add(role);
        }
        let mut inner = world.lock();
        inner.volumes.push(volume("old_backup", 2300));
        inner.images.push(Image {
            id: format!("sha256:{:064x}", 0xdead_u32),
            tags: Vec::new(),
            created: None,
            size: 310 << 20,
            digests: Vec::new(),
        });
        inner.build_cache = 1200 << 20;
        drop(inner);
        world
    }

    /// What its running containers take: (id, bytes of memory, percent of a core).
    pub fn takers(&self) -> Vec<(String, u64, f64)> {
        let inner = self.lock();
        let running = inner.bodies.iter().filter(|body| body.container.state == State::Running);
        running.map(|body| (body.container.id.0.clone(), body.memory, body.permille as f64 / 10.0)).collect()
    }

    /// Failures for the simulator's board: (id, message id, what to do when it is switched on or off).
    pub fn toys(&self) -> Vec<(&'static str, &'static str, Play)> {
        let toy = |play: fn(&World, bool)| -> Play {
            let world = self.clone();
            Arc::new(move |on| play(&world, on))
        };
        vec![
            (
                "container-newer",
                "containers-toy-newer",
                toy(|world, on| match on {
                    true => world.publish("nginx:1.27", Life::Steady),
                    false => world.withdraw("nginx:1.27"),
                }),
            ),
            (
                "container-newer-bad",
                "containers-toy-newer-bad",
                toy(|world, on| match on {
                    true => {
                        let soon = Life::Ends { after: Duration::from_secs(4), code: 1 };
                        world.publish("vaultwarden/server:1.32", soon);
                    }
                    false => world.withdraw("vaultwarden/server:1.32"),
                }),
            ),
            ("registry-away", "containers-toy-registry", toy(|world, on| world.registry_away(on))),
            (
                "container-loop",
                "containers-toy-loop",
                toy(|world, on| {
                    let soon = Life::Ends { after: Duration::from_secs(1), code: 1 };
                    world.live("demo-worker-1", if on { soon } else { Life::Steady });
                    if on {
                        world.say("demo-worker-1", Source::Err, "redis: connection refused");
                        world.crash("demo-worker-1", 1);
                    }
                }),
            ),
            (
                "container-oom",
                "containers-toy-oom",
                toy(
                    |world, on| {
                        if on { world.out_of_memory("shop-app-1") } else { world.start("shop-app-1", false) }
                    },
                ),
            ),
            (
                "container-sick",
                "containers-toy-sick",
                toy(|world, on| {
                    world.health("shop-web-1", if on { Health::Unhealthy } else { Health::Healthy })
                }),
            ),
            (
                "engine-away",
                "containers-toy-away",
                toy(|world, on| {
                    let away = EngineError::NoSocket(vec!["/var/run/docker.sock".into()]);
                    world.mood(if on { Mood::Away(away) } else { Mood::Well });
                }),
            ),
            (
                "engine-denied",
                "containers-toy-denied",
                toy(|world, on| {
                    let denied = EngineError::Denied("/var/run/docker.sock".into());
                    world.mood(if on { Mood::Away(denied) } else { Mood::Well });
                }),
            ),
            (
                "engine-hangs",
                "containers-toy-hangs",
                toy(|world, on| world.mood(if on { Mood::Hung } else { Mood::Well })),
            ),
        ]
    }
}

fn variable(name: &str, value: &str) -> Variable {
    Variable { name: name.into(), value: value.into() }
}

fn volume(name: &str, mib: u64) -> Volume {
    Volume {
        name: name.into(),
        driver: "local".into(),
        created: None,
        project: None,
        size: Some(mib << 20),
        users: None,
    }
}

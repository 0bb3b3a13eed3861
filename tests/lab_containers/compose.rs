//! Updates by a real Compose from a real registry, pressed in the chat: the daemon runs inside the lab as a service, and
//! is killed in the middle. Neither program is in the lab: `COCKPIT_LAB_COMPOSE` (the plugin, or its Debian package) and
//! `COCKPIT_LAB_REGISTRY_BIN` (Debian's docker-registry, or its package) say where they lie. The lab's own older Compose
//! is flown, too.

#[path = "../pilot/mod.rs"]
mod pilot;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use cockpit_bot::{
    domain::SystemClock,
    practice::{PracticeOptions, Running, start},
    process::{Command, run},
};
use tokio::time::Instant;

use super::{TURN, lab::Lab};
use pilot::{Bubble, OWNER, Pilot};

/// In the lab.
const DIR: &str = "/root/tide";
const PROJECT: &str = "/root/tide/a shop";
const DAEMON: &str = "cockpit-compose";
/// A stop, a start and the word of a health check, there and back.
const PATIENCE: Duration = Duration::from_secs(150);

/// Deaf to TERM, so that a stop takes its whole grace; as well as `health` says.
const IMAGE: &str = r#"mk() {
  tag=127.0.0.1:5000/$1:1; here=$(docker images -q --no-trunc $tag)
  printf 'FROM lab/busybox:1\nENV VERSION=%s\nHEALTHCHECK --interval=1s --timeout=3s --retries=2 CMD %s\nCMD ["sh","-c","trap : TERM; echo version %s; while :; do sleep 1; done"]\n' "$2" "$3" "$2" |
    DOCKER_BUILDKIT=0 docker build -q -t $tag - >/dev/null && docker push -q $tag >/dev/null || return 1
  if [ -n "$here" ]; then docker tag $here $tag; else docker rmi -f $tag >/dev/null; fi
}
"#;
/// As in the service's own unit file, as far as it can stand in Compose's way.
const SANDBOX: &str = "-p ProtectSystem=strict -p ProtectHome=read-only -p PrivateTmp=yes -p NoNewPrivileges=yes \
     -p RestrictNamespaces=yes -p SystemCallFilter=@system-service -p SystemCallErrorNumber=EPERM \
     -p RestrictAddressFamilies='AF_UNIX AF_INET AF_INET6 AF_NETLINK' -p MemoryHigh=256M -p TasksMax=512";
const FILE: &str = "services:
  web:
    image: 127.0.0.1:5000/tide-web:1
    stop_grace_period: 5s
    restart: unless-stopped
    volumes: [\"kept:/data\"]
  mail:
    image: 127.0.0.1:5000/tide-mail:1
    stop_grace_period: 1s
volumes:
  kept: {}
";

/// The file itself, or that file of a Debian package; `None` and a word why where it is not given.
async fn given(variable: &str, inside: &str, unpacked: &Path) -> Option<PathBuf> {
    let Some(path) = std::env::var_os(variable).filter(|path| !path.is_empty()).map(PathBuf::from) else {
        eprintln!("skipped: set {variable} to fly with Compose in the lab");
        return None;
    };
    if path.extension().is_none_or(|extension| extension != "deb") {
        return Some(path);
    }
    let unpack = Command::new("dpkg-deb").arg("-x").arg(path).arg(unpacked);
    run(unpack).await.and_then(|output| output.success()).expect("a Debian package");
    Some(unpacked.join(inside))
}

struct Flight {
    lab: Lab,
    pilot: Pilot,
    telegram: Running,
    /// In the lab: the program that Cockpit is told of, and its words for a shell.
    program: &'static str,
    web: &'static str,
    mail: [&'static str; 2],
    _turn: tokio::sync::MutexGuard<'static, ()>,
}

impl Flight {
    async fn take_off(is_old: bool) -> Option<Flight> {
        let turn = TURN.lock().await;
        let unpacked = tempfile::tempdir().expect("a folder");
        let plugin = "usr/libexec/docker/cli-plugins/docker-compose";
        let compose = given("COCKPIT_LAB_COMPOSE", plugin, unpacked.path()).await?;
        let registry = given("COCKPIT_LAB_REGISTRY_BIN", "usr/bin/docker-registry", unpacked.path()).await?;
        let lab = Lab::up().await?;
        // Has the image that the others are made from.
        super::room::demo(&lab).await;
        lab.sh(&format!(
            "systemctl stop {DAEMON} lab-registry 2>/dev/null; docker ps -aq | xargs -r docker rm -f >/dev/null; \
             docker volume rm -f tide_kept >/dev/null; \
             docker images -q '127.0.0.1:5000/*' | xargs -r docker rmi -f >/dev/null 2>&1; \
             rm -rf {DIR} /var/lib/lab-registry; mkdir -p '{PROJECT}' /usr/libexec/docker/cli-plugins"
        ))
        .await;
        lab.push(&compose, "/usr/libexec/docker/cli-plugins/docker-compose").await;
        lab.push(&registry, "/usr/local/bin/docker-registry").await;
        lab.push(Path::new(env!("CARGO_BIN_EXE_cockpit-bot")), &format!("{DIR}/cockpit-bot")).await;
        let shelf = "version: 0.1\nstorage: {filesystem: {rootdirectory: /var/lib/lab-registry}}\n\
                     http: {addr: \"127.0.0.1:5000\"}";
        lab.write(&format!("{DIR}/registry.yml"), shelf).await;
        lab.sh(&format!(
            "chmod 755 /usr/libexec/docker/cli-plugins/docker-compose /usr/local/bin/docker-registry; \
             systemctl reset-failed lab-registry 2>/dev/null; \
             systemd-run -q --unit=lab-registry /usr/local/bin/docker-registry serve {DIR}/registry.yml"
        ))
        .await;
        lab.sh(
            "timeout 30 sh -c 'until curl -sf -o /dev/null http://127.0.0.1:5000/v2/; do sleep 0.1; done'",
        )
        .await;
        let options = PracticeOptions::new("127.0.0.1:0".parse().expect("an address"), Arc::new(SystemClock));
        let telegram = start(options).await.expect("a Bot API on loopback");
        let port = telegram.api_url.trim_end_matches('/').rsplit(':').next().expect("a port").to_owned();
        lab.forward_to_host(&port).await;
        let pilot = Pilot::new(&telegram.page_url);
        let (program, web, mail) = match is_old {
            true => ("/usr/bin/docker-compose", "tide_web_1", ["tide_mail_1", "tide_mail_2"]),
            false => ("docker compose", "tide-web-1", ["tide-mail-1", "tide-mail-2"]),
        };
        let flight = Flight { lab, pilot, telegram, program, web, mail, _turn: turn };
        flight.publish("web", 1, "true").await;
        flight.publish("mail", 1, "true").await;
        flight.lab.write(&format!("{PROJECT}/compose.yml"), FILE).await;
        // The file says one of each; there are two of this.
        flight.compose("up -d --scale mail=2 2>&1").await;
        flight.lab.sh(&format!("docker exec {web} sh -c 'echo mine > /data/kept'")).await;
        flight.launch().await;
        Some(flight)
    }

    async fn compose(&self, words: &str) -> String {
        let line = format!("cd '{PROJECT}' && {} -p tide -f compose.yml {words}", self.program);
        self.lab.sh(&line).await
    }

    /// From now on the registry has this one.
    async fn publish(&self, service: &str, version: u32, health: &str) {
        self.lab.sh(&format!("{IMAGE} mk tide-{service} {version} {health}")).await;
    }

    async fn launch(&self) {
        let named = match self.program.strip_prefix('/') {
            Some(_) => format!("compose = \"{}\"\n", self.program),
            None => String::new(),
        };
        let config = format!(
            "[telegram]\ntoken = \"{}\"\napi_url = \"{}\"\n[data]\ndir = \"{DIR}/data\"\n\
             [containers.updates]\nenabled = true\n{named}\
             [[pilots]]\nid = {OWNER}\nrole = \"owner\"\nname = \"Captain\"\n",
            self.telegram.token, self.telegram.api_url
        );
        self.lab.write(&format!("{DIR}/cockpit.toml"), &config).await;
        self.lab
            .sh(&format!(
                "chmod 600 {DIR}/cockpit.toml; systemctl reset-failed {DAEMON} 2>/dev/null; \
                 systemd-run -q --unit={DAEMON} {SANDBOX} -p ReadWritePaths={DIR} {DIR}/cockpit-bot run --config {DIR}/cockpit.toml"
            ))
            .await;
        self.pilot.until("the bot in the lab to listen", |view| view.listening().then_some(())).await;
    }

    /// As the kernel kills it; what it started goes with it, as with any service.
    async fn kill(&self) {
        self.lab
            .sh(&format!(
                "systemctl kill -s KILL --kill-who=main {DAEMON}; \
                 timeout 30 sh -c 'while pgrep -f \"[p]roject-name tide\" || systemctl is-active -q {DAEMON}; do sleep 0.1; done'"
            ))
            .await;
    }

    /// The same bubble, once it says so.
    async fn becomes(&self, bubble: &Bubble, text: &str) -> Bubble {
        let until = Instant::now() + PATIENCE;
        loop {
            let view = self.pilot.view().await;
            let now = view.bubbles(OWNER).into_iter().find(|one| one.id() == bubble.id());
            match now {
                Some(now) if now.text().contains(text) => return now,
                now => {
                    assert!(Instant::now() < until, "no {text:?} in {:?}", now.map(|n| n.text().to_owned()))
                }
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    async fn ask(&self, command: &str, text: &str) -> Bubble {
        let until = Instant::now() + PATIENCE;
        loop {
            let typed = self.pilot.say(OWNER, OWNER, command).await;
            let find = |view: &pilot::View| {
                view.bubbles(OWNER)
                    .into_iter()
                    .find(|b| b.id() > typed && b.is_bots() && !b.text().is_empty())
            };
            let told = self.pilot.until(&format!("an answer to {command}"), find).await;
            if told.text().contains(text) {
                return told;
            }
            assert!(Instant::now() < until, "{command}: no {text:?} in {}", told.text());
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Taps a button of a bubble as it is now: what is under way redraws it.
    async fn tap(&self, bubble: &Bubble, label: &str) {
        let find = |view: &pilot::View| {
            view.bubbles(OWNER).into_iter().find(|b| b.id() == bubble.id())?.data_of(label)
        };
        let data = self.pilot.until(&format!("a button {label:?}"), find).await;
        self.pilot.tap_data(OWNER, OWNER, bubble.id(), &data).await;
    }

    /// Taps, reads the question, taps again.
    async fn press(&self, bubble: &Bubble, label: &str, verb: &str, warned: &str) {
        self.tap(bubble, label).await;
        let question = self.becomes(bubble, "This question ends").await;
        assert!(question.text().contains(warned), "{}", question.text());
        eprintln!("--- {}\n", question.text());
        self.tap(bubble, verb).await;
    }

    async fn check(&self, says: &str) {
        let list = self.ask("/docker", "tide").await;
        self.tap(&list, "Newer images").await;
        let updates = self.becomes(&list, "Asked by itself").await;
        self.tap(&updates, "Ask now").await;
        self.becomes(&updates, says).await;
    }

    /// From its own screen; the job's, once it says so.
    async fn update(&self, container: &str, says: &str) -> Bubble {
        let one = self.begin(container).await;
        let told = self.becomes(&one, says).await;
        eprintln!("--- {}\n", told.text());
        told
    }

    async fn begin(&self, container: &str) -> Bubble {
        let one = self.ask(&format!("/docker {container}"), "The registry has a newer").await;
        self.press(&one, "Update", "Update", "the one before comes back").await;
        one
    }

    /// The version it runs, its id and what it was made with.
    async fn runs(&self, container: &str) -> (String, String) {
        let line = format!(
            "docker inspect -f '{{{{range .Config.Env}}}}{{{{.}}}} {{{{end}}}}|{{{{index .Config.Labels \
             \"com.docker.compose.config-hash\"}}}}' {container}"
        );
        let told = self.lab.sh(&line).await;
        let (env, hash) = told.split_once('|').expect("both");
        let version = env.split(' ').find_map(|word| word.strip_prefix("VERSION=")).expect("a version");
        // The older Compose counts the image among the settings.
        let hash = if self.program.starts_with('/') { "" } else { hash.trim() };
        (version.to_owned(), hash.to_owned())
    }

    /// Cut short while the old one is being stopped.
    async fn cut_short(&self) {
        self.begin(self.web).await;
        let web = self.web;
        self.lab
            .sh(&format!(
                "timeout 60 sh -c 'until docker ps -a --format \"{{{{.Names}}}}\" | grep -q \"_{web}$\"; do sleep 0.05; done'"
            ))
            .await;
        self.kill().await;
        // The engine goes on with what it was asked.
        self.lab
            .sh(&format!("timeout 30 sh -c 'while docker ps --format \"{{{{.Names}}}}\" | grep -q \"^{web}$\"; do sleep 0.1; done'"))
            .await;
    }

    async fn names(&self) -> Vec<String> {
        let told = self.lab.sh("docker ps -a --format '{{.Names}}' | sort").await;
        told.lines().map(str::to_owned).collect()
    }

    async fn land(self) {
        self.lab
            .sh(&format!(
                "systemctl stop {DAEMON} lab-registry; docker ps -aq | xargs -r docker rm -f >/dev/null; \
                 docker volume rm -f tide_kept >/dev/null; \
                 rm -rf {DIR} /var/lib/lab-registry /usr/local/bin/docker-registry /usr/libexec/docker/cli-plugins/docker-compose"
            ))
            .await;
    }

    /// There and, where the newer one is not well, back.
    async fn there_and_back(&self) {
        let (_, made_with) = self.runs(self.web).await;
        let all = self.names().await;
        self.publish("web", 2, "true").await;
        self.check("1 container has a newer image").await;
        self.update(self.web, "runs from the newer image and is well").await;
        assert_eq!(
            self.runs(self.web).await,
            ("2".to_owned(), made_with.clone()),
            "by Compose, from its file"
        );
        self.ask(&format!("/docker {}", self.web), "runs from the newer image and is healthy").await;
        assert_eq!(self.lab.sh(&format!("docker exec {} cat /data/kept", self.web)).await, "mine");
        assert_eq!(self.names().await, all);

        self.publish("web", 3, "false").await;
        self.check("1 container has a newer image").await;
        self.update(self.web, "did not hold. The one before is back and well").await;
        assert_eq!(self.runs(self.web).await, ("2".to_owned(), made_with.clone()));
        let one = self.ask(&format!("/docker {}", self.web), "its health check fails").await;
        assert!(!one.text().contains("did not come to its end"), "{}", one.text());
        assert_eq!(self.names().await, all);

        // All of a project, of which one service has two containers.
        self.publish("web", 4, "true").await;
        self.publish("mail", 4, "true").await;
        self.check("3 containers have a newer image").await;
        let list = self.ask("/docker", "tide").await;
        self.tap(&list, "tide").await;
        let project = self.becomes(&list, "A newer image waits for").await;
        self.press(&project, "Update 3", "Update", "the one before comes back").await;
        self.becomes(&project, "All 3 run from newer images and are well").await;
        for one in [self.web, self.mail[0], self.mail[1]] {
            assert_eq!(self.runs(one).await.0, "4", "{one}");
        }
        assert_eq!(self.names().await, all, "as many as before");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn compose_updates_what_its_file_made_and_what_is_cut_short_is_mended() {
    let Some(flight) = Flight::take_off(false).await else { return };
    let all = flight.names().await;
    flight.there_and_back().await;
    let (_, made_with) = flight.runs(flight.web).await;

    // Two of its services at the same time.
    flight.publish("web", 45, "true").await;
    flight.publish("mail", 45, "true").await;
    flight.check("3 containers have a newer image").await;
    flight.begin(flight.web).await;
    flight.begin(flight.mail[0]).await;
    for name in [flight.web, flight.mail[0]] {
        flight.ask(&format!("/docker {name}"), "runs from the newer image and is healthy").await;
    }
    assert_eq!(
        (flight.runs(flight.web).await.0, flight.runs(flight.mail[1]).await.0),
        ("45".into(), "45".into())
    );
    assert_eq!(flight.names().await, all);

    // Killed while it fetches: nothing was begun, and nothing is told.
    flight.publish("web", 5, "true").await;
    flight.check("1 container has a newer image").await;
    flight.lab.sh("systemctl kill -s STOP lab-registry").await;
    let one = flight.begin(flight.web).await;
    flight.becomes(&one, "tide-web").await;
    flight.kill().await;
    flight.lab.sh("systemctl kill -s CONT lab-registry").await;
    flight.launch().await;
    let one = flight.ask(&format!("/docker {}", flight.web), "The registry has a newer").await;
    assert!(!one.text().contains("did not come to its end"), "{}", one.text());
    assert_eq!(flight.runs(flight.web).await.0, "45");

    // Killed while Compose replaces it: told, and Compose finishes it.
    flight.cut_short().await;
    flight.launch().await;
    let told = flight.pilot.bubble(OWNER, "neither the old nor surely the new").await;
    eprintln!("--- {}\n{:?}", told.text(), told.labels());
    let half = "did not come to its end: it does not run";
    let one = flight.ask(&format!("/docker {}", flight.web), half).await;
    eprintln!("--- {}\n{:?}", one.text(), one.labels());
    flight.press(&one, "Finish", "Finish", "Compose makes web from").await;
    flight.becomes(&one, "is up and healthy").await;
    assert_eq!(flight.runs(flight.web).await, ("5".to_owned(), made_with.clone()));
    assert_eq!(flight.names().await, all);

    // Killed a moment later, when the old one is gone already: put back.
    flight.publish("web", 6, "true").await;
    flight.check("1 container has a newer image").await;
    flight.cut_short().await;
    flight.lab.sh(&format!("docker rm {} >/dev/null", flight.web)).await;
    flight.launch().await;
    let gone = "did not come to its end: its container is gone";
    let one = flight.ask("/docker", gone).await;
    flight.tap(&one, "half updated").await;
    let one = flight.becomes(&one, gone).await;
    eprintln!("--- {}\n{:?}", one.text(), one.labels());
    flight.press(&one, "Put", "Put back", "is the image of before again").await;
    flight.becomes(&one, "of before is back and well").await;
    assert_eq!(flight.runs(flight.web).await, ("5".to_owned(), made_with.clone()));
    assert_eq!(flight.names().await, all);
    assert_eq!(flight.lab.sh(&format!("docker exec {} cat /data/kept", flight.web)).await, "mine");

    // The file says something else by now: the image is made new, and nothing of that.
    flight.lab.sh(&format!("sed -i 's/restart: .*/environment: [OTHER=1]/' '{PROJECT}/compose.yml'")).await;
    flight.check("1 container has a newer image").await;
    let job = flight.update(flight.web, "runs from the newer image and is well").await;
    assert!(job.text().contains("made anew as it was, without Compose"), "{}", job.text());
    assert_eq!(flight.runs(flight.web).await, ("6".to_owned(), made_with));
    let policy = format!("docker inspect -f '{{{{.HostConfig.RestartPolicy.Name}}}}' {}", flight.web);
    assert_eq!(flight.lab.sh(&policy).await, "unless-stopped", "as it was made");
    flight.land().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_older_compose_updates_too() {
    let Some(flight) = Flight::take_off(true).await else { return };
    flight.there_and_back().await;
    flight.land().await;
}

//! Compose itself, where it is installed and a project's file still lies where it was: a project is then updated by
//! its own rules. Never writes to the file; the file may have changed since, and what it says now holds.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Deserialize, Serialize};

use super::model;
use crate::process::{Command, Priority, ProcessError, run};

/// Stops the old, makes and starts the new one.
const UP_MAX: Duration = Duration::from_secs(10 * 60);
const PULL_MAX: Duration = Duration::from_secs(2 * 3600);
const ASK_MAX: Duration = Duration::from_secs(10);

/// One service of a project, as Compose is told of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub project: String,
    pub service: String,
    pub files: Vec<String>,
    pub folder: String,
    /// The names of those it has. Compose is told to make so many: left to itself it would make as many as the file
    /// says.
    pub containers: Vec<String>,
}

impl Service {
    /// `None` where its files are not on this machine any more, or were never told. Labels are anybody's words: what
    /// could be taken for an option is no name.
    pub fn of(compose: &model::Compose, containers: Vec<String>) -> Option<Service> {
        let is_folder = |folder: &String| Path::new(folder).is_absolute() && Path::new(folder).is_dir();
        let folder = compose.working_dir.clone().filter(is_folder)?;
        let files: Vec<String> = compose
            .config_files
            .iter()
            // Compose 1 wrote them as they were given.
            .map(|file| Path::new(&folder).join(file).to_string_lossy().into_owned())
            .collect();
        let here = !files.is_empty() && files.iter().all(|file| Path::new(file).is_file());
        let (project, service) = (compose.project.clone(), compose.service.clone());
        let named = [&project, &service].into_iter().all(|name| is_name(name));
        let known = here && named && !compose.one_off && !containers.is_empty();
        known.then_some(Service { project, service, files, folder, containers })
    }

    fn args(&self) -> Vec<OsString> {
        let mut args: Vec<OsString> = vec!["--project-name".into(), self.project.clone().into()];
        for file in &self.files {
            args.extend(["--file".into(), file.into()]);
        }
        args.extend(["--project-directory".into(), self.folder.clone().into()]);
        args
    }
}

/// As Compose itself has them.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

/// Where Compose is to be found, and the engine it is to speak to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// `None`: `docker compose`, else `docker-compose`.
    pub program: Option<PathBuf>,
    pub socket: String,
}

impl Place {
    pub async fn find(&self) -> Option<Composer> {
        let own = self.program.as_ref().map(|program| vec![program.into()]);
        let usual = || vec![vec!["docker".into(), "compose".into()], vec!["docker-compose".into()]];
        for words in own.map_or_else(usual, |own| vec![own]) {
            let mut composer = Composer { words, socket: self.socket.clone(), is_old: false };
            let asked = composer.command().args(["version", "--short"]).deadline(ASK_MAX);
            if let Ok(output) = run(asked).await
                && output.exit.success()
            {
                composer.is_old = output.stdout.trim_ascii_start().starts_with(b"1.");
                return Some(composer);
            }
        }
        None
    }
}

/// The program: `docker compose`, or the older `docker-compose`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composer {
    words: Vec<OsString>,
    socket: String,
    /// 1.x, which lacks some words.
    is_old: bool,
}

impl Composer {
    /// "docker compose"
    pub fn name(&self) -> String {
        self.words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
    }

    fn command(&self) -> Command {
        let (program, args) = self.words.split_first().expect("made with at least one word");
        Command::new(program)
            .args(args)
            .env("DOCKER_HOST", format!("unix://{}", self.socket))
            .priority(Priority::Normal)
    }

    /// Of the service's settings as the file has them now: other than its containers', and making it anew would change
    /// more than its image.
    ///
    /// # Errors
    /// Its last words.
    pub async fn config_hash(&self, service: &Service) -> Result<String, ProcessError> {
        let command = self.command().args(service.args()).arg("config");
        let command = command.arg(format!("--hash={}", service.service)).cwd(&service.folder);
        let told = run(command.deadline(ASK_MAX)).await?.success()?;
        // "web 8609fee0…"
        Ok(told.text().split_whitespace().last().unwrap_or_default().to_owned())
    }

    /// Makes the service anew if its image is another than before; leaves all others alone, and fetches nothing: on the
    /// way back the newer image must not come again.
    ///
    /// # Errors
    /// Its last words.
    pub async fn up(&self, service: &Service) -> Result<(), ProcessError> {
        let scale = format!("{}={}", service.service, service.containers.len());
        let mut words = vec!["up", "--detach", "--no-deps", "--no-build", "--scale", &scale];
        if !self.is_old {
            words.extend(["--pull", "never"]);
        }
        self.tell(service, &words, UP_MAX).await
    }

    /// Fetches its image, with the logins that Compose knows.
    ///
    /// # Errors
    /// Its last words.
    pub async fn pull(&self, service: &Service) -> Result<(), ProcessError> {
        self.tell(service, &["pull", "--quiet"], PULL_MAX).await
    }

    async fn tell(&self, service: &Service, words: &[&str], limit: Duration) -> Result<(), ProcessError> {
        let command = self.command().args(service.args()).args(words).arg(&service.service);
        run(command.cwd(&service.folder).deadline(limit)).await?.success().map(drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::process::tests::executable;

    fn labels(folder: &Path, file: &str) -> model::Compose {
        model::Compose {
            project: "shop".into(),
            service: "web".into(),
            depends_on: Vec::new(),
            working_dir: Some(folder.to_string_lossy().into_owned()),
            config_files: vec![file.into()],
            config_hash: None,
            one_off: false,
        }
    }

    fn one() -> Vec<String> {
        vec!["shop-web-1".into()]
    }

    #[test]
    fn a_service_is_updated_by_compose_only_where_its_file_lies() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Service::of(&labels(folder.path(), "compose.yml"), one()), None);
        let file = folder.path().join("compose.yml");
        std::fs::write(&file, "services: {}").unwrap();
        let service = Service::of(&labels(folder.path(), "compose.yml"), one()).unwrap();
        assert_eq!(service.files, [file.to_string_lossy()]);
        assert_eq!(Service::of(&labels(Path::new("/nowhere"), "compose.yml"), one()), None);
        let mine = || labels(folder.path(), "compose.yml");
        for (what, labels, containers) in [
            ("made by run", model::Compose { one_off: true, ..mine() }, one()),
            ("an option", model::Compose { service: "--remove-orphans".into(), ..mine() }, one()),
            ("an option", model::Compose { project: "-x".into(), ..mine() }, one()),
            ("no name", model::Compose { service: "we b".into(), ..mine() }, one()),
            ("from the folder it runs in", model::Compose { working_dir: Some(".".into()), ..mine() }, one()),
            ("of none", mine(), Vec::new()),
        ] {
            assert_eq!(Service::of(&labels, containers), None, "{what}");
        }
    }

    #[tokio::test]
    async fn compose_is_told_everything_by_name_and_its_last_words_are_kept() {
        let folder = tempfile::Builder::new().prefix("a project ").tempdir().unwrap();
        std::fs::write(folder.path().join("compose.yml"), "services: {}").unwrap();
        let two = vec!["shop-web-1".into(), "shop-web-2".into()];
        let service = Service::of(&labels(folder.path(), "compose.yml"), two).unwrap();
        let program = folder.path().join("stand-in");
        let script = "#!/bin/sh\n[ \"$1\" = version ] && { cat \"$(dirname \"$0\")/version\"; exit; }\n\
                      printf '%s\\n' \"$DOCKER_HOST\" \"$@\" > told\n\
                      case \"$*\" in *--hash=web) echo 'web 8609fee'; exit 0;; esac\n\
                      [ -e fail ] && { printf '\\033[31mno such service: \\033[0mweb\\n' >&2; exit 1; }\nexit 0\n";
        executable(&program, script).await;
        let path = folder.path().to_string_lossy().into_owned();
        let told = || std::fs::read_to_string(folder.path().join("told")).unwrap().replace('\n', " ");
        let place = Place { program: Some(program), socket: "/run/engine.sock".into() };
        assert_eq!(Place { program: Some(folder.path().join("none")), ..place.clone() }.find().await, None);
        for (version, never) in [("2.26.1-4", " --pull never"), ("1.29.2", "")] {
            std::fs::write(folder.path().join("version"), version).unwrap();
            let composer = place.find().await.unwrap();
            composer.up(&service).await.unwrap();
            let want = format!(
                "unix:///run/engine.sock --project-name shop --file {path}/compose.yml --project-directory {path} up \
                 --detach --no-deps --no-build --scale web=2{never} web "
            );
            assert_eq!(told(), want, "{version}");
        }
        let composer = place.find().await.unwrap();
        assert_eq!(composer.config_hash(&service).await.unwrap(), "8609fee");
        std::fs::write(folder.path().join("fail"), "").unwrap();
        match composer.up(&service).await {
            Err(ProcessError::Failed { last_words, .. }) => assert_eq!(last_words, "no such service: web"),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn a_compose_that_hangs_is_ended_with_all_that_it_started() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("compose.yml"), "services: {}").unwrap();
        let service = Service::of(&labels(folder.path(), "compose.yml"), one()).unwrap();
        let (program, child) = (folder.path().join("stand-in"), folder.path().join("child"));
        // Its child is deaf to an interrupt.
        executable(&program, "#!/bin/sh\nsleep 1000 &\necho $! > child.new; mv child.new child; wait\n")
            .await;
        let composer =
            Composer { words: vec![program.into()], socket: "/run/engine.sock".into(), is_old: false };
        let late = async {
            while !child.exists() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            tokio::time::pause();
            tokio::time::advance(UP_MAX).await;
        };
        let (end, ()) = tokio::join!(composer.up(&service), late);
        assert!(matches!(end, Err(ProcessError::OutOfTime { .. })), "{end:?}");
        let pid = std::fs::read_to_string(&child).unwrap();
        let lives = || {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim())).unwrap_or_default();
            stat.rsplit(')').next().is_some_and(|rest| !rest.is_empty() && !rest.starts_with(" Z"))
        };
        tokio::time::resume();
        for _ in 0..500 {
            if !lives() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{pid} lives on");
    }
}

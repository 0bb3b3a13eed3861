//! Compose itself, where it is installed and a project's file still lies where it was: a project is then updated by
//! its own rules. Never writes to the file; the file may have changed since, and what it says now holds.

use std::{ffi::OsString, path::Path, time::Duration};

use super::model;
use crate::process::{Command, Priority, ProcessError, run};

/// Stops the old, makes and starts the new one.
const UP_MAX: Duration = Duration::from_secs(10 * 60);
const PULL_MAX: Duration = Duration::from_secs(2 * 3600);
const ASK_MAX: Duration = Duration::from_secs(10);
const WORDS_CHARS_MAX: usize = 300;

/// One service of a project, as Compose is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    pub project: String,
    pub service: String,
    pub files: Vec<String>,
    pub folder: String,
}

impl Service {
    /// `None` where its files are not on this machine any more, or were never told.
    pub fn of(compose: &model::Compose) -> Option<Service> {
        let folder = compose.working_dir.clone().filter(|folder| Path::new(folder).is_dir())?;
        let files: Vec<String> = compose
            .config_files
            .iter()
            // Compose 1 wrote them as they were given.
            .map(|file| Path::new(&folder).join(file).to_string_lossy().into_owned())
            .collect();
        let here = !files.is_empty() && files.iter().all(|file| Path::new(file).is_file());
        let (project, service) = (compose.project.clone(), compose.service.clone());
        (here && !service.is_empty()).then_some(Service { project, service, files, folder })
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

/// The program: `docker compose`, or the older `docker-compose`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Composer {
    words: Vec<OsString>,
    socket: String,
}

impl Composer {
    /// Looks which is there. `socket`: of the engine that is to be spoken to.
    pub async fn find(socket: &str) -> Option<Composer> {
        for words in [&["docker", "compose"] as &[&str], &["docker-compose"]] {
            let composer = Composer::with(words, socket);
            let asked = composer.command().arg("version").deadline(ASK_MAX);
            if run(asked).await.is_ok_and(|output| output.exit.success()) {
                return Some(composer);
            }
        }
        None
    }

    pub fn with(words: &[&str], socket: &str) -> Composer {
        Composer { words: words.iter().map(Into::into).collect(), socket: socket.to_owned() }
    }

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

    /// Makes the service anew if its image is another than before; leaves all others alone.
    ///
    /// # Errors
    /// Its last words.
    pub async fn up(&self, service: &Service) -> Result<(), String> {
        self.tell(service, &["up", "--detach", "--no-deps"], UP_MAX).await
    }

    /// Fetches its image, with the logins that Compose knows.
    ///
    /// # Errors
    /// Its last words.
    pub async fn pull(&self, service: &Service) -> Result<(), String> {
        self.tell(service, &["pull", "--quiet"], PULL_MAX).await
    }

    async fn tell(&self, service: &Service, words: &[&str], limit: Duration) -> Result<(), String> {
        let command = self
            .command()
            .args(service.args())
            .args(words)
            .arg(&service.service)
            .cwd(&service.folder)
            .deadline(limit);
        let told = match run(command).await {
            Ok(output) => output.success().map(|_| ()),
            Err(error) => Err(error),
        };
        told.map_err(|error| match error {
            ProcessError::Failed { last_words, .. } if !last_words.is_empty() => last_words,
            other => other.to_string(),
        })
        .map_err(|words| words.chars().take(WORDS_CHARS_MAX).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(folder: &Path, file: &str) -> model::Compose {
        model::Compose {
            project: "shop".into(),
            service: "web".into(),
            depends_on: Vec::new(),
            working_dir: Some(folder.to_string_lossy().into_owned()),
            config_files: vec![file.into()],
        }
    }

    #[test]
    fn a_service_is_updated_by_compose_only_where_its_file_lies() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Service::of(&labels(folder.path(), "compose.yml")), None);
        let file = folder.path().join("compose.yml");
        std::fs::write(&file, "services: {}").unwrap();
        let service = Service::of(&labels(folder.path(), "compose.yml")).unwrap();
        assert_eq!(service.files, [file.to_string_lossy()]);
        assert_eq!(Service::of(&labels(Path::new("/nowhere"), "compose.yml")), None);
    }

    #[tokio::test]
    async fn compose_is_told_everything_by_name_and_its_last_words_are_kept() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("compose.yml");
        std::fs::write(&file, "services: {}").unwrap();
        let service = Service::of(&labels(folder.path(), "compose.yml")).unwrap();
        let program = folder.path().join("stand-in");
        let script = "#!/bin/sh\nprintf '%s\\n' \"$DOCKER_HOST\" \"$@\" > told\n\
                      [ -e fail ] && { echo 'no such service: web' >&2; exit 1; }\nexit 0\n";
        std::fs::write(&program, script).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        let composer = Composer::with(&[&program.to_string_lossy()], "/run/engine.sock");
        assert_eq!(composer.up(&service).await, Ok(()));
        let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
        let path = folder.path().to_string_lossy();
        let want = format!(
            "unix:///run/engine.sock --project-name shop --file {path}/compose.yml --project-directory {path} up --detach --no-deps web"
        );
        assert_eq!(told.lines().collect::<Vec<_>>().join(" "), want);
        std::fs::write(folder.path().join("fail"), "").unwrap();
        assert_eq!(composer.up(&service).await, Err("no such service: web".into()));
    }
}

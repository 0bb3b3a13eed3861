//! The real disks, through smartctl. Runs it by `process/` and reads its JSON; its exit code is a set of bits that say
//! less than the JSON, so only the JSON is believed.

use std::{ffi::OsString, path::PathBuf, time::Duration};

use futures_util::future::BoxFuture;

use super::{
    parse::{self, Garbled},
    report::{Device, Reading},
    world::{Blind, BlindWhy, DiskError, Disks, Found},
};
use crate::process::{self, Command, Priority, ProcessError};

const PROGRAM: &str = "smartctl";
/// A disk that spins up takes 10 s, one that retries bad sectors up to a minute.
const DEADLINE: Duration = Duration::from_secs(75);
/// The longest answers (with logs) are some 100 KiB.
const ANSWER_BYTES_MAX: usize = 2 << 20;
/// Of a broken option: command line not understood.
const BAD_COMMAND: i32 = 1;
/// Bits 0 to 2: bad command, device not opened, a command to the disk failed.
const NOT_DONE: i32 = 0b111;

#[derive(Debug, Clone)]
pub struct Smartctl {
    /// The program and what stands before its options: tests reach into another machine with it.
    program: Vec<OsString>,
    /// `/sys/block`, or a folder like it.
    blocks: PathBuf,
}

impl Default for Smartctl {
    fn default() -> Smartctl {
        Smartctl { program: vec![PROGRAM.into()], blocks: PathBuf::from("/sys/block") }
    }
}

impl Smartctl {
    /// Of another machine, by a command that runs there what follows it. Disks that smartctl does not list are not
    /// seen.
    pub fn through(command: Vec<OsString>) -> Smartctl {
        let program = command.into_iter().chain([PROGRAM.into()]).collect();
        Smartctl { program, blocks: PathBuf::new() }
    }

    fn command<const N: usize>(&self, args: [&str; N]) -> Command {
        let (program, before) = self.program.split_first().expect("made with a program");
        let command = Command::new(program).args(before).args(args);
        let command = command.deadline(DEADLINE).output_bytes_max(ANSWER_BYTES_MAX);
        command.priority(Priority::Background)
    }

    /// Disks that smartctl does not list and that tell nothing.
    fn blind(&self) -> Vec<Blind> {
        let names = std::fs::read_dir(&self.blocks).into_iter().flatten().flatten();
        let mut blind: Vec<Blind> = names
            .filter_map(|entry| {
                let name = entry.file_name().to_string_lossy().into_owned();
                // Idle network and card slots exist without a disk in them.
                let size = std::fs::read_to_string(entry.path().join("size")).ok()?;
                let why = BlindWhy::of(&name).filter(|_| size.trim() != "0")?;
                // "mmcblk0boot0" is a part of mmcblk0.
                (!name.contains("boot")).then_some(Blind { name, why })
            })
            .collect();
        blind.sort_by(|a, b| a.name.cmp(&b.name));
        blind
    }
}

impl Disks for Smartctl {
    fn find(&self) -> BoxFuture<'_, Result<Found, DiskError>> {
        Box::pin(async move {
            let answer = ask(self.command(["--scan", "-j"])).await?;
            let devices = parse::scan(&answer.stdout).map_err(|garbled| answer.misunderstood(garbled))?;
            Ok(Found { devices, blind: self.blind() })
        })
    }

    fn read<'a>(&'a self, device: &'a Device, wake: bool) -> BoxFuture<'a, Result<Reading, DiskError>> {
        Box::pin(async move {
            let standby: &[&str] = if wake { &[] } else { &["-n", "standby"] };
            let answer = ask(to(device, self.command(["-j", "-a"]).args(standby))).await?;
            parse::reading(&answer.stdout).map_err(|garbled| answer.misunderstood(garbled))
        })
    }

    fn begin_test<'a>(&'a self, device: &'a Device, long: bool) -> BoxFuture<'a, Result<(), DiskError>> {
        let length = if long { "long" } else { "short" };
        Box::pin(async move { ask(to(device, self.command(["-j", "-t", length]))).await?.done() })
    }

    fn end_test<'a>(&'a self, device: &'a Device) -> BoxFuture<'a, Result<(), DiskError>> {
        Box::pin(async move { ask(to(device, self.command(["-j", "-X"]))).await?.done() })
    }
}

/// Path and kind were checked when they were parsed: neither can be taken for an option.
fn to(device: &Device, command: Command) -> Command {
    let command = match &device.kind {
        Some(kind) => command.arg("-d").arg(kind),
        None => command,
    };
    command.arg(&device.path)
}

struct Answer {
    stdout: Vec<u8>,
    code: i32,
}

async fn ask(command: Command) -> Result<Answer, DiskError> {
    let output = process::run(command).await.map_err(|error| program(&error))?;
    match output.exit {
        process::Exit::Code(code) => Ok(Answer { stdout: output.stdout, code }),
        signal @ process::Exit::Signal(_) => Err(program(&ProcessError::Failed {
            program: output.program,
            exit: signal,
            last_words: String::new(),
        })),
    }
}

fn program(error: &ProcessError) -> DiskError {
    DiskError::Program { why: error.phrase(), mend: error.mend() }
}

impl Answer {
    /// No JSON came. Versions before 7.0 call `-j` an invalid option.
    fn misunderstood(&self, Garbled: Garbled) -> DiskError {
        let text = String::from_utf8_lossy(&self.stdout);
        let refuses_j = text.contains("INVALID") || text.contains("UNRECOGNIZED");
        if self.code & BAD_COMMAND != 0 && refuses_j { DiskError::TooOld } else { DiskError::Garbled }
    }

    fn done(&self) -> Result<(), DiskError> {
        let complaint = parse::complaint(&self.stdout).map_err(|garbled| self.misunderstood(garbled))?;
        match complaint {
            Some(says) => Err(DiskError::Said(says)),
            None if self.code & NOT_DONE != 0 => Err(DiskError::Said(format!("exit {}", self.code))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_disks_that_are_there_and_tell_nothing_are_blind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, sectors) in [
            ("sda", "100"),
            ("vdb", "100"),
            ("vda", "7"),
            ("nbd0", "0"),
            ("mmcblk0", "9"),
            ("mmcblk0boot0", "9"),
        ] {
            std::fs::create_dir(folder.path().join(name)).expect("a folder");
            std::fs::write(folder.path().join(name).join("size"), format!("{sectors}\n")).expect("a file");
        }
        let names: Vec<String> = Smartctl { blocks: folder.path().into(), ..Smartctl::default() }
            .blind()
            .into_iter()
            .map(|blind| blind.name)
            .collect();
        assert_eq!(names, ["mmcblk0", "vda", "vdb"]);
    }

    #[test]
    fn an_accepted_command_is_told_from_a_refused_one() {
        let answer = |name: &str, code| {
            let path = format!("{}/tests/data/smart/{name}", env!("CARGO_MANIFEST_DIR"));
            Answer { stdout: std::fs::read(path).expect("a sample"), code }
        };
        assert_eq!(answer("ata-selftest-started.json", 0).done(), Ok(()));
        assert_eq!(answer("scsi-selftest-refused.json", 4).done(), Err(DiskError::Said("exit 4".into())));
        let refused = answer("not-supported-virtio.json", 1).done();
        assert_eq!(refused, Err(DiskError::Said("/dev/vda: Unable to detect device type".into())));
        let old =
            Answer { stdout: b"=======> INVALID CHARACTER(S): j\n\nUse smartctl -h\n".to_vec(), code: 1 };
        assert_eq!(old.done(), Err(DiskError::TooOld));
    }

    /// Reads only, and only what is there. What this machine has not is said.
    #[tokio::test]
    async fn this_machines_disks_are_found_or_it_is_said_why_not() {
        let smartctl = Smartctl::default();
        match smartctl.find().await {
            Err(error) => println!("skipped: {error:?}"),
            Ok(found) if found.devices.is_empty() => println!("skipped: no disks but {:?}", found.blind),
            Ok(found) => {
                for device in &found.devices {
                    let read = smartctl.read(device, false).await;
                    assert!(read != Err(DiskError::Garbled), "{device:?}");
                }
            }
        }
    }
}

//! Disk health against real disks' firmware as QEMU makes it, by the real smartctl, in the lab's virtual machine:
//! `COCKPIT_LABVM=1 cargo test --test lab_smart`. `COCKPIT_LABVM=/path/to/labvm` uses another one. The machine is to
//! be up; it is named by COCKPIT_LAB_NAME. Without it this says "skipped".

use std::{ffi::OsString, path::PathBuf, time::Duration};

use cockpit_bot::{
    domain::DiskGrade,
    process::{Command, run},
    subsystems::smart::{
        report::{Build, Device, Reading, Report},
        smartctl::Smartctl,
        verdict::Verdict,
        world::Disks,
    },
};
use jiff::Timestamp;

struct Machine {
    /// How the script is called.
    words: Vec<OsString>,
    disks: Smartctl,
}

impl Machine {
    fn up() -> Option<Machine> {
        let Some(wish) = std::env::var_os("COCKPIT_LABVM").filter(|wish| !wish.is_empty()) else {
            eprintln!("skipped: set COCKPIT_LABVM=1, with the lab's virtual machine up");
            return None;
        };
        let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/lab/labvm");
        let script = if wish == "1" { beside } else { PathBuf::from(wish) };
        let script = script.canonicalize().expect("labvm is where COCKPIT_LABVM says");
        // Programs are started without this process' surroundings: what the script needs of them is handed on.
        let mut words: Vec<OsString> = vec!["env".into()];
        for name in
            ["COCKPIT_LAB_NAME", "COCKPIT_LAB_CACHE", "COCKPIT_LABVM_SSH_PORT", "XDG_CACHE_HOME", "HOME"]
        {
            words.extend(std::env::var(name).ok().map(|value| format!("{name}={value}").into()));
        }
        words.push(script.into());
        let disks = Smartctl::through(words.iter().cloned().chain(["exec".into()]).collect());
        Some(Machine { words, disks })
    }

    async fn sh(&self, args: &[&str]) -> String {
        let command =
            Command::new(&self.words[0]).args(&self.words[1..]).args(args).deadline(Duration::from_secs(120));
        let output = run(command).await.expect("labvm runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// A quality of the emulated NVMe disk.
    async fn set_nvme(&self, property: &str, value: u32) {
        let set = format!(
            "{{\"execute\":\"qom-set\",\"arguments\":{{\"path\":\"/machine/peripheral/nvme0\",\"property\":\"{property}\",\"value\":{value}}}}}"
        );
        let said = self.sh(&["qmp", &set]).await;
        assert!(said.contains("return"), "{said}");
    }

    async fn report(&self, device: &Device) -> Report {
        match self.disks.read(device, false).await.expect("an answer") {
            Reading::Report(report) => *report,
            other => panic!("{device:?}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_disks_of_the_virtual_machine_are_read_judged_and_tested() {
    let Some(machine) = Machine::up() else { return };
    let found = machine.disks.find().await.expect("a scan").devices;
    eprintln!("found {found:?}");
    let mut kinds = Vec::new();
    let (mut ata, mut nvme) = (None, None);
    for device in &found {
        match machine.disks.read(device, false).await.expect("an answer") {
            Reading::Report(report) => {
                let verdict = Verdict::of(&report, None, Timestamp::now());
                eprintln!("{}: {:?} {:?} {verdict:?}", device.path, report.build, report.model);
                match report.build {
                    Build::Nvme => nvme = Some(device.clone()),
                    _ if report.test.supported == Some(true) => ata = Some(device.clone()),
                    _ => {}
                }
                kinds.push(report.build);
            }
            mute => eprintln!("{}: {mute:?}", device.path),
        }
    }
    assert!(found.len() >= 3, "an ATA, an NVMe and a SCSI disk: {kinds:?}");

    // The ATA disk tests itself, and its log has the result.
    let ata = ata.expect("an ATA disk with self-tests");
    let before = machine.report(&ata).await;
    machine.disks.begin_test(&ata, false).await.expect("the disk takes the test");
    let mut after = machine.report(&ata).await;
    for _ in 0..30 {
        if after.test.running.is_none() && after.test.logged != before.test.logged {
            break;
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
        after = machine.report(&ata).await;
    }
    eprintln!("self-test: {:?}", after.test);
    assert!(after.test.running.is_none() && after.test.last.is_some());
    assert_ne!(after.test.logged, before.test.logged, "the test is in the disk's log");

    // The NVMe disk says that it fails, then that it is well again.
    let nvme = nvme.expect("an NVMe disk");
    let well = Verdict::of(&machine.report(&nvme).await, None, Timestamp::now());
    assert_eq!(well.grade, Some(DiskGrade::Good), "{well:?}");
    machine.set_nvme("smart_critical_warning", 5).await;
    let ill = Verdict::of(&machine.report(&nvme).await, None, Timestamp::now());
    machine.set_nvme("smart_critical_warning", 0).await;
    assert_eq!(ill.grade, Some(DiskGrade::Replace), "{ill:?}");
}

//! The parser against what smartctl really printed (tests/data/smart), and against anything else.

use std::path::PathBuf;

use proptest::prelude::*;
use serde_json::json;

use super::*;

fn sample(name: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/smart").join(name);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn report_of(json: &[u8]) -> Report {
    match reading(json) {
        Ok(Reading::Report(report)) => *report,
        other => panic!("no report: {other:?}"),
    }
}

#[test]
fn every_recorded_answer_is_understood() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/smart");
    let mut read = 0;
    for entry in std::fs::read_dir(folder).expect("samples") {
        let path = entry.expect("a file").path();
        let json = std::fs::read(&path).expect("readable");
        assert!(reading(&json).is_ok() && scan(&json).is_ok(), "{}", path.display());
        read += 1;
    }
    assert!(read >= 14, "{read}");
}

#[test]
fn an_ata_disk_says_what_it_is_and_counts() {
    let report = report_of(&sample("ata.json"));
    assert_eq!(report.model.as_deref(), Some("LAB-ATA-DISK"));
    assert_eq!(report.serial.as_deref(), Some("LABATA0001"));
    assert_eq!(report.size_bytes, Some(268_435_456));
    assert_eq!(report.build, Build::Hdd { rpm: 7200 });
    assert_eq!((report.passed, report.temperature_c), (Some(true), Some(31)));
    let counts = Counts { reallocated: Some(0), hours: Some(1), ..Counts::default() };
    assert_eq!(report.counts, counts, "what it does not say stays unknown");
    assert_eq!((report.test.short_minutes, report.test.long_minutes), (Some(2), Some(54)));
    assert_eq!((report.test.last, report.test.running, report.test.logged), (None, None, Some(0)));
    assert_eq!(report.attributes.len(), 7);
    assert_eq!(report.attributes[6].raw, "31 (Min/Max 31/31)");
    assert_eq!(report_of(&sample("ata-extended.json")).counts, counts);
}

#[test]
fn a_finished_self_test_is_read() {
    let test = report_of(&sample("ata-after-selftest.json")).test;
    let last = test.last.expect("a result");
    assert_eq!((last.long, last.outcome, last.at_hours), (Some(false), TestOutcome::Passed, Some(4660)));
    assert_eq!(test.logged, Some(1));
    let two = report_of(&sample("ata-after-two-selftests.json")).test;
    assert_eq!(two.last.expect("a result").long, Some(true));
    assert!(two.logged > Some(1));
}

#[test]
fn an_nvme_disk_says_its_figures() {
    let report = report_of(&sample("nvme.json"));
    assert_eq!(report.build, Build::Nvme);
    assert_eq!((report.passed, report.temperature_c, report.critical.len()), (Some(true), Some(50), 0));
    assert_eq!(report.counts.media, Some(0));
    assert!(report.figures.contains(&("critical_warning".into(), "0".into())));
    let failing = report_of(&sample("nvme-critical.json"));
    assert_eq!(failing.passed, Some(false));
    assert_eq!(failing.critical, [Critical::SpareLow, Critical::Unreliable]);
}

#[test]
fn a_disk_without_smart_says_exactly_why() {
    for (name, want) in [
        ("scsi-no-smart.json", Mute::NoSmart { model: Some("LAB SCSI-DISK".into()) }),
        (
            "not-supported-virtio.json",
            Mute::NotDetected { says: "/dev/vda: Unable to detect device type".into() },
        ),
        (
            "no-such-device.json",
            Mute::Gone { says: "Smartctl open device: /dev/sdz failed: No such device".into() },
        ),
    ] {
        assert_eq!(reading(&sample(name)), Ok(Reading::Mute(want)), "{name}");
    }
    let says =
        |text: &str| json!({"smartctl": {"messages": [{"string": text, "severity": "error"}]}}).to_string();
    for (text, want) in [
        ("/dev/sdc: Unknown USB bridge [0x152d:0x0578 (0x100)]", "usb_bridge"),
        ("Smartctl open device: /dev/sda failed: Permission denied", "denied"),
        ("Something nobody has seen before", "other"),
    ] {
        let Ok(Reading::Mute(mute)) = reading(says(text).as_bytes()) else { panic!("{text}") };
        assert_eq!(serde_json::to_value(mute).unwrap()["why"], want, "{text}");
    }
    let off = json!({"smart_support": {"available": true, "enabled": false}}).to_string();
    assert_eq!(reading(off.as_bytes()), Ok(Reading::Mute(Mute::Off)));
}

#[test]
fn a_sleeping_disk_is_no_fault() {
    // smartmontools 7.3, ataprint.cpp and smartctl.cpp: both forms, as information.
    for says in ["Device is in STANDBY mode, exit(2)", "Device is in STANDBY (OS) mode, exit(2)"] {
        let json = json!({"smartctl": {"exit_status": 2,
            "messages": [{"string": says, "severity": "information"}]}});
        assert_eq!(reading(json.to_string().as_bytes()), Ok(Reading::Asleep), "{says}");
    }
}

#[test]
fn tests_under_way_are_seen_on_every_kind_of_disk() {
    let mut ata: Value = serde_json::from_slice(&sample("ata.json")).unwrap();
    ata["ata_smart_data"]["self_test"]["status"] =
        json!({"value": 249, "string": "in progress, 90% remaining", "remaining_percent": 90});
    let mut nvme: Value = serde_json::from_slice(&sample("nvme.json")).unwrap();
    nvme["nvme_self_test_log"] = json!({
        "current_self_test_operation": {"value": 2, "string": "Extended self-test in progress"},
        "current_self_test_completion_percent": 30,
        "table": [{"self_test_code": {"value": 1, "string": "Short"},
            "self_test_result": {"value": 7, "string": "Completed: one or more segments failed"},
            "power_on_hours": 800}],
    });
    let mut scsi: Value = serde_json::from_slice(&sample("ata.json")).unwrap();
    scsi["self_test_in_progress"] = json!(true);
    for (value, want) in [
        (ata, TestRunning { long: None, remaining_percent: Some(90) }),
        (nvme.clone(), TestRunning { long: Some(true), remaining_percent: Some(70) }),
        (scsi, TestRunning { long: None, remaining_percent: None }),
    ] {
        assert_eq!(report_of(value.to_string().as_bytes()).test.running, Some(want));
    }
    let last = report_of(nvme.to_string().as_bytes()).test.last.expect("a result");
    assert_eq!((last.outcome, last.at_hours), (TestOutcome::Failed, Some(800)));
}

#[test]
fn ssds_and_sas_disks_tell_wear_and_errors_in_their_own_places() {
    let ssd = json!({"device": {"protocol": "ATA"}, "rotation_rate": 0, "smart_status": {"passed": true},
        "endurance_used": {"current_percent": 7}, "spare_available": {"current_percent": 95, "threshold_percent": 10}});
    let ssd = report_of(ssd.to_string().as_bytes());
    assert_eq!(
        (ssd.build, ssd.counts.used_percent, ssd.spare_threshold_percent),
        (Build::Ssd, Some(7), Some(10))
    );
    let sas = json!({"device": {"protocol": "SCSI"}, "smart_status": {"passed": true}, "scsi_grown_defect_list": 12,
        "scsi_error_counter_log": {"read": {"total_uncorrected_errors": 2}, "write": {"total_uncorrected_errors": 1}}});
    let sas = report_of(sas.to_string().as_bytes());
    assert_eq!((sas.build, sas.counts.reallocated, sas.counts.media), (Build::Scsi, Some(12), Some(3)));
}

#[test]
fn a_scan_names_disks_as_smartctl_can_be_told_of_them() {
    let device = |path: &str, kind: Option<&str>| Device { path: path.into(), kind: kind.map(str::to_owned) };
    let plain = vec![device("/dev/sda", None), device("/dev/sdb", None), device("/dev/nvme0", None)];
    assert_eq!(scan(&sample("scan.json")), Ok(plain.clone()));
    assert_eq!(scan(&sample("scan-open.json")), Ok(plain));
    let raid = json!({"devices": [
        {"name": "/dev/bus/0", "type": "megaraid,3"},
        {"name": "-a /dev/sda", "type": "sat"},
        {"name": "/dev/sda; reboot", "type": "sat"},
        {"name": "/dev/sdc", "type": "-x; reboot"},
        {"type": "sat"}, 7, null]});
    assert_eq!(
        scan(raid.to_string().as_bytes()),
        Ok(vec![device("/dev/bus/0", Some("megaraid,3")), device("/dev/sdc", None)])
    );
}

#[test]
fn what_is_not_smartctls_is_refused() {
    for bytes in [&b""[..], b"=======> INVALID CHARACTER(S): j", b"[]", b"7", b"{", b"\xff\xfe"] {
        assert_eq!(reading(bytes), Err(Garbled));
        assert_eq!(scan(bytes), Err(Garbled));
    }
    assert!(matches!(reading(b"{}"), Ok(Reading::Mute(Mute::Other { .. }))));
}

/// Removes or spoils keys of a value, walking with a list of choices.
fn spoil(value: &mut Value, choices: &mut impl Iterator<Item = u8>) {
    match value {
        Value::Object(map) => {
            let keys: Vec<String> = map.keys().cloned().collect();
            for key in keys {
                match choices.next().unwrap_or(255) {
                    0..20 => drop(map.remove(&key)),
                    20..24 => drop(map.insert(key, Value::Null)),
                    24..28 => drop(map.insert(key, json!("\u{1b}[31mnot what you think\n"))),
                    28..32 => drop(map.insert(key, json!(u64::MAX))),
                    32..36 => drop(map.insert(key, json!(-1.5e300))),
                    36..40 => drop(map.insert(key, json!([[[[]]]]))),
                    _ => spoil(map.get_mut(&key).expect("it is there"), choices),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|one| spoil(one, choices)),
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_subset_of_its_fields_is_read_without_harm(
        name in prop::sample::select(vec!["ata-after-selftest.json", "nvme-critical.json", "scsi-no-smart.json", "scan.json"]),
        choices in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        let mut value: Value = serde_json::from_slice(&sample(name)).expect("JSON");
        spoil(&mut value, &mut choices.into_iter());
        let json = value.to_string();
        if let Ok(Reading::Report(report)) = reading(json.as_bytes()) {
            for text in report.model.iter().chain(&report.serial).chain(report.attributes.iter().map(|a| &a.raw)) {
                prop_assert!(!text.contains(|c: char| c.is_control()), "{text:?}");
            }
            // It must survive the store and be judged.
            let kept = serde_json::to_string(&*report).expect("plain data");
            prop_assert_eq!(&serde_json::from_str::<Report>(&kept).expect("its own"), &*report);
            let _ = super::super::verdict::Verdict::of(&report, None, jiff::Timestamp::UNIX_EPOCH);
        }
        let _ = scan(json.as_bytes());
    }

    #[test]
    fn any_bytes_are_refused_or_read(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = reading(&bytes);
        let _ = scan(&bytes);
        let _ = complaint(&bytes);
    }
}

//! smartctl's JSON as a report. Everything in it is from outside: any field may be missing, of another type, or absurd;
//! what cannot be read is left out and takes nothing else with it.

use serde_json::Value;

use super::report::{
    Attribute, Build, Counts, Critical, Device, Failed, Mute, Reading, Report, SelfTest, TestOutcome,
    TestResult, TestRunning,
};

/// Characters kept of a name or a sentence from outside.
const TEXT_MAX: usize = 160;
/// A disk has 30 attributes; a broken one may claim any number.
const ATTRIBUTES_MAX: usize = 256;
const DISKS_MAX: usize = 64;
/// From here on sectors, hours and the like are a firmware's "I don't know", not a count.
const ABSURD: u64 = 1 << 40;

/// It is not the JSON of smartctl.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("smartctl's answer is not understood")]
pub struct Garbled;

/// The answer of `smartctl --scan -j`. Disks whose kind smartctl finds out by itself are named without it, so that a
/// SATA disk listed as "scsi" is recognised when it is read.
///
/// # Errors
/// It is no JSON, or not smartctl's.
pub fn scan(json: &[u8]) -> Result<Vec<Device>, Garbled> {
    let root = root(json)?;
    let devices = root.get("devices").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    Ok(devices.iter().filter_map(device).take(DISKS_MAX).collect())
}

fn device(value: &Value) -> Option<Device> {
    const SELF_EVIDENT: [&str; 4] = ["scsi", "ata", "sat", "nvme"];
    let path = string(value, "/name")?;
    let kind = string(value, "/type").filter(|kind| !SELF_EVIDENT.contains(&kind.as_str()));
    valid_path(&path).then_some(Device { path, kind: kind.filter(|kind| valid_kind(kind)) })
}

/// What may follow `smartctl` as a device: it comes from smartctl or the config and goes back as an argument.
pub fn valid_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.:+".contains(c);
    path.starts_with("/dev/") && path.len() <= 200 && path.chars().all(plain) && !path.contains("..")
}

/// What may follow `-d`.
pub fn valid_kind(kind: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || ",/+-_:".contains(c);
    !kind.is_empty() && kind.len() <= 40 && !kind.starts_with('-') && kind.chars().all(plain)
}

/// The answer of `smartctl -j -a`, with or without `-n standby`.
///
/// # Errors
/// It is no JSON, or not smartctl's.
pub fn reading(json: &[u8]) -> Result<Reading, Garbled> {
    let root = root(json)?;
    let messages = messages(&root);
    if messages.iter().any(|(_, says)| is_asleep(says)) {
        return Ok(Reading::Asleep);
    }
    let report = report(&root);
    if says_something(&report) {
        return Ok(Reading::Report(Box::new(report)));
    }
    Ok(Reading::Mute(mute(&root, report, messages)))
}

/// What smartctl itself complained about, errors only, the first: why a command did not do what it should.
///
/// # Errors
/// It is no JSON, or not smartctl's.
pub fn complaint(json: &[u8]) -> Result<Option<String>, Garbled> {
    let root = root(json)?;
    Ok(messages(&root).into_iter().find(|(severity, _)| severity == "error").map(|(_, says)| says))
}

fn root(json: &[u8]) -> Result<Value, Garbled> {
    let root: Value = serde_json::from_slice(json).map_err(|_| Garbled)?;
    if root.is_object() { Ok(root) } else { Err(Garbled) }
}

/// (severity, words)
fn messages(root: &Value) -> Vec<(String, String)> {
    let list = root.pointer("/smartctl/messages").and_then(Value::as_array);
    let said =
        |value: &Value| Some((string(value, "/severity").unwrap_or_default(), string(value, "/string")?));
    list.map_or(&[][..], Vec::as_slice).iter().filter_map(said).collect()
}

/// "Device is in STANDBY mode, exit(2)"; sleep and idle modes alike.
fn is_asleep(says: &str) -> bool {
    says.contains("Device is in ") && says.contains(" mode")
}

fn says_something(report: &Report) -> bool {
    report.passed.is_some() || !report.attributes.is_empty() || !report.figures.is_empty()
}

fn mute(root: &Value, report: Report, messages: Vec<(String, String)>) -> Mute {
    let error = messages.iter().find(|(severity, _)| severity == "error").or(messages.first());
    let says = error.map(|(_, says)| says.clone()).unwrap_or_default();
    let has = |words: &str| messages.iter().any(|(_, says)| says.contains(words));
    if has("USB bridge") {
        return Mute::UsbBridge { says };
    }
    if has("Permission denied") || has("Operation not permitted") {
        return Mute::Denied { says };
    }
    if has("No such device") || has("No such file") || has("No medium") {
        return Mute::Gone { says };
    }
    if has("Unable to detect device type") {
        return Mute::NotDetected { says };
    }
    match (boolean(root, "/smart_support/available"), boolean(root, "/smart_support/enabled")) {
        (Some(false), _) => Mute::NoSmart { model: report.model },
        (_, Some(false)) => Mute::Off,
        _ => Mute::Other { says },
    }
}

fn report(root: &Value) -> Report {
    let attributes = attributes(root);
    let figures = figures(root);
    let counts = counts(root, &attributes);
    Report {
        model: string(root, "/model_name").or_else(|| string(root, "/scsi_model_name")),
        serial: string(root, "/serial_number"),
        firmware: string(root, "/firmware_version").or_else(|| string(root, "/scsi_revision")),
        size_bytes: number(root, "/user_capacity/bytes").or_else(|| number(root, "/nvme_total_capacity")),
        build: build(root),
        passed: boolean(root, "/smart_status/passed"),
        // A disk that does not measure says 0; no running disk has 0 °C.
        temperature_c: integer(root, "/temperature/current").filter(|c| (-40..=200).contains(c) && *c != 0),
        power_on_hours: counts.hours,
        power_cycles: count(root, "/power_cycle_count"),
        spare_threshold_percent: count(root, "/nvme_smart_health_information_log/available_spare_threshold")
            .or_else(|| count(root, "/spare_available/threshold_percent")),
        critical: critical(root),
        errors_logged: count(root, "/ata_smart_error_log/extended/count")
            .or_else(|| count(root, "/ata_smart_error_log/summary/count"))
            .or_else(|| count(root, "/nvme_smart_health_information_log/num_err_log_entries")),
        unsafe_shutdowns: count(root, "/nvme_smart_health_information_log/unsafe_shutdowns"),
        test: self_test(root),
        counts,
        attributes,
        figures,
    }
}

fn build(root: &Value) -> Build {
    let protocol = string(root, "/device/protocol").unwrap_or_default();
    match (protocol.as_str(), number(root, "/rotation_rate")) {
        ("NVMe", _) => Build::Nvme,
        (_, Some(rpm)) if (500..100_000).contains(&rpm) => Build::Hdd { rpm },
        ("ATA", Some(0)) => Build::Ssd,
        ("SCSI", _) => Build::Scsi,
        _ => Build::Unknown,
    }
}

fn attributes(root: &Value) -> Vec<Attribute> {
    let table = root.pointer("/ata_smart_attributes/table").and_then(Value::as_array);
    let attribute = |value: &Value| {
        let raw = string(value, "/raw/string").or_else(|| number(value, "/raw/value").map(|n| n.to_string()));
        Some(Attribute {
            id: number(value, "/id")?,
            name: string(value, "/name").unwrap_or_else(|| "?".to_owned()),
            value: number(value, "/value"),
            worst: number(value, "/worst"),
            threshold: number(value, "/thresh"),
            prefailure: boolean(value, "/flags/prefailure").unwrap_or(false),
            failed: match string(value, "/when_failed").as_deref() {
                Some("now") => Some(Failed::Now),
                Some("past") => Some(Failed::Past),
                _ => None,
            },
            raw: raw.unwrap_or_else(|| "?".to_owned()),
        })
    };
    table.map_or(&[][..], Vec::as_slice).iter().filter_map(attribute).take(ATTRIBUTES_MAX).collect()
}

/// NVMe: every figure of the health log, by name.
fn figures(root: &Value) -> Vec<(String, String)> {
    let log = root.get("nvme_smart_health_information_log").and_then(Value::as_object);
    let shown = |value: &Value| match value {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(cut(text)),
        Value::Array(parts) => {
            Some(parts.iter().filter_map(Value::as_i64).map(|n| n.to_string()).collect::<Vec<_>>().join(" "))
        }
        _ => None,
    };
    let named = |(name, value): (&String, &Value)| Some((cut(name), shown(value)?));
    log.into_iter().flatten().filter_map(named).take(ATTRIBUTES_MAX).collect()
}

fn counts(root: &Value, attributes: &[Attribute]) -> Counts {
    const NVME: &str = "/nvme_smart_health_information_log";
    let nvme = |name: &str| count(root, &format!("{NVME}/{name}"));
    let attribute = |id: u64| {
        let raw = attributes.iter().find(|attribute| attribute.id == id)?.raw.as_str();
        // "3 (0 1)", "31 (Min/Max 31/31)": the count comes first.
        let digits = raw.find(|c: char| !c.is_ascii_digit()).map_or(raw, |end| &raw[..end]);
        digits.parse().ok().filter(|count| *count < ABSURD)
    };
    let uncorrected =
        |what: &str| count(root, &format!("/scsi_error_counter_log/{what}/total_uncorrected_errors"));
    let scsi_media = match (uncorrected("read"), uncorrected("write"), uncorrected("verify")) {
        (None, None, None) => None,
        (read, write, verify) => {
            Some(read.unwrap_or(0).saturating_add(write.unwrap_or(0)).saturating_add(verify.unwrap_or(0)))
        }
    };
    Counts {
        reallocated: attribute(5).or_else(|| count(root, "/scsi_grown_defect_list")),
        pending: attribute(197),
        uncorrectable: attribute(198),
        reported: attribute(187),
        crc: attribute(199),
        media: nvme("media_errors").or(scsi_media),
        used_percent: nvme("percentage_used")
            .or_else(|| count(root, "/endurance_used/current_percent"))
            .or_else(|| count(root, "/scsi_percentage_used_endurance_indicator")),
        spare_percent: nvme("available_spare").or_else(|| count(root, "/spare_available/current_percent")),
        hours: count(root, "/power_on_time/hours").or_else(|| nvme("power_on_hours")),
    }
}

fn critical(root: &Value) -> Vec<Critical> {
    let bits = number(root, "/nvme_smart_health_information_log/critical_warning").unwrap_or(0);
    [
        (0, Critical::SpareLow),
        (1, Critical::Temperature),
        (2, Critical::Unreliable),
        (3, Critical::ReadOnly),
        (4, Critical::BackupFailed),
        (5, Critical::Other),
    ]
    .into_iter()
    .filter(|(bit, _)| bits >> bit & 1 == 1)
    .map(|(_, critical)| critical)
    .collect()
}

fn self_test(root: &Value) -> SelfTest {
    let minutes = |kind: &str| {
        count(root, &format!("/ata_smart_data/self_test/polling_minutes/{kind}")).filter(|m| *m > 0)
    };
    let ata = boolean(root, "/ata_smart_data/capabilities/self_tests_supported");
    let nvme = boolean(root, "/nvme_optional_admin_commands/self_test");
    SelfTest {
        supported: ata.or(nvme),
        running: ata_running(root).or_else(|| nvme_running(root)).or_else(|| scsi_running(root)),
        last: ata_last(root).or_else(|| nvme_last(root)).or_else(|| scsi_last(root)),
        logged: count(root, "/ata_smart_self_test_log/extended/count")
            .or_else(|| count(root, "/ata_smart_self_test_log/standard/count")),
        short_minutes: minutes("short"),
        long_minutes: minutes("extended")
            .or_else(|| count(root, "/nvme_extended_self_test_time_minutes"))
            .or_else(|| count(root, "/scsi_extended_self_test_seconds").map(|s| s.div_ceil(60))),
    }
}

fn ata_running(root: &Value) -> Option<TestRunning> {
    let status = root.pointer("/ata_smart_data/self_test/status")?;
    let value = number(status, "/value")?;
    // The upper half of the byte says "in progress", the lower how many tenths remain.
    (value >> 4 & 0xf == 0xf).then(|| {
        let tenths = u8::try_from(value & 0xf).unwrap_or(0) * 10;
        let told = count(status, "/remaining_percent").and_then(|percent| u8::try_from(percent).ok());
        TestRunning { long: None, remaining_percent: Some(told.unwrap_or(tenths).min(100)) }
    })
}

fn ata_last(root: &Value) -> Option<TestResult> {
    let entry = root
        .pointer("/ata_smart_self_test_log/extended/table/0")
        .or_else(|| root.pointer("/ata_smart_self_test_log/standard/table/0"))?;
    let outcome = match number(entry, "/status/value").map(|value| value >> 4 & 0xf) {
        Some(0) => TestOutcome::Passed,
        Some(1 | 2) => TestOutcome::Aborted,
        Some(3..=8) => TestOutcome::Failed,
        // In progress: not a result yet.
        Some(0xf) => return None,
        _ => match boolean(entry, "/status/passed") {
            Some(true) => TestOutcome::Passed,
            Some(false) => TestOutcome::Failed,
            None => TestOutcome::Unknown,
        },
    };
    Some(TestResult {
        long: match number(entry, "/type/value") {
            Some(1 | 129) => Some(false),
            Some(2 | 130) => Some(true),
            _ => None,
        },
        outcome,
        at_hours: count(entry, "/lifetime_hours"),
        says: string(entry, "/status/string").unwrap_or_default(),
    })
}

fn nvme_running(root: &Value) -> Option<TestRunning> {
    let log = root.get("nvme_self_test_log")?;
    let operation = number(log, "/current_self_test_operation/value")?;
    (operation > 0).then(|| {
        let done = count(log, "/current_self_test_completion_percent").map(|percent| percent.min(100) as u8);
        TestRunning {
            long: match operation {
                1 => Some(false),
                2 => Some(true),
                _ => None,
            },
            remaining_percent: done.map(|done| 100 - done),
        }
    })
}

fn nvme_last(root: &Value) -> Option<TestResult> {
    let entry = root.pointer("/nvme_self_test_log/table/0")?;
    Some(TestResult {
        long: match number(entry, "/self_test_code/value") {
            Some(1) => Some(false),
            Some(2) => Some(true),
            _ => None,
        },
        outcome: match number(entry, "/self_test_result/value")? {
            0 => TestOutcome::Passed,
            1..=4 | 8 | 9 => TestOutcome::Aborted,
            5..=7 => TestOutcome::Failed,
            _ => TestOutcome::Unknown,
        },
        at_hours: count(entry, "/power_on_hours"),
        says: string(entry, "/self_test_result/string").unwrap_or_default(),
    })
}

fn scsi_running(root: &Value) -> Option<TestRunning> {
    let running = boolean(root, "/self_test_in_progress") == Some(true)
        || number(root, "/scsi_self_test_0/result/value") == Some(15);
    running.then_some(TestRunning { long: None, remaining_percent: None })
}

fn scsi_last(root: &Value) -> Option<TestResult> {
    let entries = [root.get("scsi_self_test_0"), root.get("scsi_self_test_1")];
    let entry = entries.into_iter().flatten().find(|entry| number(entry, "/result/value") != Some(15))?;
    let code = string(entry, "/code/string").unwrap_or_default();
    Some(TestResult {
        long: if code.contains("long") {
            Some(true)
        } else if code.contains("short") {
            Some(false)
        } else {
            None
        },
        outcome: match number(entry, "/result/value")? {
            0 => TestOutcome::Passed,
            1 | 2 => TestOutcome::Aborted,
            3..=7 => TestOutcome::Failed,
            _ => TestOutcome::Unknown,
        },
        at_hours: count(entry, "/power_on_time/hours"),
        says: string(entry, "/result/string").unwrap_or_default(),
    })
}

fn number(value: &Value, pointer: &str) -> Option<u64> {
    value.pointer(pointer)?.as_u64()
}

/// A number that can be a count of something on a disk.
fn count(value: &Value, pointer: &str) -> Option<u64> {
    number(value, pointer).filter(|count| *count < ABSURD)
}

fn integer(value: &Value, pointer: &str) -> Option<i64> {
    value.pointer(pointer)?.as_i64()
}

fn boolean(value: &Value, pointer: &str) -> Option<bool> {
    value.pointer(pointer)?.as_bool()
}

/// Text on one line, without control characters; empty is absent.
fn string(value: &Value, pointer: &str) -> Option<String> {
    Some(cut(value.pointer(pointer)?.as_str()?)).filter(|text| !text.is_empty())
}

fn cut(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(TEXT_MAX).collect();
    clean.trim().to_owned()
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;

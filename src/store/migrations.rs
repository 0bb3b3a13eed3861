//! The numbered steps of the schema. A step that has landed is never changed: a correction is a further step.
//! Gaps in the numbers are allowed, so that rooms can land in any order.

/// One file of `migrations/`.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    pub number: u32,
    pub name: &'static str,
    pub sql: &'static str,
}

macro_rules! steps {
    ($($number:literal $name:literal $file:literal),* $(,)?) => {
        &[$(Migration { number: $number, name: $name, sql: include_str!(concat!("migrations/", $file)) }),*]
    };
}

/// In the order of their numbers.
pub const ALL: &[Migration] = steps![
    1 "core" "0001_core.sql",
    2 "telegram" "0002_telegram.sql",
    3 "metrics" "0003_metrics.sql",
    4 "jobs" "0004_jobs.sql",
    5 "alerts" "0005_alerts.sql",
    6 "schedule" "0006_schedule.sql",
    8 "backup" "0008_backup.sql",
    9 "containers" "0009_containers.sql",
    10 "smart" "0010_smart.sql",
    17 "usage" "0017_usage.sql",
    18 "transfers" "0018_transfers.sql",
    19 "transfer_clash" "0019_transfer_clash.sql",
    20 "compose_begun" "0020_compose_begun.sql",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_folder_is_a_step_and_they_are_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/store/migrations");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .expect("the folder is in the source tree")
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        files.sort();
        let steps: Vec<String> = ALL.iter().map(|m| format!("{:04}_{}.sql", m.number, m.name)).collect();
        assert_eq!(files, steps);
        assert!(ALL.is_sorted_by_key(|m| m.number));
    }
}

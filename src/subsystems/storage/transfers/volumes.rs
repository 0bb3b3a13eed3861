//! A file that is larger than Telegram takes, cut into numbered volumes, and the command that joins them again. Pure.

use super::names::plain;

/// More volumes than this are no way to carry a file.
pub const VOLUMES_MAX: u64 = 99;

/// One piece of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volume {
    pub name: String,
    pub from: u64,
    pub bytes: u64,
}

/// How a file goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What the file is called once it is whole again.
    pub whole: String,
    pub volumes: Vec<Volume>,
}

/// `None`: more than [`VOLUMES_MAX`] would be needed. A file within the limit is one volume under its own name.
pub fn plan(name: &str, bytes: u64, limit: u64) -> Option<Plan> {
    let limit = limit.max(1);
    if bytes <= limit {
        let volume = Volume { name: name.to_owned(), from: 0, bytes };
        return Some(Plan { whole: name.to_owned(), volumes: vec![volume] });
    }
    let count = bytes.div_ceil(limit);
    if count > VOLUMES_MAX {
        return None;
    }
    let whole = plain(name);
    // All but the last of one size: evenly, so that the last is not a crumb.
    let each = bytes.div_ceil(count);
    let volumes = (0..count).map(|n| Volume {
        name: format!("{whole}.{:03}", n + 1),
        from: n * each,
        bytes: each.min(bytes - n * each),
    });
    Some(Plan { volumes: volumes.collect(), whole })
}

impl Plan {
    pub fn is_split(&self) -> bool {
        self.volumes.len() > 1
    }

    /// For a shell: puts the volumes together and compares the sum.
    pub fn join_command(&self, sha256: &str) -> String {
        let whole = &self.whole;
        format!("cat {whole}.[0-9][0-9][0-9] > {whole} && echo '{sha256}  {whole}' | sha256sum -c")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_within_the_limit_goes_as_it_is() {
        let plan = plan("my film.mkv", 10, 10).unwrap();
        assert!(!plan.is_split());
        assert_eq!(plan.volumes, [Volume { name: "my film.mkv".into(), from: 0, bytes: 10 }]);
    }

    #[test]
    fn a_larger_one_is_cut_and_the_command_needs_no_quotes() {
        let plan = plan("my film.mkv", 25, 10).unwrap();
        let volumes: Vec<_> = plan.volumes.iter().map(|v| (v.name.as_str(), v.from, v.bytes)).collect();
        assert_eq!(
            volumes,
            [("my_film.mkv.001", 0, 9), ("my_film.mkv.002", 9, 9), ("my_film.mkv.003", 18, 7)]
        );
        assert_eq!(
            plan.join_command("ab12"),
            "cat my_film.mkv.[0-9][0-9][0-9] > my_film.mkv && echo 'ab12  my_film.mkv' | sha256sum -c"
        );
        assert_eq!(super::plan("x", 1000, 10), None);
    }

    proptest! {
        #[test]
        fn volumes_are_the_file_without_gap_or_overlap(bytes in 1u64..100_000, limit in 1u64..5_000) {
            let Some(plan) = plan("x.bin", bytes, limit) else {
                prop_assert!(bytes.div_ceil(limit) > VOLUMES_MAX);
                return Ok(());
            };
            let mut at = 0;
            for volume in &plan.volumes {
                prop_assert_eq!(volume.from, at);
                prop_assert!(volume.bytes > 0 && volume.bytes <= limit);
                at += volume.bytes;
            }
            prop_assert_eq!(at, bytes);
        }
    }
}

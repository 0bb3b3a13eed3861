//! A plan's environment file: `NAME=value` lines as systemd's `EnvironmentFile=` has them. Pure.
//!
//! Values are secrets: they go to the engine's environment and nowhere else. What Cockpit itself sets (repository,
//! password) cannot be set here.

/// Larger is no environment file.
pub const BYTES_MAX: u64 = 64 << 10;

/// Names that would give the engine another repository or a password past the plan's own.
const OURS: [&str; 12] = [
    "RESTIC_REPOSITORY",
    "RESTIC_REPOSITORY_FILE",
    "RESTIC_PASSWORD",
    "RESTIC_PASSWORD_FILE",
    "RESTIC_PASSWORD_COMMAND",
    "RESTIC_PROGRESS_FPS",
    "BORG_REPO",
    "BORG_PASSPHRASE",
    "BORG_PASSPHRASE_FD",
    "BORG_PASSCOMMAND",
    "BORG_NEW_PASSPHRASE",
    "TZ",
];

/// Comments (`#`, `;`), empty lines and what is no assignment are passed over, as are names of ours. `export ` in
/// front is allowed; one pair of quotes around a value goes; nothing in it is expanded.
pub fn parse(text: &str) -> Vec<(String, String)> {
    text.lines()
        .filter_map(|line| {
            let line = line.trim();
            let line = line.strip_prefix("export ").unwrap_or(line);
            let (name, value) = line.split_once('=')?;
            let name = name.trim();
            let good = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
                && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                && !OURS.contains(&name);
            // A NUL would end the variable early.
            let value = unquoted(value.trim());
            (good && !value.contains('\0')).then(|| (name.to_owned(), value.to_owned()))
        })
        .collect()
}

fn unquoted(value: &str) -> &str {
    for quote in ['"', '\''] {
        if let Some(inner) = value.strip_prefix(quote).and_then(|rest| rest.strip_suffix(quote)) {
            return inner;
        }
    }
    value
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_environment_file_is_read_as_systemd_reads_it() {
        let text = "# keys\nAWS_ACCESS_KEY_ID=AKIA\nexport AWS_SECRET_ACCESS_KEY=\"a b=c\"\n\n;x=y\nBORG_RSH='ssh -i /k'\n\
                    RESTIC_PASSWORD=no\nTZ=Asia/Jakarta\n1X=2\nnonsense\nEMPTY=\n";
        let want = [
            ("AWS_ACCESS_KEY_ID", "AKIA"),
            ("AWS_SECRET_ACCESS_KEY", "a b=c"),
            ("BORG_RSH", "ssh -i /k"),
            ("EMPTY", ""),
        ];
        assert_eq!(parse(text), want.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    proptest! {
        #[test]
        fn any_text_gives_only_usable_variables(text in "\\PC{0,200}") {
            for (name, value) in parse(&text) {
                prop_assert!(!name.is_empty() && !name.contains('=') && !value.contains('\0'));
            }
        }
    }
}

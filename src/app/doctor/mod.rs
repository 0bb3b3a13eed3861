//! `doctor`: what Cockpit can use on this machine. Each capability is found or not, with its version, whether this
//! user may use it, and the exact line that mends it. Looks only: changes nothing.

mod probes;

pub use probes::{Looked, examine};

/// How a capability stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    Good,
    /// Not there; what needs it says so on its panel.
    Missing,
    /// There, but not for this user.
    NotAllowed,
    /// Cockpit cannot run without it.
    Fatal,
}

impl Standing {
    fn sign(self) -> &'static str {
        match self {
            Standing::Good => "✔",
            Standing::Missing => "○",
            Standing::NotAllowed => "▲",
            Standing::Fatal => "✖",
        }
    }
}

/// What was found about one capability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// "system bus", "journal".
    pub what: &'static str,
    /// What Cockpit uses it for.
    pub used_for: &'static str,
    pub standing: Standing,
    /// Version, or why not.
    pub found: String,
    /// The line to type, or the sentence; empty when all is well.
    pub mend: String,
}

impl Finding {
    pub fn good(what: &'static str, used_for: &'static str, found: impl Into<String>) -> Finding {
        Finding { what, used_for, standing: Standing::Good, found: found.into(), mend: String::new() }
    }

    pub fn not(mut self, standing: Standing, mend: impl Into<String>) -> Finding {
        self.standing = standing;
        self.mend = mend.into();
        self
    }
}

/// The report as it is printed: worst first would hide the order things are set up in, so it stays.
pub fn render(findings: &[Finding]) -> String {
    let width = findings.iter().map(|finding| finding.what.len()).max().unwrap_or(0);
    let mut out = String::new();
    for finding in findings {
        let Finding { what, used_for, standing, found, mend } = finding;
        out.push_str(&format!("{} {what:width$}  {found}\n", standing.sign()));
        if *standing != Standing::Good {
            out.push_str(&format!("  {:width$}  for: {used_for}\n", ""));
            if !mend.is_empty() {
                out.push_str(&format!("  {:width$}  mend: {mend}\n", ""));
            }
        }
    }
    out
}

/// 0: all that is needed is there; 1: something is missing that panels will miss; 2: Cockpit cannot run.
pub fn exit_code(findings: &[Finding]) -> u8 {
    match findings.iter().map(|finding| finding.standing).max() {
        None | Some(Standing::Good) => 0,
        Some(Standing::Missing | Standing::NotAllowed) => 1,
        Some(Standing::Fatal) => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_what_is_wrong_and_the_line_that_mends_it() {
        let findings = [
            Finding::good("system bus", "services", "systemd 252"),
            Finding::good("journal", "logs of services", "not readable for this user")
                .not(Standing::NotAllowed, "sudo usermod -aG systemd-journal cockpit"),
        ];
        expect_test::expect![[r#"
            ✔ system bus  systemd 252
            ▲ journal     not readable for this user
                          for: logs of services
                          mend: sudo usermod -aG systemd-journal cockpit
        "#]]
        .assert_eq(&render(&findings));
        assert_eq!(exit_code(&findings), 1);
        assert_eq!(exit_code(&findings[..1]), 0);
        assert_eq!(exit_code(&[findings[0].clone().not(Standing::Fatal, "")]), 2);
    }
}

//! For tests: filesystems of their own, in a mount namespace that nobody else sees. Where that is not allowed, the test
//! says so and is skipped.

use std::{fs, path::Path};

/// This test again, alone, in a mount namespace of its own; `false` there where it can mount.
pub fn goes_on_in_a_namespace(name: &str) -> bool {
    if std::env::var_os("COCKPIT_TEST_NAMESPACE").is_some() {
        return false;
    }
    #[expect(clippy::disallowed_methods, reason = "the test runs itself anew, with mounts of its own")]
    let run = std::process::Command::new("unshare")
        .args(["--mount", "--map-root-user", "--"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", name, "--nocapture", "--test-threads=1"])
        .env("COCKPIT_TEST_NAMESPACE", "1")
        .output();
    match run {
        Ok(run) => {
            let said =
                String::from_utf8_lossy(&run.stdout).into_owned() + &String::from_utf8_lossy(&run.stderr);
            if said.contains("unshare:") {
                println!("skipped: no mount namespace here: {said}");
            } else {
                print!("{said}");
                assert!(run.status.success(), "{said}");
            }
        }
        Err(error) => println!("skipped: unshare is not here: {error}"),
    }
    true
}

/// A small filesystem; `false`, with why, where that is not allowed.
pub fn small(at: &Path, size: &str) -> bool {
    fs::create_dir_all(at).unwrap();
    #[expect(clippy::disallowed_methods, reason = "in the test's own mount namespace")]
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"])
        .arg(at)
        .status();
    let mounted = mounted.is_ok_and(|status| status.success());
    if !mounted {
        println!("skipped: no small filesystem can be mounted");
    }
    mounted
}

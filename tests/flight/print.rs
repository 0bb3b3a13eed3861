//! What the program prints when nobody reads it any more.

use std::process::Stdio;

#[tokio::test]
async fn a_reader_that_has_gone_is_no_reason_to_fall_over() {
    for args in [&["actors"][..], &["check", "--config", "config/cockpit.toml"]] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        #[expect(clippy::disallowed_methods, reason = "the product itself, as a child of its test")]
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_cockpit-bot"));
        command.args(args).current_dir(env!("CARGO_MANIFEST_DIR")).stdin(Stdio::null()).stdout(writer);
        let output = command.stderr(Stdio::piped()).kill_on_drop(true).output().await.expect("the binary");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!said.contains("panic"), "{args:?}: {said}");
        assert!(matches!(output.status.code(), Some(0..=2)), "{args:?}: {:?}", output.status);
    }
}

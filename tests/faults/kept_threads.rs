//! An `async fn` that blocks the thread that polls it.

use tokio::process::Command;

use crate::support::within;

/// The only thread of its runtime is blocked: nothing that runs there could notice.
#[tokio::test]
async fn one_that_keeps_its_thread_for_seconds_is_in_the_log() {
    let output = Command::new(env!("CARGO_BIN_EXE_keeping"))
        .args(["call", "3"])
        .env_remove("RUST_LOG")
        .output();
    let output = within(output).await.unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "3\n");
    let log = String::from_utf8(output.stderr).unwrap();
    assert!(
        log.contains("an `async fn` kept its thread for more than"),
        "{log}"
    );
    assert!(log.contains("deployment=model method=\"run\""), "{log}");
}

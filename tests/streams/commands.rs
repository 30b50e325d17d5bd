//! A stream on the command line: `call JSON`.

use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, Command};

use crate::support::within;

fn call(most: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_echoing"))
        .args(["call", most])
        .env_remove("RUST_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn each_item_is_printed_as_a_line_when_it_arrives() {
    let mut child = call("2");
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
    for (said, printed) in [("one", r#""one""#), ("a \"b\"", r#""a \"b\"""#)] {
        stdin
            .write_all(format!("{said}\n").as_bytes())
            .await
            .unwrap();
        let line = within(stdout.next_line()).await.unwrap();
        assert_eq!(line.as_deref(), Some(printed));
    }
    assert_eq!(within(stdout.next_line()).await.unwrap(), None);
    assert!(within(child.wait()).await.unwrap().success());
}

/// The version of a user's binary is known only to the user.
#[tokio::test]
async fn the_version_names_the_binary_and_what_serves_it() {
    let output = Command::new(env!("CARGO_BIN_EXE_echoing"))
        .arg("--version")
        .output();
    let output = within(output).await.unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let version = env!("CARGO_PKG_VERSION"); // of the whole workspace
    assert_eq!(printed, format!("echoing (serve-runtime {version})\n"));
}

#[tokio::test]
async fn an_error_in_the_middle_ends_the_stream_and_sets_the_exit_status() {
    let mut child = call("9");
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"one\nbreak\ntwo\n").await.unwrap();
    let ended = within(child.wait()).await.unwrap();
    assert!(!ended.success());
    let (mut stdout, mut stderr) = (String::new(), String::new());
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    within(out.read_to_string(&mut stdout)).await.unwrap();
    within(err.read_to_string(&mut stderr)).await.unwrap();
    assert_eq!(stdout, "\"one\"\n");
    assert!(stderr.contains("node `lines`: asked to break"), "{stderr}");
}

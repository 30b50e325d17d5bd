//! A process that is killed at any moment, and started again: the last configuration that it has kept is in force.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::Duration;

use serde_json::json;
use tokio::process::Command;

use crate::process::{Process, program};
use crate::support::http::Request;
use crate::support::within;

async fn started(state: &Path) -> (Process, SocketAddr) {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let control = free.local_addr().unwrap();
    drop(free);
    let mut command = Command::new(program("several"));
    let command = command.args(["--port", "0", "--control", &control.to_string()]);
    (
        Process::start(command.arg("--state").arg(state)).await,
        control,
    )
}

fn configured(greeting: usize) -> String {
    format!(
        "applications: [{{ name: greeted, deployments: [{{ name: greeter, user_config: g{greeting} }}] }}]"
    )
}

/// The number of the configuration in force.
async fn in_force(process: &Process) -> usize {
    let answer = Request::post("/")
        .json(json!("Ada"))
        .send(process.address)
        .await;
    let answer = answer.ok();
    let greeting = answer.as_str().unwrap().split(',').next().unwrap();
    match greeting {
        "hello" => 0, // of the program
        greeting => greeting.strip_prefix('g').unwrap().parse().unwrap(),
    }
}

/// How often it is killed: more often if `KILLS` says so.
fn kills() -> usize {
    let kills = std::env::var("KILLS").ok();
    kills.and_then(|kills| kills.parse().ok()).unwrap_or(6)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_last_whole_configuration_is_in_force_again() {
    let directory = tempfile::tempdir().unwrap();
    let state = directory.path().join("state");
    let (mut process, mut control) = started(&state).await;
    let mut last = in_force(&process).await;
    assert_eq!(last, 0);
    for round in 1..=kills() {
        let put = tokio::spawn(async move {
            let request = Request::to("localhost", "PUT", "/api/serve/applications/");
            let mut connection = request.body(configured(round)).start(control).await;
            let mut answer = String::new();
            // Perhaps there is none.
            let _ = tokio::io::AsyncReadExt::read_to_string(&mut connection, &mut answer).await;
        });
        // From before it is read until after it is applied.
        tokio::time::sleep(Duration::from_micros(700 * (round as u64 % 12))).await;
        process.signal("-KILL").await;
        within(put).await.unwrap();
        within(process.ended()).await;
        (process, control) = started(&state).await;
        let now = in_force(&process).await;
        // The whole of it is in force a little later than it is accepted.
        assert!(
            now == round || now == last,
            "round {round}: {now}, after {last}"
        );
        last = now;
    }
    // What is left when it was not killed in the middle of it.
    let request = Request::to("localhost", "PUT", "/api/serve/applications/");
    let answer = request.body(configured(999)).send(control).await;
    assert_eq!(answer.status, 200);
    let applied = "the configuration has been applied";
    process.log.wait(0, 1, applied).await;
    process.signal("-KILL").await;
    process.ended().await;
    let (process, _) = started(&state).await;
    assert_eq!(in_force(&process).await, 999);
    let log = "is in force";
    process.log.wait(0, 1, log).await;
}

#[tokio::test]
async fn a_file_counts_only_where_nothing_is_kept_or_it_wins() {
    let directory = tempfile::tempdir().unwrap();
    let (state, file) = (
        directory.path().join("state"),
        directory.path().join("file.yaml"),
    );
    std::fs::write(&file, configured(1)).unwrap();
    let start = |more: &'static [&'static str]| {
        let mut command = Command::new(program("several"));
        command
            .args(["--port", "0", "--no-control", "--state"])
            .arg(&state);
        command.arg("--config").arg(&file).args(more);
        async move { Process::start(&mut command).await }
    };
    let process = start(&[]).await;
    assert_eq!(in_force(&process).await, 1);
    drop(process);
    std::fs::write(&file, configured(2)).unwrap();
    let process = start(&[]).await;
    assert_eq!(in_force(&process).await, 1);
    process.log.wait(0, 1, "`--config` is not read").await;
    // By SIGHUP it is read, and kept.
    process.signal("-HUP").await;
    process
        .log
        .wait(0, 1, "the configuration has been applied")
        .await;
    assert_eq!(in_force(&process).await, 2);
    drop(process);
    std::fs::write(&file, configured(3)).unwrap();
    let process = start(&[]).await;
    assert_eq!(in_force(&process).await, 2);
    drop(process);
    let process = start(&["--config-wins"]).await;
    assert_eq!(in_force(&process).await, 3);
    // It is of one process at a time.
    let mut second = Command::new(program("several"));
    let second = second.args(["--port", "0", "--state"]).arg(&state).output();
    let second = within(second).await.unwrap();
    let error = String::from_utf8(second.stderr).unwrap();
    assert!(error.contains("another process has it"), "{error}");
}

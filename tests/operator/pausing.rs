//! SIGSTOP and SIGCONT: a process that is suspended for a while, as with its machine.

use std::time::Duration;

use serde_json::json;
use tokio::process::Command;

use crate::process::{Process, program};
use crate::support::http::{Request, answer};

#[tokio::test]
async fn requests_to_a_suspended_process_are_answered_when_it_continues() {
    let process = Process::start(Command::new(program("operated")).args(["--port", "0"])).await;
    // The first checks of both replicas are before it serves.
    process.log.wait(0, 4, "checking").await;
    process.signal("-STOP").await;
    let mut sent = Vec::new();
    // Longer than a health check may take.
    for _ in 0..40 {
        let request = Request::post("/").json(json!("Ada"));
        sent.push(request.start(process.address).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    process.signal("-CONT").await;
    for connection in sent {
        let answer = answer(connection).await;
        assert_eq!(answer.ok(), "hello, Ada!");
    }
    let log = process.log.clone();
    process.signal("-TERM").await;
    assert_eq!(process.ended().await.code(), Some(0));
    log.ended().await;
    // The checks of both replicas are late, but only three in a row count.
    let replaced = log.with(0, "is being replaced");
    assert!(replaced.len() < 2, "{replaced:#?}");
}

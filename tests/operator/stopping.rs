//! SIGTERM, once and twice.

use serde_json::json;
use tokio::process::Command;

use crate::process::{Process, program};
use crate::support::http::{Request, answer};

async fn slow() -> Process {
    Process::start(Command::new(program("slow")).args(["--port", "0"])).await
}

/// One of them is at its node, the others wait for it.
#[tokio::test]
async fn all_requests_in_flight_are_answered_after_sigterm() {
    let mut process = slow().await;
    let mut in_flight = Vec::new();
    for number in 0..10 {
        let request = Request::post("/").json(json!(number));
        in_flight.push(request.start(process.address).await);
    }
    process.stdout.wait(0, 1, "entered").await;
    // The others have been accepted when a later one is answered by the server itself.
    let later = Request::new("GET", "/-/livez").send(process.address).await;
    assert_eq!(later.status, 200);
    process.signal("-TERM").await;
    process.log.wait(0, 1, "stopping").await;
    // One after the other, so that the server waits for them for a while.
    for entered in 1..=10 {
        process.stdout.wait(0, entered, "entered").await;
        process.release(1).await;
    }
    for (number, connection) in in_flight.into_iter().enumerate() {
        assert_eq!(answer(connection).await.ok(), number);
    }
    assert_eq!(process.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_second_sigterm_ends_the_process_at_once() {
    let process = slow().await;
    let request = Request::post("/").json(json!(1));
    let _in_flight = request.start(process.address).await;
    process.stdout.wait(0, 1, "entered").await;
    process.signal("-TERM").await;
    process.log.wait(0, 1, "stopping").await;
    process.signal("-TERM").await;
    // The call is never released.
    assert_eq!(process.ended().await.code(), Some(130));
}

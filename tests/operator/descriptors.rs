//! A process that has no file descriptors left.

use tokio::net::TcpStream;
use tokio::process::Command;

use crate::process::{Process, program};
use crate::support::http::{Request, answer};
use crate::support::within;

const LIMIT: usize = 40;

#[tokio::test]
async fn a_server_without_descriptors_answers_again_when_connections_are_closed() {
    let limited = format!("ulimit -n {LIMIT}; exec \"$0\" --port 0");
    let process =
        Process::start(Command::new("sh").args(["-c", &limited, program("operated")])).await;
    // The kernel accepts them for the process, which cannot take them over.
    let mut open = Vec::new();
    for _ in 0..2 * LIMIT {
        open.push(within(TcpStream::connect(process.address)).await.unwrap());
    }
    process.log.wait(0, 1, "Too many open files").await;
    let livez = Request::new("GET", "/-/livez");
    let waits = livez.start(process.address).await;
    drop(open);
    assert_eq!(answer(waits).await.status, 200);
    assert_eq!(process.greeting().await, "hello, Ada!");
    // Once a second at most.
    let said = process.log.with(0, "Too many open files");
    assert!(said.len() < 60, "{said:#?}");
    process.signal("-TERM").await;
    assert_eq!(process.ended().await.code(), Some(0));
}

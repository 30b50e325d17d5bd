//! A real process that is stopped, killed, and started again.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};

use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::support::http::{Request, answer};
use crate::support::within;

/// A serving process; killed when it is dropped.
struct Process {
    child: Child,
    address: SocketAddr,
    stdin: ChildStdin,
    stdout: Lines<BufReader<ChildStdout>>,
}

fn command(port: u16) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_slow"));
    command
        .args(["--port", &port.to_string()])
        .env_remove("RUST_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

impl Process {
    /// Starts a process, and waits until it says that it is ready.
    async fn start(port: u16) -> Self {
        let mut child = command(port).stderr(Stdio::null()).spawn().unwrap();
        let stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = within(stdout.next_line()).await.unwrap().unwrap();
        let url = ready.strip_prefix("serving slow on http://").unwrap();
        Process {
            address: url.trim_end_matches('/').parse().unwrap(),
            child,
            stdin,
            stdout,
        }
    }

    /// Sends a request, and waits until it has reached its node.
    async fn request(&mut self, number: u32) -> TcpStream {
        let request = Request::post("/").json(json!(number));
        let connection = request.start(self.address).await;
        let line = within(self.stdout.next_line()).await.unwrap();
        assert_eq!(line.as_deref(), Some("entered"));
        connection
    }

    /// Lets one request continue.
    async fn release(&mut self) {
        within(self.stdin.write_all(b"go\n")).await.unwrap();
    }

    async fn signal(&self, signal: &str) {
        let pid = self.child.id().unwrap();
        let kill = format!("kill -{signal} {pid}");
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(within(sent).await.unwrap().success());
    }

    async fn ended(&mut self) -> ExitStatus {
        within(self.child.wait()).await.unwrap()
    }
}

async fn stops_at(signal: &str) {
    let mut process = Process::start(0).await;
    let in_flight = process.request(7).await;
    process.signal(signal).await;
    let refused = async { while TcpStream::connect(process.address).await.is_ok() {} };
    within(refused).await;
    process.release().await;
    assert_eq!(answer(in_flight).await.ok(), 7);
    assert_eq!(process.ended().await.code(), Some(0));
}

#[tokio::test]
async fn a_process_that_is_terminated_answers_requests_in_flight() {
    stops_at("TERM").await;
}

#[tokio::test]
async fn a_process_that_is_interrupted_answers_requests_in_flight() {
    stops_at("INT").await;
}

#[tokio::test]
async fn a_process_that_was_killed_can_be_started_again_at_once() {
    let mut first = Process::start(0).await;
    let mut in_flight = first.request(1).await;
    first.signal("KILL").await;
    assert_eq!(first.ended().await.code(), None);
    let mut rest = Vec::new();
    let _ = within(in_flight.read_to_end(&mut rest)).await; // an end or a reset, but no wait
    assert!(rest.is_empty());

    let mut second = Process::start(first.address.port()).await;
    let request = second.request(2).await;
    second.release().await;
    assert_eq!(answer(request).await.ok(), 2);
}

#[tokio::test]
async fn a_port_in_use_ends_the_process_with_a_plain_message() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = taken.local_addr().unwrap();
    let output = within(command(address.port()).output()).await.unwrap();
    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8(output.stderr).unwrap();
    let expected = format!("Error: cannot listen on {address}: ");
    assert!(message.starts_with(&expected), "{message}");
    assert_eq!(message.lines().count(), 1, "{message}");
    assert!(output.stdout.is_empty());
}

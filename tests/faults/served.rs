//! Over HTTP: types that panic while they are read or written, files that block, and wrong options.

use std::process::Stdio;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use serve_runtime::ingress::{Server, ServerOptions};
use serve_runtime::prelude::*;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::http::{Request, serve};
use crate::support::within;

/// The number 13 panics when it is read and when it is written.
struct Unlucky(u32);

impl<'de> Deserialize<'de> for Unlucky {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let number = u32::deserialize(deserializer)?;
        assert_ne!(number, 13, "read");
        Ok(Unlucky(number))
    }
}

impl Serialize for Unlucky {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert_ne!(self.0, 13, "written");
        self.0.serialize(serializer)
    }
}

#[deployment]
async fn next(number: Unlucky) -> Unlucky {
    Unlucky(number.0 + 1)
}

#[deployment]
fn up_to(number: u32) -> impl Iterator<Item = Unlucky> {
    (number - 2..=number).map(Unlucky)
}

#[graph]
fn counting() -> Unlucky {
    route("/", |number: Unlucky| next(number));
    route("/up-to", |number: u32| -> Streaming<Unlucky> {
        up_to(number)
    });
}

#[tokio::test]
async fn a_panic_of_a_type_that_is_read_or_written_is_an_answer() {
    let server = serve(counting()).await;
    for number in [13, 12] {
        let answer = within(server.post(json!(number))).await;
        assert_eq!(answer.status, 500, "{answer:?}");
        assert_eq!(answer.json(), json!({ "error": "internal error" }));
    }
    assert_eq!(within(server.post(json!(1))).await.ok(), 2);
    let stream = Request::post("/up-to").json(json!(13));
    let answer = within(stream.send(server.address)).await;
    assert!(answer.body.contains("12\n"), "{answer:?}");
    assert!(
        answer
            .body
            .contains(r#"{"error":{"error":"internal error"}}"#),
        "{answer:?}"
    );
}

#[tokio::test]
async fn the_error_for_a_wrong_http_method_says_so() {
    let server = serve(counting()).await;
    let answer = within(server.post_to("/-/healthz", json!(1))).await;
    assert_eq!(answer.status, 405);
    assert_eq!(
        answer.json(),
        json!({ "error": "this path does not accept that method" })
    );
}

#[tokio::test]
async fn options_that_would_refuse_every_request_are_refused() {
    let refused = async |options: ServerOptions| {
        let server = Server::new()
            .application(counting())
            .options(options.port(0));
        let error = within(server.run_until(std::future::ready(()))).await;
        error.map_err(|error| error.to_string())
    };
    assert_eq!(
        refused(ServerOptions::new().max_ongoing_requests(0)).await,
        Err("`max_ongoing_requests` must be a whole number of at least 1, but is 0".to_owned())
    );
    let for_ever = ServerOptions::new().graceful_shutdown_timeout(Duration::MAX);
    assert_eq!(refused(for_ever).await, Ok(()));
}

/// A serving process, which is killed when it is dropped, and its address.
#[cfg(unix)]
struct Process {
    child: tokio::process::Child,
    lines: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
    address: std::net::SocketAddr,
}

#[cfg(unix)]
impl Process {
    async fn start(command: &mut Command) -> Self {
        let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let ready = within(lines.next_line()).await.unwrap().unwrap();
        let (_, address) = ready.split_once("://").unwrap();
        Process {
            address: address.trim_end_matches('/').parse().unwrap(),
            child,
            lines,
        }
    }

    async fn signal(&self, signal: &str) {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(within(sent).await.unwrap().success());
    }

    async fn ended(mut self) -> std::process::ExitStatus {
        within(self.child.wait()).await.unwrap()
    }
}

/// A pipe without a writer.
#[cfg(unix)]
#[tokio::test]
async fn a_file_that_blocks_does_not_delay_requests() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("options.yaml");
    std::fs::write(&file, "deployments: []").unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_configured"));
    command.args(["run", "--port", "0", "--config"]).arg(&file);
    let serving = Process::start(command.env("TOKIO_WORKER_THREADS", "1")).await;

    std::fs::remove_file(&file).unwrap();
    let made = Command::new("mkfifo").arg(&file).status();
    assert!(within(made).await.unwrap().success());
    serving.signal("-HUP").await;
    for _ in 0..10 {
        let request = Request::post("/").json(json!("Ada"));
        let answer = within(request.send(serving.address)).await;
        assert_eq!(answer.ok(), "hello, Ada!");
    }
    serving.signal("-TERM").await;
    assert!(serving.ended().await.success());
}

#[cfg(unix)]
#[tokio::test]
async fn a_second_signal_ends_a_process_whose_threads_are_all_blocked() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_blocking"));
    let mut serving = Process::start(command.args(["--port", "0"])).await;
    let request = Request::post("/").json(json!(1));
    let _connection = request.start(serving.address).await;
    let line = within(serving.lines.next_line()).await.unwrap();
    assert_eq!(line.as_deref(), Some("entered"));
    serving.signal("-TERM").await;
    // Two signals at the same time count as one.
    let ended = async {
        loop {
            serving.signal("-TERM").await;
            let wait =
                tokio::time::timeout(std::time::Duration::from_millis(20), serving.child.wait());
            if let Ok(ended) = wait.await {
                return ended.unwrap();
            }
        }
    };
    assert_eq!(within(ended).await.code(), Some(130));
}

/// A disk that is full.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn output_that_cannot_be_written_is_an_error() {
    for arguments in [&["call", "\"Ada\""][..], &["build"], &["graph"]] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_configured"));
        let run = command.args(arguments).stdout(full).stderr(Stdio::piped());
        let output = run.spawn().unwrap().wait_with_output();
        let output = within(output).await.unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = "Error: cannot write to the standard output: ";
        assert!(said.contains(expected), "{said}");
    }
}

//! A process that serves, and its log.

use std::net::SocketAddr;
use std::process::{ExitStatus, Stdio};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};
use tokio::sync::watch;

use crate::support::http::{Request, answer};
use crate::support::within;

/// A program that is served by these tests.
pub fn program(name: &str) -> &'static str {
    match name {
        "operated" => env!("CARGO_BIN_EXE_operated"),
        "several" => env!("CARGO_BIN_EXE_several"),
        "slow" => env!("CARGO_BIN_EXE_slow"),
        _ => panic!("there is no program `{name}`"),
    }
}

/// The lines of a stream, which can be waited for.
#[derive(Clone)]
pub struct Lines(watch::Receiver<Vec<String>>);

impl Lines {
    fn of(stream: impl AsyncRead + Unpin + Send + 'static) -> Self {
        let (lines, received) = watch::channel(Vec::new());
        tokio::spawn(async move {
            let mut stream = BufReader::new(stream).lines();
            while let Ok(Some(line)) = stream.next_line().await {
                lines.send_modify(|lines| lines.push(line));
            }
        });
        Lines(received)
    }

    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Those from `start` on that have `part` in them.
    pub fn with(&self, start: usize, part: &str) -> Vec<String> {
        let lines = self.0.borrow();
        let lines = lines.iter().skip(start);
        lines.filter(|line| line.contains(part)).cloned().collect()
    }

    /// Waits until the process has ended, and with it the lines.
    pub async fn ended(&self) {
        let mut lines = self.0.clone();
        within(async { while lines.changed().await.is_ok() {} }).await;
    }

    /// Waits until as many lines from `start` on have `part` in them, and returns the last one.
    #[track_caller]
    pub fn wait(&self, start: usize, count: usize, part: &str) -> impl Future<Output = String> {
        let mut lines = self.0.clone();
        let part = part.to_owned();
        within(async move {
            loop {
                let found = Lines(lines.clone()).with(start, &part);
                if found.len() >= count {
                    return found.last().cloned().unwrap();
                }
                let now = lines.borrow_and_update().len();
                let more = lines.wait_for(|lines| lines.len() > now).await.is_ok();
                assert!(
                    more,
                    "the process has ended without `{part}`: {:#?}",
                    lines.borrow()
                );
            }
        })
    }
}

/// A process that serves; it is killed when it is dropped.
pub struct Process {
    child: Child,
    pub address: SocketAddr,
    pub stdin: ChildStdin,
    pub stdout: Lines,
    pub log: Lines,
}

impl Process {
    /// Starts a command, and waits until it serves.
    pub async fn start(command: &mut Command) -> Self {
        let mut child = command
            .env_remove("RUST_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stdin = child.stdin.take().unwrap();
        let stdout = Lines::of(child.stdout.take().unwrap());
        let log = Lines::of(child.stderr.take().unwrap());
        let ready = stdout.wait(0, 1, "http://").await;
        let (_, url) = ready.split_once("http://").unwrap();
        Process {
            address: url.split('/').next().unwrap().parse().unwrap(),
            child,
            stdin,
            stdout,
            log,
        }
    }

    pub async fn signal(&self, signal: &str) {
        let pid = self.child.id().unwrap().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(within(sent).await.unwrap().success());
    }

    /// Writes so many lines to its standard input.
    pub async fn release(&mut self, lines: usize) {
        let lines = "go\n".repeat(lines);
        within(self.stdin.write_all(lines.as_bytes()))
            .await
            .unwrap();
    }

    pub async fn ended(mut self) -> ExitStatus {
        within(self.child.wait()).await.unwrap()
    }

    /// The answer of `operated`, which is that of each of its replicas.
    pub async fn greeting(&self) -> String {
        let mut sent = Vec::new();
        for _ in 0..8 {
            let request = Request::post("/").json(json!("Ada"));
            sent.push(request.start(self.address).await);
        }
        let mut greetings = Vec::new();
        for connection in sent {
            greetings.push(answer(connection).await.ok());
        }
        greetings.dedup();
        match &greetings[..] {
            [Value::String(greeting)] => greeting.clone(),
            _ => panic!("{greetings:?}"),
        }
    }
}

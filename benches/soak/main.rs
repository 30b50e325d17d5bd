//! Random requests and random faults for any length of time, and the properties that must hold meanwhile.
//!
//! `cargo run --release -p serve-benches --bin soak -- --seconds 60 --seed 1`
//!
//! Callers call a graph with every engine, each request at random on time, late, panicking or given up by its caller;
//! clients send to the same graph over HTTP, and read at once, slowly, half-way or not at all. Meanwhile the deployments
//! are scaled, reconfigured and updated, files that are right, wrong or absurd are applied, and constructors and health
//! checks fail for seconds. Each request has one answer, its own. After each tenth every deployment is healthy within a
//! minute, as many instances live as replicas are listed, and threads, files and memory are as after the first one.

#![allow(unreachable_pub, clippy::unwrap_used)]

mod callers;
mod changes;
mod clients;
mod faults;
mod graph;
mod random;

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serve_runtime::config::Config;
use serve_runtime::ingress::{Server, ServerOptions};
use serve_runtime::prelude::*;
use serve_runtime::{DeploymentStatus, Status};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use self::clients::File;
use self::graph::{CALLED, COUNTED, EverythingGraphHandle, SERVED, STREAMS, everything, served};

const CALLERS: u64 = 24;
const CLIENTS: u64 = 12;
/// How many replicas the served application has as it is bound.
const BOUND: i64 = 6;
/// How long all may take to be well after the last fault.
const HEALED: Duration = Duration::from_secs(60);
/// How much the process may grow after the first tenth.
const MEMORY_KIB: i64 = 64 * 1024;
const THREADS: i64 = 8;
const FILES: i64 = 8;

type App = Arc<Deployed<EverythingGraphHandle>>;
type Outcomes = BTreeMap<String, u64>;

/// The memory of the process in KiB, its threads and its files.
fn process() -> [i64; 3] {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count) as i64;
    let of = |name| field(name).unwrap_or(0);
    [of("VmRSS:"), of("Threads:"), files]
}

fn argument(name: &str, default: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    let value = arguments.nth(1).map(|value| value.parse());
    value.map_or(default, |value| value.expect("a number"))
}

/// The application over HTTP.
struct Http {
    address: SocketAddr,
    file: File,
    stop: oneshot::Sender<()>,
    server: tokio::task::JoinHandle<Result<()>>,
}

impl Http {
    async fn serve() -> Self {
        let file = File::default();
        let (ready, address) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let read = Arc::clone(&file);
        let server = Server::new()
            .application(served(&SERVED))
            .options(ServerOptions::new().port(0).max_ongoing_requests(64))
            .on_hangup(move || Config::from_yaml(&read.lock().unwrap()))
            .on_ready(move |address| ready.send(address).expect("one that waits"));
        let server = tokio::spawn(server.run_until(async move { drop(stopped.await) }));
        Http {
            address: address.await.expect("a server that is ready"),
            file,
            stop,
            server,
        }
    }

    async fn stop(self) {
        let _ = self.stop.send(());
        let stopped = timeout(Duration::from_secs(30), self.server).await;
        stopped.expect("the server hangs").unwrap().unwrap();
    }
}

#[tokio::main]
async fn main() {
    let (seconds, seed) = (argument("--seconds", 60), argument("--seed", 1));
    std::panic::set_hook(Box::new(|panic| {
        let text = panic.to_string();
        if !text.contains("unlucky") {
            eprintln!("{text}");
        }
    }));
    let app: App = Arc::new(deploy(everything(&CALLED)).await.unwrap());
    let http = Http::serve().await;
    let sent = Arc::new(AtomicU64::new(0));
    let (mut all, mut made, mut broken, mut settled) = (Outcomes::new(), 0, 0, None);
    // In rounds: between them nothing is in flight, and everything can be counted.
    for round in 0..10 {
        let end = Instant::now() + Duration::from_millis(seconds * 100);
        let seed = seed * 1_000_000 + round * 1_000;
        let callers = (1..=CALLERS).map(|number| {
            let app = Arc::clone(&app);
            tokio::spawn(callers::caller(app, seed + number, end, Arc::clone(&sent)))
        });
        let clients = (1..=CLIENTS).map(|number| {
            let seed = seed + CALLERS + number;
            let sent = Arc::clone(&sent);
            tokio::spawn(clients::client(http.address, seed, end, sent))
        });
        let requests: Vec<_> = callers.chain(clients).collect();
        let faults = tokio::spawn(faults::break_now_and_then(seed, end));
        let hung_up = tokio::spawn(clients::hang_up(Arc::clone(&http.file), seed, end));
        let changing = tokio::spawn(changes::changes(Arc::clone(&app), seed, end));
        for request in requests {
            for (outcome, count) in request.await.unwrap() {
                *all.entry(outcome).or_default() += count;
            }
        }
        made += changing.await.unwrap() + hung_up.await.unwrap();
        broken += faults.await.unwrap();
        let counted: u64 = all.values().sum();
        assert_eq!(counted, sent.load(Ordering::SeqCst), "answered once each");
        // Only now: it would be refused while constructors fail. What the file leaves out is as bound.
        clients::apply(&http.file, "deployments: []\n".to_owned());
        changes::ask_again(&app).await;
        quiet(&app, http.address).await;
        let now = process();
        let before = settled.get_or_insert(now);
        let grown = [0, 1, 2].map(|of| now[of] - before[of]);
        println!(
            "{round}: {counted} requests, {made} changes, {broken} faults; KiB, threads, files: {now:?}"
        );
        let max = [MEMORY_KIB, THREADS, FILES];
        assert!(
            grown.iter().zip(max).all(|(grown, max)| *grown <= max),
            "{grown:?}"
        );
    }
    http.stop().await;
    let app = Arc::into_inner(app).expect("the last reference");
    timeout(Duration::from_secs(30), Deployed::shutdown(app))
        .await
        .expect("the shutdown hangs");
    println!("seed {seed}: {all:?}");
}

/// Waits until every deployment is as it should be, and nothing lives that is not listed.
async fn quiet(app: &App, address: SocketAddr) {
    let is_quiet = || {
        let status = Deployed::control(app).status();
        let counted = status.iter().filter(|one| COUNTED.contains(&&*one.name));
        let listed: usize = counted.map(|one| one.replicas.len()).sum();
        let healthy = |one: &DeploymentStatus| one.status == Status::Healthy;
        let alive = [&CALLED, &SERVED, &STREAMS].map(|tally| tally.load(Ordering::SeqCst));
        (status.iter().all(healthy) && alive == [listed as i64, BOUND, 0])
            .then_some(())
            .ok_or_else(|| format!("{alive:?} live, not {listed}, {BOUND} and 0, of {status:?}"))
    };
    let begun = Instant::now();
    loop {
        match is_quiet() {
            Ok(()) if clients::is_healthy(address).await => return,
            Err(error) if begun.elapsed() > HEALED => panic!("{error}"),
            _ => sleep(Duration::from_millis(10)).await,
        }
        assert!(begun.elapsed() < HEALED * 2, "the server is not healthy");
    }
}

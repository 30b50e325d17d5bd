//! Random requests and random faults for any length of time, and the properties that must hold meanwhile.
//!
//! `cargo run --release -p serve-benches --bin soak -- --seconds 60 --seed 1`
//!
//! Callers call a graph with every engine, each request at random on time, late, panicking or given up by
//! its caller, while the deployments are scaled, reconfigured and updated. Each request is
//! answered exactly once; in the end as many instances live as replicas are listed, and threads, files
//! and memory are as they were after the first tenth.

#![allow(unreachable_pub, clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serve_runtime::Request;
use serve_runtime::prelude::*;
use tokio::time::{sleep, timeout};

const CALLERS: u64 = 32;
/// How much the process may grow after the first tenth.
const MEMORY_KIB: i64 = 64 * 1024;
const THREADS: i64 = 8;
const FILES: i64 = 8;

/// The instances that exist.
static ALIVE: AtomicI64 = AtomicI64::new(0);

struct Alive;

impl Alive {
    fn new() -> Self {
        ALIVE.fetch_add(1, Ordering::SeqCst);
        Alive
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        ALIVE.fetch_sub(1, Ordering::SeqCst);
    }
}

/// One request in two hundred makes each of these panic.
fn unless_unlucky(x: u64, salt: u64) -> u64 {
    assert_ne!(
        (x ^ salt).wrapping_mul(0x9E37_79B9_7F4A_7C15) % 200,
        0,
        "unlucky"
    );
    x
}

macro_rules! deployments {
    ($($Name:ident, $salt:literal, [$($option:tt)*], { $($method:tt)* })*) => { $(
        #[deployment($($option)* max_queued_requests = 64)]
        struct $Name(#[allow(dead_code)] Alive);

        #[deployment]
        impl $Name {
            fn new() -> Self {
                $Name(Alive::new())
            }

            $($method)*

            fn reconfigure(&mut self, to: u32) {
                let _ = to;
            }

            fn check_health(&self) {}
        }
    )* };
}

deployments! {
    Computing, 1, [num_replicas = 2,], {
        fn run(&mut self, x: u64) -> u64 {
            std::thread::sleep(Duration::from_micros(x % 300));
            unless_unlucky(x, 1)
        }
    }
    InPlace, 2, [num_replicas = 2, max_ongoing_requests = 4,], {
        async fn run(&self, x: u64) -> u64 {
            sleep(Duration::from_micros(x % 500)).await;
            unless_unlucky(x, 2)
        }
    }
    Mixed, 3, [max_ongoing_requests = 8,], {
        async fn look(&self, x: u64) -> u64 {
            tokio::task::yield_now().await;
            unless_unlucky(x, 3)
        }

        fn run(&self, x: u64) -> u64 {
            unless_unlucky(x, 4)
        }
    }
    Batched, 5, [], {
        #[batch(max_batch_size = 8, batch_wait_timeout_s = 0.001)]
        fn run(&mut self, xs: Vec<u64>) -> Vec<u64> {
            std::thread::sleep(Duration::from_micros(200));
            xs.into_iter().map(|x| unless_unlucky(x, 5)).collect()
        }
    }
}

#[deployment]
fn function(x: u64) -> u64 {
    unless_unlucky(x, 6)
}

#[deployment]
async fn last(x: u64, a: u64, b: u64, c: u64, d: u64) -> u64 {
    assert!([a, b, c, d].iter().all(|other| *other == x), "mixed up");
    x
}

#[graph]
fn everything() -> u64 {
    let computing = Computing::bind().user_config(0);
    let in_place = InPlace::bind().user_config(0);
    let mixed = Mixed::bind().user_config(0);
    let batched = Batched::bind().user_config(0);
    input(|x: u64| {
        let first = function(x);
        let a = computing.run(first);
        let b = in_place.run(first);
        let c = mixed.run(mixed.look(first));
        last(first, a, b, c, batched.run(first))
    })
}

/// xorshift: a seed gives the same numbers everywhere.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, max: u64) -> u64 {
        self.next() % max
    }
}

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

type App = Arc<serve_runtime::Deployed<EverythingGraphHandle>>;
type Outcomes = BTreeMap<String, u64>;

/// Calls until the end, and counts the results.
async fn caller(app: App, seed: u64, end: Instant, sent: Arc<AtomicU64>) -> Outcomes {
    let (mut random, mut outcomes) = (Random::new(seed), Outcomes::new());
    while Instant::now() < end {
        let x = random.next();
        sent.fetch_add(1, Ordering::SeqCst);
        let patience = Duration::from_micros(random.below(2_000));
        let call = app.call(x);
        let outcome = match random.below(10) {
            0 => timeout(patience, call).await.ok(),
            1 => {
                let deadline = tokio::time::Instant::now() + patience;
                let request = Request::new("soak").with_deadline(deadline);
                Some(request.scope(call).await)
            }
            // Nothing here takes that long: a call that waits longer has been forgotten.
            _ => Some(
                timeout(Duration::from_secs(30), call)
                    .await
                    .expect("a request hangs"),
            ),
        };
        let name = match outcome {
            None => "vanished".to_owned(),
            Some(Ok(answer)) => {
                assert_eq!(answer, x, "the answer of another request");
                "answered".to_owned()
            }
            Some(Err(error)) => format!("{:?}", error.kind()),
        };
        *outcomes.entry(name).or_default() += 1;
    }
    outcomes
}

/// Changes one deployment at a time; each change must succeed.
async fn changes(app: App, seed: u64, end: Instant) -> u64 {
    let (mut random, mut made) = (Random::new(seed), 0);
    let control = Deployed::control(&app);
    let computing = control.deployment::<Computing>("computing").unwrap();
    let in_place = control.deployment::<InPlace>("in_place").unwrap();
    let mixed = control.deployment::<Mixed>("mixed").unwrap();
    let batched = control.deployment::<Batched>("batched").unwrap();
    while Instant::now() < end {
        let replicas = 1 + random.below(4) as u32;
        macro_rules! change {
            ($control:ident, $Name:ident) => {
                match random.below(3) {
                    0 => $control.scale(replicas).await,
                    1 => $control.reconfigure(replicas).await,
                    _ => {
                        let bound = $Name::bind().user_config(1).num_replicas(replicas);
                        $control.update(bound).await
                    }
                }
            };
        }
        let change = async {
            match random.below(4) {
                0 => change!(computing, Computing),
                1 => change!(in_place, InPlace),
                2 => change!(mixed, Mixed),
                _ => change!(batched, Batched),
            }
        };
        let changed = timeout(Duration::from_secs(30), change).await;
        // A replica that panics in a call while it is reconfigured fails that command; it is replaced.
        if let Err(error) = changed.expect("a change hangs") {
            assert!(
                error.to_string().ends_with("is gone"),
                "a change failed: {error}"
            );
        }
        made += 1;
        sleep(Duration::from_millis(20)).await;
    }
    made
}

fn argument(name: &str, default: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    let value = arguments.nth(1).map(|value| value.parse());
    value.map_or(default, |value| value.expect("a number"))
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
    let app: App = Arc::new(deploy(everything()).await.unwrap());
    let sent = Arc::new(AtomicU64::new(0));
    let (mut all, mut made, mut settled) = (Outcomes::new(), 0, None);
    // In rounds: between them nothing is in flight, and everything can be counted.
    for round in 0..10 {
        let end = Instant::now() + Duration::from_millis(seconds * 100);
        let callers = (0..CALLERS).map(|caller_number| {
            let seed = seed * 1_000_000 + round * CALLERS + caller_number + 1;
            tokio::spawn(caller(Arc::clone(&app), seed, end, Arc::clone(&sent)))
        });
        let callers: Vec<_> = callers.collect();
        let changing = tokio::spawn(changes(Arc::clone(&app), seed + round, end));
        for caller in callers {
            for (outcome, count) in caller.await.unwrap() {
                *all.entry(outcome).or_default() += count;
            }
        }
        made += changing.await.unwrap();
        let counted: u64 = all.values().sum();
        assert_eq!(counted, sent.load(Ordering::SeqCst), "answered once each");
        quiet(&app).await;
        let now = process();
        let before = settled.get_or_insert(now);
        let grown = [0, 1, 2].map(|of| now[of] - before[of]);
        println!("{round}: {counted} requests, {made} changes; KiB, threads, files: {now:?}");
        let max = [MEMORY_KIB, THREADS, FILES];
        assert!(
            grown.iter().zip(max).all(|(grown, max)| *grown <= max),
            "{grown:?}"
        );
    }
    let app = Arc::into_inner(app).expect("the last reference");
    timeout(Duration::from_secs(30), Deployed::shutdown(app))
        .await
        .expect("the shutdown hangs");
    println!("seed {seed}: {all:?}");
}

/// Waits until every deployment is as it should be, and no instance exists that is not listed.
async fn quiet(app: &App) {
    let is_quiet = || {
        let status = Deployed::control(app).status();
        let listed: usize = status
            .iter()
            .map(|deployment| deployment.replicas.len())
            .sum();
        let healthy = |deployment: &serve_runtime::DeploymentStatus| {
            deployment.status == serve_runtime::Status::Healthy
        };
        let functions = status.iter().filter(|deployment| {
            !["Computing", "InPlace", "Mixed", "Batched"].contains(&&*deployment.name)
        });
        let functions: usize = functions.map(|deployment| deployment.replicas.len()).sum();
        let alive = ALIVE.load(Ordering::SeqCst);
        (status.iter().all(healthy) && alive as usize == listed - functions)
            .then_some(())
            .ok_or_else(|| format!("{alive} instances live, of {status:?}"))
    };
    for _ in 0..3_000 {
        if is_quiet().is_ok() {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{:?}", is_quiet());
}

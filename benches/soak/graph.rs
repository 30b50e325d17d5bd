//! What is called: every engine, with constructors, health checks and calls that fail for a while.

use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use serve_runtime::prelude::*;
use tokio::time::sleep;

/// Whether constructors fail now.
pub static CONSTRUCTORS_FAIL: AtomicBool = AtomicBool::new(false);
/// Whether health checks fail now.
pub static CHECKS_FAIL: AtomicBool = AtomicBool::new(false);

/// How many of something there are.
pub type Tally = &'static AtomicI64;

/// The instances of the application that is called in this process.
pub static CALLED: AtomicI64 = AtomicI64::new(0);
/// The instances of the application that is served over HTTP.
pub static SERVED: AtomicI64 = AtomicI64::new(0);
/// The streams that have not ended.
pub static STREAMS: AtomicI64 = AtomicI64::new(0);

/// One of a tally.
pub struct Alive(Tally);

impl Alive {
    fn of(tally: Tally) -> Self {
        tally.fetch_add(1, Ordering::SeqCst);
        Alive(tally)
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn unless_broken(is_broken: &AtomicBool, what: &str) -> Result<()> {
    match is_broken.load(Ordering::SeqCst) {
        true => Err(Error::upstream(what)),
        false => Ok(()),
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
        #[deployment($($option)* max_queued_requests = 64, health_check_period_s = 0.2)]
        pub struct $Name(#[allow(dead_code)] Alive);

        #[deployment]
        impl $Name {
            pub fn new(tally: Tally) -> Result<Self> {
                unless_broken(&CONSTRUCTORS_FAIL, "no weights")?;
                Ok($Name(Alive::of(tally)))
            }

            $($method)*

            fn reconfigure(&mut self, to: u32) {
                let _ = to;
            }

            fn check_health(&self) -> Result<()> {
                unless_broken(&CHECKS_FAIL, "not well")
            }
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

/// The deployments that count their instances.
pub const COUNTED: [&str; 4] = ["computing", "in_place", "mixed", "batched"];

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
pub fn everything(tally: Tally) -> u64 {
    let computing = Computing::bind(tally).user_config(0);
    let in_place = InPlace::bind(tally).user_config(0);
    let mixed = Mixed::bind(tally).user_config(0);
    let batched = Batched::bind(tally).user_config(0);
    input(|x: u64| {
        let first = function(x);
        let a = computing.run(first);
        let b = in_place.run(first);
        let c = mixed.run(mixed.look(first));
        last(first, a, b, c, batched.run(first))
    })
}

/// As many items as are asked for, on a thread.
#[deployment(num_replicas = 8, max_queued_requests = 64)]
fn items(count: usize) -> impl Iterator<Item = String> {
    let alive = Alive::of(&STREAMS);
    (0..count).map(move |item| {
        let _ = &alive;
        format!("{item}: {}", "x".repeat(1_000))
    })
}

#[graph]
pub fn served(tally: Tally) {
    let everything = everything::bind(tally);
    route("/all", |x: u64| -> u64 { everything.call(x) });
    route("/items", |count: usize| -> Streaming<String> {
        items(count)
    });
}

//! Measures several forms of the same work against the first of them, in one run.
//!
//! The machine may be busy with other things, so an absolute time means nothing: the forms take
//! turns in short rounds, and each is compared with the baseline of the same round. The median of
//! these ratios is printed.

use std::future::Future;
use std::hint::black_box;
use std::pin::pin;
use std::time::Instant;

/// Rounds that every form runs.
const ROUNDS: usize = 101;
/// Requests a round.
const REQUESTS: u64 = 20_000;

/// One form of the work, as a function that runs a round and returns its nanoseconds a request.
pub struct Form<'a> {
    name: &'static str,
    round: Box<dyn Fn() -> f64 + 'a>,
}

impl std::fmt::Debug for Form<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Form").field(&self.name).finish()
    }
}

impl<'a> Form<'a> {
    /// A form that runs one request at a time on `runtime`.
    pub fn new<F, O>(
        name: &'static str,
        runtime: &'a tokio::runtime::Runtime,
        request: impl Fn(u64) -> F + 'a,
    ) -> Self
    where
        F: Future<Output = O>,
    {
        let round = move || {
            let start = Instant::now();
            runtime.block_on(async {
                for i in 0..REQUESTS {
                    // A server's executor does not know the request's memory. Without this, the optimizer could
                    // fold a form that is only awaited here into the loop.
                    let mut request = pin!(request(black_box(i)));
                    black_box(&mut request);
                    black_box(request.await);
                }
            });
            start.elapsed().as_nanos() as f64 / REQUESTS as f64
        };
        Form {
            name,
            round: Box::new(round),
        }
    }
}

/// Runs all forms in turns and prints them against the first.
pub fn compare(nodes: usize, forms: &[Form<'_>]) {
    let mut rounds: Vec<Vec<f64>> = vec![Vec::with_capacity(ROUNDS); forms.len()];
    for _ in 0..ROUNDS {
        for (form, times) in forms.iter().zip(&mut rounds) {
            times.push((form.round)());
        }
    }
    println!(
        "{:<54} {:>10} {:>8} {:>12}",
        "form", "ns/request", "ratio", "added ns/node"
    );
    let floor = &rounds[0];
    for (form, times) in forms.iter().zip(&rounds) {
        let against = |f: fn(f64, f64) -> f64| {
            median(
                times
                    .iter()
                    .zip(floor)
                    .map(|(time, floor)| f(*time, *floor))
                    .collect(),
            )
        };
        let time = median(times.clone());
        let ratio = against(|time, floor| time / floor);
        let added = against(|time, floor| time - floor) / nodes as f64;
        println!("{:<54} {time:>10.1} {ratio:>8.2} {added:>12.1}", form.name);
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

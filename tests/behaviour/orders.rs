//! Every order of completion: `testing::orders`.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::testing::{later, orders};

type Log = Arc<Mutex<String>>;

/// Records which calls end, in order.
#[deployment]
struct Step(char, Log);

#[deployment]
impl Step {
    fn new(letter: char, log: Log) -> Self {
        Step(letter, log)
    }

    async fn run(&self, before: &str) -> String {
        let Step(letter, log) = self;
        log.lock().unwrap().push(*letter);
        format!("{before}{letter}")
    }

    async fn order(&self, _left: &str, _right: &str) -> String {
        self.1.lock().unwrap().clone()
    }
}

#[graph]
fn diamond(log: Log) -> (String, String) {
    let a = Step::bind('a', log.clone());
    let b = Step::bind('b', log.clone());
    let c = Step::bind('c', log.clone());
    let d = Step::bind('d', log);
    input(|text: String| {
        let left = b.run(a.run(text));
        let right = d.run(c.run(text));
        (left, right)
    })
}

fn order(seed: u64) -> String {
    let log = Log::default();
    let answer = orders([seed], async || {
        deploy(diamond(log.clone())).await?.call("-".into()).await
    });
    assert_eq!(answer, ("-ab".into(), "-cd".into()));
    log.lock().unwrap().clone()
}

#[test]
fn seeds_try_every_order_and_each_repeats_its_own() {
    let mut found: Vec<String> = (0..64).map(order).collect();
    let again: Vec<String> = (0..64).map(order).collect();
    assert_eq!(found, again);
    found.sort();
    found.dedup();
    assert_eq!(found, ["abcd", "acbd", "acdb", "cabd", "cadb", "cdab"]);
}

#[graph]
fn racing(log: Log) -> String {
    let a = Step::bind('a', log.clone());
    let b = Step::bind('b', log);
    input(|text: String| a.order(a.run(text), b.run(text)))
}

fn panic_of(run: impl FnOnce()) -> String {
    let payload = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    match payload.downcast::<String>() {
        Ok(message) => *message,
        Err(payload) => (*payload.downcast_ref::<&str>().unwrap()).to_owned(),
    }
}

#[test]
fn different_answers_are_reported_with_their_seeds() {
    let message = panic_of(|| {
        orders(0..100, async || {
            let log = Log::default();
            deploy(racing(log)).await?.call("-".into()).await
        });
    });
    let lines: Vec<&str> = message.lines().collect();
    assert_eq!(lines[0], "the order of completion changes the answer");
    let seed = |line: &str| -> u64 {
        let (seed, _) = line.trim_start_matches(" seed ").split_once(':').unwrap();
        seed.parse().unwrap()
    };
    let (first, other) = (seed(lines[1]), seed(lines[2]));
    assert_ne!(lines[1].split_once(':'), lines[2].split_once(':'));
    assert_eq!(
        lines[3],
        format!("help: `testing::orders([{first}, {other}], ..)` runs these two orders alone")
    );
}

#[test]
fn a_failing_request_no_seeds_and_a_runtime_are_errors() {
    let failing = async || -> Result<()> { Err(Error::failed("no")) };
    let message = panic_of(|| orders([3], failing));
    assert_eq!(message, "the requests failed: no");
    let message = panic_of(|| orders([], failing));
    assert!(message.contains("was given no seed"), "{message}");
    let inside = tokio::runtime::Runtime::new().unwrap();
    let message = panic_of(|| inside.block_on(async { orders([3], failing) }));
    assert!(message.contains("from a plain `#[test] fn`"), "{message}");
}

#[deployment]
async fn wait(seconds: u64) -> u64 {
    tokio::time::sleep(Duration::from_secs(seconds)).await;
    seconds
}

#[deployment]
fn compute(number: u64) -> u64 {
    number * 2
}

#[deployment]
async fn add(numbers: Vec<u64>, more: u64) -> u64 {
    numbers.iter().sum::<u64>() + more
}

#[graph]
fn inner() -> Vec<u64> {
    input(|numbers: Vec<u64>| numbers.map(|seconds| wait(seconds)))
}

#[graph]
fn waiting() -> u64 {
    let inner = inner::bind();
    route("/add", |numbers: Vec<u64>| -> u64 {
        add(inner.call(numbers), compute(add(numbers, 1)))
    });
    route("/wait", |seconds: u64| wait(seconds));
}

/// Hours pass at once; threads are waited for.
#[test]
fn the_clock_moves_on_when_nothing_else_can() {
    let answer = orders(0..20, async || {
        let app = deploy(waiting()).await?;
        let begun = tokio::time::Instant::now();
        let answer = app.add((0..50).collect()).await?;
        Ok((answer, app.wait(3600).await?, begun.elapsed().as_secs()))
    });
    assert_eq!(answer, (1225 * 3 + 2, 3600, 3649));
}

#[test]
fn fakes_follow_the_order_as_well() {
    let compute = || compute::fake(|number| later(async move { number + 1 }));
    let answer = orders(0..20, async || {
        let app = deploy(waiting().with("compute", compute())).await?;
        app.add(vec![1, 2]).await
    });
    assert_eq!(answer, 8);
}

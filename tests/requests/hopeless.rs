//! Work that cannot be done in time, including what follows it, is not started.

use std::sync::Arc;
use std::time::Duration;

use serve_runtime::prelude::*;
use serve_runtime::{Error, ErrorKind};
use tokio::time::{Instant, sleep};

use crate::clock::{begin, hold, ms, pass};
use crate::support::{Count, Stage};

/// The number of requests after which estimates are used.
const LEARNT: usize = 8;

#[deployment]
struct Takes {
    takes_ms: u64,
    started: Count,
}

#[deployment]
impl Takes {
    fn new(takes_ms: u64, started: Count) -> Self {
        Takes { takes_ms, started }
    }

    async fn run(&self, number: u64) -> u64 {
        self.started.add();
        sleep(ms(self.takes_ms)).await;
        number
    }
}

#[graph(request_timeout_s = 1)]
fn chain(started: [Count; 3]) -> u64 {
    let [first, second, third] = started;
    let first = Takes::bind(10, first);
    let second = Takes::bind(20, second);
    let third = Takes::bind(30, third);
    input(|number: u64| third.run(second.run(first.run(number))))
}

fn counts<const N: usize>() -> [Count; N] {
    std::array::from_fn(|_| Count::new())
}

fn within_ms<H: HandleOptions>(handle: &H, timeout_ms: u64) -> H {
    handle.options(CallOptions::new().timeout(Duration::from_millis(timeout_ms)))
}

#[track_caller]
fn assert_hopeless(error: &Error, node: &str, message: &str) {
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded, "{error:?}");
    assert_eq!(error.node(), Some(node));
    assert_eq!(error.message(), message);
}

#[tokio::test(start_paused = true)]
async fn work_that_cannot_be_done_in_time_is_given_up_before_it_starts() {
    let started = counts();
    let app = deploy(chain(started.clone())).await.unwrap();
    let begun = || started.each_ref().map(Count::get);
    for number in 0..LEARNT as u64 {
        assert_eq!(app.call(number).await.unwrap(), number);
    }
    let before = begun();
    let now = Instant::now();
    let error = within_ms(Deployed::handle(&app), 59)
        .call(1)
        .await
        .unwrap_err();
    assert_hopeless(
        &error,
        "first.run",
        "the deadline is out of reach: 59.0ms are left, but at its fastest the remaining work recently took 60.0ms",
    );
    assert_eq!(
        (begun(), now.elapsed()),
        (before, ms(0)),
        "nothing has started"
    );
    assert_eq!(
        within_ms(Deployed::handle(&app), 61).call(2).await.unwrap(),
        2
    );
}

#[tokio::test(start_paused = true)]
async fn nothing_is_given_up_before_enough_is_known() {
    let started = counts();
    let app = deploy(chain(started.clone())).await.unwrap();
    for number in 0..LEARNT as u64 - 1 {
        assert_eq!(app.call(number).await.unwrap(), number);
    }
    let error = within_ms(Deployed::handle(&app), 59)
        .call(1)
        .await
        .unwrap_err();
    assert_hopeless(&error, "third.run", "the deadline has passed");
}

/// One arm takes long, the other does not, and a request takes only one of them.
#[graph(request_timeout_s = 1)]
fn one_of_two(started: [Count; 3]) -> u64 {
    let [first, long, short] = started;
    let first = Takes::bind(10, first);
    let long = Takes::bind(500, long);
    let short = Takes::bind(5, short);
    let last = Takes::bind(20, Count::new());
    input(|number: u64| {
        let number = first.run(number);
        let taken = match number % 2 {
            0 => long.run(number),
            _ => short.run(number),
        };
        last.run(taken)
    })
}

#[tokio::test(start_paused = true)]
async fn of_several_arms_only_the_shortest_is_certain() {
    let started = counts();
    let app = deploy(one_of_two(started.clone())).await.unwrap();
    let begun = || started.each_ref().map(Count::get);
    for number in 0..3 * LEARNT as u64 {
        assert_eq!(app.call(number).await.unwrap(), number);
    }
    let before = begun();
    let error = within_ms(Deployed::handle(&app), 34)
        .call(1)
        .await
        .unwrap_err();
    assert_eq!(error.node(), Some("first.run"));
    assert!(error.message().ends_with("recently took 35.0ms"), "{error}");
    assert_eq!(begun(), before);
    assert_eq!(
        within_ms(Deployed::handle(&app), 36).call(1).await.unwrap(),
        1
    );

    let app = deploy(one_of_two(started.clone())).await.unwrap();
    for number in 0..3 * LEARNT as u64 {
        assert_eq!(app.call(number).await.unwrap(), number);
    }
    let before = begun();
    let error = within_ms(Deployed::handle(&app), 100)
        .call(2)
        .await
        .unwrap_err();
    assert_eq!(error.node(), Some("long.run"), "only here it is certain");
    assert_eq!(begun(), [before[0] + 1, before[1], before[2]]);
}

/// Takes the given time.
#[deployment]
async fn obeys(takes_ms: u64) -> u64 {
    sleep(ms(takes_ms)).await;
    takes_ms
}

#[graph]
fn inner(started: Count) -> u64 {
    let takes = Takes::bind(10, started);
    input(|takes_ms: u64| takes.run(obeys(takes_ms)))
}

#[graph(request_timeout_s = 1)]
fn outer(started: Count) -> u64 {
    let before = Takes::bind(1, Count::new());
    let inner = inner::bind(started);
    let after = Takes::bind(50, Count::new());
    let beside = Takes::bind(40, Count::new());
    input(|takes_ms: u64| {
        let takes_ms = before.run(takes_ms);
        join(after.run(inner.call(takes_ms)), beside.run(takes_ms))
    })
}

#[deployment]
async fn join(number: u64, _other: u64) -> u64 {
    number
}

#[tokio::test(start_paused = true)]
async fn nodes_after_a_bound_graph_count_in_that_graph() {
    let started = Count::new();
    let app = deploy(outer(started.clone())).await.unwrap();
    for _ in 0..LEARNT {
        assert_eq!(app.call(0).await.unwrap(), 0);
    }
    let error = within_ms(Deployed::handle(&app), 60)
        .call(0)
        .await
        .unwrap_err();
    assert_eq!(error.node(), Some("before.run"));
    assert!(error.message().ends_with("recently took 61.0ms"), "{error}");
    // In time by the estimates, until the inner graph took longer than its minimum.
    let error = within_ms(Deployed::handle(&app), 100)
        .call(45)
        .await
        .unwrap_err();
    assert_eq!(error.node(), Some("inner.call/takes.run"));
    let message = "54.0ms are left, but at its fastest the remaining work recently took 60.0ms";
    assert!(error.message().ends_with(message), "{error}");
    assert_eq!(started.get(), LEARNT);
}

/// Its estimate comes from its first calls, which were far too slow.
#[deployment]
struct Warming {
    calls: Count,
}

#[deployment]
impl Warming {
    fn new(calls: Count) -> Self {
        Warming { calls }
    }

    async fn run(&self) -> usize {
        let call = self.calls.add();
        sleep(ms(if call < LEARNT { 500 } else { 1 })).await;
        call
    }
}

#[graph(request_timeout_s = 1)]
fn warm_up(calls: Count) -> usize {
    let warming = Warming::bind(calls);
    input(|| warming.run())
}

#[tokio::test(start_paused = true)]
async fn an_estimate_that_is_too_high_is_corrected() {
    let calls = Count::new();
    let app = deploy(warm_up(calls.clone())).await.unwrap();
    for _ in 0..LEARNT {
        app.call().await.unwrap();
    }
    let hurried = within_ms(Deployed::handle(&app), 100);
    hurried.call().await.unwrap_err();
    assert_eq!(hurried.call().await.unwrap(), LEARNT, "as a probe");
    assert_eq!(hurried.call().await.unwrap(), LEARNT + 1, "it is known now");
    assert_eq!(calls.get(), LEARNT + 2);
}

#[graph(request_timeout_s = 1)]
fn obedient() -> u64 {
    input(|takes_ms: u64| obeys(takes_ms))
}

/// By then only some requests are measured, as each measurement reads the clock.
#[tokio::test(start_paused = true)]
async fn estimates_keep_up_after_many_requests() {
    let app = deploy(obedient()).await.unwrap();
    for takes_ms in [10, 50] {
        for _ in 0..1_000 {
            app.call(takes_ms).await.unwrap();
        }
    }
    let hurried = within_ms(Deployed::handle(&app), 40);
    let error = hurried.call(10).await.unwrap_err();
    assert!(error.message().contains("out of reach"), "{error:?}");

    for _ in 0..8 {
        app.call(10).await.unwrap();
    }
    assert_eq!(hurried.call(10).await.unwrap(), 10);
}

/// On a thread, and followed by another node.
#[deployment]
struct Computing {
    stage: Stage,
    ran: Count,
}

#[deployment]
impl Computing {
    fn new(stage: Stage, ran: Count) -> Self {
        Computing { stage, ran }
    }

    fn run(&self, number: u64) -> u64 {
        self.ran.add();
        self.stage.block();
        number
    }
}

#[graph(request_timeout_s = 1)]
fn queued(stage: Stage, ran: Count) -> u64 {
    let computing = Computing::bind(stage, ran);
    let after = Takes::bind(30, Count::new());
    input(|number: u64| after.run(computing.run(number)))
}

#[tokio::test(start_paused = true)]
async fn a_job_that_has_become_hopeless_in_the_queue_is_never_run() {
    let (stage, ran) = (Stage::new(), Count::new());
    let app = deploy(queued(stage.clone(), ran.clone())).await.unwrap();
    let app = Arc::new(app);
    stage.release(LEARNT);
    let held = hold();
    let call = |timeout_ms| {
        let handle = within_ms(Deployed::handle(&app), timeout_ms);
        async move { handle.call(7).await }
    };
    for _ in 0..LEARNT {
        let call = begin(call(1_000)).await;
        stage.left().reaches(ran.get()).await;
        stage.entered(1).await;
        while !call.is_finished() {
            pass(1).await;
        }
        assert_eq!(call.await.unwrap().unwrap(), 7);
    }
    // One runs, and two wait behind it until too little time is left for the node that follows.
    let running = begin(call(1_000)).await;
    stage.entered(1).await;
    let before = ran.get();
    let (hopeless, in_time) = (begin(call(100)).await, begin(call(200)).await);
    pass(80).await;
    stage.release(2);
    let error = hopeless.await.unwrap().unwrap_err();
    assert_eq!(error.node(), Some("computing.run"));
    assert!(
        error
            .message()
            .starts_with("the deadline is out of reach: 20.0ms are left"),
        "{error}"
    );
    stage.entered(1).await;
    drop(held);
    assert_eq!(running.await.unwrap().unwrap(), 7);
    assert_eq!(in_time.await.unwrap().unwrap(), 7);
    assert_eq!(ran.get(), before + 1, "that in time alone");
}

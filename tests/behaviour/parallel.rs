//! Which nodes run at the same time, in which order, and how often.

use std::sync::Arc;

use serve_runtime::prelude::*;
use tokio::sync::{Barrier, Semaphore};

use crate::support::{Count, Stage, within};

#[deployment]
struct Meeting {
    barrier: Arc<Barrier>,
}

#[deployment]
impl Meeting {
    fn new(barrier: Arc<Barrier>) -> Self {
        Meeting { barrier }
    }

    async fn meet(&self, number: u32) -> u32 {
        self.barrier.wait().await;
        number
    }
}

#[graph]
fn in_place_meeting(barrier: Arc<Barrier>) -> u32 {
    let first = Meeting::bind(barrier.clone());
    let second = Meeting::bind(barrier.clone());
    let third = Meeting::bind(barrier);

    input(|number: u32| first.meet(number) + second.meet(number) + third.meet(number))
}

// Run one after another, the first would wait for the others for ever.
#[tokio::test]
async fn in_place_branches_overlap() {
    let app = deploy(in_place_meeting(Arc::new(Barrier::new(3))))
        .await
        .unwrap();
    assert_eq!(within(app.call(2)).await.unwrap(), 6);
}

#[tokio::test]
async fn requests_overlap() {
    let app = deploy(in_place_meeting(Arc::new(Barrier::new(6))))
        .await
        .unwrap();
    let (one, two) = within(async { tokio::join!(app.call(1), app.call(2)) }).await;
    assert_eq!((one.unwrap(), two.unwrap()), (3, 6));
}

#[deployment]
struct ThreadMeeting {
    barrier: Arc<std::sync::Barrier>,
}

#[deployment]
impl ThreadMeeting {
    fn new(barrier: Arc<std::sync::Barrier>) -> Self {
        ThreadMeeting { barrier }
    }

    fn meet(&self, number: u32) -> u32 {
        self.barrier.wait();
        number
    }
}

#[graph]
fn compute_meeting(barrier: Arc<std::sync::Barrier>) -> u32 {
    let first = ThreadMeeting::bind(barrier.clone());
    let second = ThreadMeeting::bind(barrier.clone());
    let third = ThreadMeeting::bind(barrier);

    input(|number: u32| first.meet(number) + second.meet(number) + third.meet(number))
}

#[tokio::test]
async fn compute_branches_overlap() {
    let app = deploy(compute_meeting(Arc::new(std::sync::Barrier::new(3))))
        .await
        .unwrap();
    assert_eq!(within(app.call(2)).await.unwrap(), 6);
}

/// Runs when it is released, and then releases another node.
#[derive(Clone)]
struct Turn {
    waits_for: Arc<Semaphore>,
    lets: Arc<Semaphore>,
}

#[deployment]
struct Step {
    turn: Turn,
}

#[deployment]
impl Step {
    fn new(turn: Turn) -> Self {
        Step { turn }
    }

    async fn run(&self, number: u32) -> Result<u32> {
        self.turn.waits_for.acquire().await?.forget();
        self.turn.lets.add_permits(1);
        Ok(number + 1)
    }

    async fn join(&self, left: u32, right: u32) -> Result<u32> {
        self.run(left.max(right)).await
    }
}

/// `a` ends only after `d`, which needs `b` alone; `e` only after `g`, which is two edges further down.
#[graph]
fn unlevelled() -> (u32, u32, u32) {
    let at_once = Arc::new(Semaphore::new(100));
    let unheard = Arc::new(Semaphore::new(0));
    let after_d = Arc::new(Semaphore::new(0));
    let after_g = Arc::new(Semaphore::new(0));
    let turn = |waits_for: &Arc<Semaphore>, lets: &Arc<Semaphore>| Turn {
        waits_for: Arc::clone(waits_for),
        lets: Arc::clone(lets),
    };
    let first = Step::bind(turn(&after_d, &unheard));
    let second = Step::bind(turn(&at_once, &unheard));
    let third = Step::bind(turn(&at_once, &unheard));
    let fourth = Step::bind(turn(&at_once, &after_d));
    let both = Step::bind(turn(&after_g, &unheard));
    let last = Step::bind(turn(&at_once, &after_g));

    input(|number: u32| {
        let a = first.run(number);
        let b = second.run(number);
        let c = third.run(a);
        let d = fourth.run(b);
        let e = both.join(a, b);
        let g = last.run(c);
        (d, e, g)
    })
}

// Level by level - `a` and `b`, then `c`, `d` and `e`, then `g` - the graph would wait for ever, twice.
#[tokio::test]
async fn a_node_starts_when_its_own_inputs_are_ready() {
    let app = deploy(unlevelled()).await.unwrap();
    assert_eq!(within(app.call(0)).await.unwrap(), (2, 2, 3));
}

#[deployment]
struct Counted {
    runs: Count,
}

#[deployment]
impl Counted {
    fn new(runs: Count) -> Self {
        Counted { runs }
    }

    async fn run(&self, text: String) -> String {
        self.runs.add();
        text
    }
}

#[deployment]
async fn length(text: &str) -> usize {
    text.len()
}

#[deployment]
fn length_on_a_thread(text: String) -> usize {
    text.len()
}

#[graph]
fn shared(runs: Count) -> (usize, usize, String) {
    let counted = Counted::bind(runs);

    input(|text: String| {
        let text = counted.run(text);
        (length(text), length_on_a_thread(text), text)
    })
}

#[tokio::test]
async fn a_node_with_three_consumers_runs_once() {
    let runs = Count::new();
    let app = deploy(shared(runs.clone())).await.unwrap();
    for request in 1..=2 {
        let answer = app.call("abc".into()).await.unwrap();
        assert_eq!(answer, (3, 3, "abc".into()));
        assert_eq!(runs.get(), request);
    }
}

#[deployment]
struct Held {
    stage: Stage,
}

#[deployment]
impl Held {
    fn new(stage: Stage) -> Self {
        Held { stage }
    }

    async fn run(&self, number: u32) -> u32 {
        self.stage.hold().await;
        number
    }
}

#[deployment]
struct Failing {
    once_held: Stage,
}

#[deployment]
impl Failing {
    fn new(once_held: Stage) -> Self {
        Failing { once_held }
    }

    async fn run(&self, _number: u32) -> Result<u32> {
        self.once_held.entered(1).await;
        Err(Error::invalid_input("no such thing"))
    }
}

#[graph]
fn failing_beside(stage: Stage, runs: Count) -> String {
    let held = Held::bind(stage.clone());
    let failing = Failing::bind(stage);
    let after = Counted::bind(runs);

    input(|number: u32| {
        let kept = held.run(number);
        let lost = failing.run(number);
        after.run(format!("{kept} {lost}"))
    })
}

#[tokio::test]
async fn the_first_error_is_the_answer_and_cancels_the_rest() {
    let (stage, runs) = (Stage::new(), Count::new());
    let app = deploy(failing_beside(stage.clone(), runs.clone()))
        .await
        .unwrap();
    let error = within(app.call(1)).await.unwrap_err();
    assert_eq!(error.node(), Some("failing.run"));
    assert_eq!(error.message(), "no such thing");
    assert_eq!(
        stage.left().get(),
        1,
        "the branch beside it was not dropped"
    );
    assert_eq!(runs.get(), 0);
}

#[graph]
fn holding(stage: Stage, runs: Count) -> String {
    let held = Held::bind(stage);
    let after = Counted::bind(runs);

    input(|number: u32| after.run(held.run(number).to_string()))
}

#[tokio::test]
async fn dropping_a_request_drops_the_node_that_runs_and_starts_no_other() {
    let (stage, runs) = (Stage::new(), Count::new());
    let app = deploy(holding(stage.clone(), runs.clone())).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    let request = tokio::spawn(async move { handle.call(1).await });
    stage.entered(1).await;
    request.abort();
    stage.left().reaches(1).await;
    stage.release(1);
    assert!(request.await.unwrap_err().is_cancelled());
    assert_eq!(runs.get(), 0);
}

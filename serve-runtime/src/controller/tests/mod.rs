//! The controller, mechanism by mechanism: what it asks of its replicas, in which order, and what it reports.

mod failing;
mod health;
mod room;
mod scaling;
mod script;
mod slow;
mod standstill;
mod states;
mod updates;
mod warnings;

pub(crate) use self::warnings::Warnings;

use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use serve_topology::Options;
use tokio::time::sleep;

use self::script::Play;
use super::{ReplicaState, Status, StatusTrigger};
use crate::Error;
use crate::engine::{Event, ReplicaId};

/// Each pause is twice the one before it, up to 30 s, or up to a fifth less.
fn assert_grow(pauses: &[f64]) {
    for (n, pause) in pauses.iter().enumerate() {
        let longest = (0.1 * f64::powf(2.0, n as f64)).min(30.0);
        // `later` looks every 50 ms.
        assert!(
            (0.8 * longest..longest + 0.06).contains(pause),
            "{pauses:?}"
        );
    }
}

/// What is asked when it is scaled to none.
const REFUSES: &str = "fail: `Model` is scaled to 0 replicas\nhelp: raise its `num_replicas`, for example with `DeploymentControl::scale`";

fn replicas(num_replicas: u32) -> Options<'static> {
    Options::DEFAULT.num_replicas(num_replicas)
}

#[tokio::test(start_paused = true)]
async fn a_retired_replica_has_its_time_to_finish_and_no_more() {
    let play = Play::started(&replicas(1)).await;
    let scaled = play.scale(0);
    assert_eq!(play.next().await, [REFUSES, "retire 0"]);
    sleep(Duration::from_secs(19)).await;
    assert_eq!(play.script.log(), [""; 0]);
    assert_eq!(play.controller.status().count(ReplicaState::Draining), 1);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(play.script.log(), ["discard 0"]);
    scaled.await.unwrap().unwrap();
    assert!(play.controller.status().replicas.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_starting_replica_is_retired_at_once() {
    let play = Play::new(&replicas(1));
    assert_eq!(play.next().await, ["start 0"]);
    let _scaled = play.scale(0);
    assert_eq!(play.next().await, [REFUSES, "retire 0"]);
    assert!(
        !play.script.answer("start 0", Ok(())),
        "its start is still waited for"
    );
}

// Its task cannot be stopped between two `await`s: it may add the replica after it was aborted.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_replica_whose_start_ends_while_it_is_aborted_is_retired_after_that() {
    let ((begins, has_begun), (end, ends)) = (mpsc::channel(), mpsc::channel());
    let play = Play::new(&replicas(1));
    *play.script.blocks_start.lock().unwrap() = Some((begins, ends));
    assert_eq!(play.later().await, ["start 0"]);
    assert!(play.script.answer("start 0", Ok(())));
    has_begun.recv_timeout(Duration::from_secs(5)).unwrap();
    let scaled = play.scale(0);
    while play.controller.status().count(ReplicaState::Draining) == 0 {
        sleep(Duration::from_millis(1)).await;
    }
    // On a slow machine these yields are slow as well: a task that was free to run has run by then.
    for _ in 0..500 {
        tokio::spawn(tokio::task::yield_now()).await.unwrap();
    }
    assert_eq!(play.script.log(), [REFUSES], "it is not there yet");
    drop(end);
    assert_eq!(play.later().await, ["retire 0"]);
    assert!(play.script.answer("retire 0", Ok(())));
    scaled.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_is_lost_before_its_start_is_reported_is_not_kept() {
    let play = Play::new(&replicas(1));
    play.settle().await;
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    assert_eq!(play.next().await, ["start 0", "discard 0", "start 1"]);
    assert_eq!(play.after("start 0", Ok(())).await, ["discard 0"]);
}

#[tokio::test(start_paused = true)]
async fn a_replica_whose_end_panics_is_not_listed_any_more() {
    let play = Play::started(&replicas(1)).await;
    let stopped = tokio::spawn({
        let controller = Arc::clone(&play.controller);
        async move { controller.stop(Duration::from_secs(20)).await }
    });
    assert_eq!(play.next().await, ["retire 0"]);
    let panics = Err(Error::failed("in `Drop`"));
    assert_eq!(play.after("retire 0", panics).await, ["discard 0"]);
    assert!(play.controller.status().replicas.is_empty());
    stopped.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_reported_after_the_retirement_is_ignored() {
    for built in [Ok(()), Err(Error::failed("no weights"))] {
        let one_try = replicas(1).max_constructor_retry_count(1);
        let play = Play::new(&one_try);
        play.settle().await;
        // Its task ends before the command arrives.
        assert!(play.script.answer("start 0", built));
        let scaled = play.scale(0);
        assert_eq!(play.next().await, ["start 0", REFUSES, "retire 0"]);
        let status = play.controller.status();
        assert_eq!(status.count(ReplicaState::Draining), 1, "{status:?}");
        assert_eq!(status.message, "");
        assert_eq!(play.after("retire 0", Ok(())).await, ["discard 0"]);
        scaled.await.unwrap().unwrap();
    }
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_breaks_after_its_retirement_is_waited_for() {
    let play = Play::started(&replicas(1)).await;
    let scaled = play.scale(0);
    assert_eq!(play.next().await, [REFUSES, "retire 0"]);
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    assert_eq!(play.next().await, ["discard 0"]);
    assert_eq!(play.controller.status().count(ReplicaState::Draining), 1);
    assert!(!scaled.is_finished());
    play.after("retire 0", Ok(())).await;
    scaled.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn the_task_ends_when_the_controller_is_dropped_or_aborts_it() {
    let Play {
        script,
        controller,
        events,
        ..
    } = Play::started(&replicas(1)).await;
    drop((controller, events));
    tokio::task::yield_now().await;
    assert_eq!(Arc::strong_count(&script), 1);

    let play = Play::started(&replicas(1)).await;
    play.controller.abort();
    play.settle().await;
    assert_eq!(Arc::strong_count(&play.script), 1);
    let refused = play.controller.scale(2).await.unwrap_err();
    assert_eq!(refused.message(), "the deployment has been shut down");
}

#[tokio::test(start_paused = true)]
async fn a_status_says_whether_a_start_is_still_to_come() {
    let one_try = replicas(2).max_constructor_retry_count(1);
    let play = Play::new(&one_try);
    play.settle().await;
    let status = || play.controller.status().status;
    play.after("start 0", Err(Error::failed("no weights")))
        .await;
    assert_eq!(status(), Status::Updating);
    play.after("start 1", Ok(())).await;
    assert_eq!(status(), Status::Unhealthy);
}

#[tokio::test(start_paused = true)]
async fn a_controller_that_stops_refuses_commands() {
    let play = Play::started(&replicas(1)).await;
    let before = play.scale(2);
    assert_eq!(play.next().await, ["start 1"]);
    let stopped = tokio::spawn({
        let controller = Arc::clone(&play.controller);
        async move { controller.stop(Duration::from_secs(20)).await }
    });
    let mut asked = play.next().await;
    asked.sort();
    assert_eq!(asked, ["retire 0", "retire 1"]);
    for command in [
        before,
        play.scale(3),
        play.reconfigure(1),
        play.update(&replicas(4)),
    ] {
        let error = command.await.unwrap().unwrap_err();
        assert_eq!(error.message(), "the deployment has been shut down");
    }
    for retired in ["retire 0", "retire 1"] {
        play.script.answer(retired, Ok(()));
    }
    stopped.await.unwrap();
    // Nothing was started for them.
    assert_eq!(play.script.log(), ["discard 0", "discard 1"]);
}

// If a command came after a later one, the caller of the later one would wait for ever.
#[test]
fn commands_arrive_in_the_order_of_their_numbers() {
    let (commands, mut received) = tokio::sync::mpsc::unbounded_channel();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let play = runtime.block_on(async { Play::new(&replicas(1)) });
    let controller = super::Controller {
        commands,
        last_command: Mutex::new(0),
        published: play.controller.published.clone(),
        task: runtime.spawn(async {}).abort_handle(),
    };
    std::thread::scope(|threads| {
        for _ in 0..4 {
            threads.spawn(|| (0..10_000).for_each(|_| drop(controller.scale(1))));
        }
    });
    for expected in 1..=40_000 {
        let (number, _) = received.try_recv().unwrap();
        assert_eq!(number, expected);
    }
}

#[tokio::test(start_paused = true)]
async fn calls_are_refused_as_soon_as_it_is_scaled_to_none_and_taken_as_soon_as_one_starts() {
    let play = Play::started(&replicas(1)).await;
    assert!(!play.controller.is_scaled_to_none());
    let _none = play.scale(0);
    assert_eq!(play.next().await, [REFUSES, "retire 0"]);
    assert!(play.controller.is_scaled_to_none());
    // Once is enough, whatever else happens to it.
    assert_eq!(play.after("retire 0", Ok(())).await, ["discard 0"]);
    let _one = play.scale(1);
    assert_eq!(play.next().await, ["open", "start 1"]);
    assert!(!play.controller.is_scaled_to_none());
}

#[tokio::test(start_paused = true)]
async fn autoscaling_to_none_refuses_no_call() {
    let to_zero = Options::DEFAULT.autoscaling_config(
        serve_topology::AutoscalingConfig::DEFAULT
            .min_replicas(0)
            .initial_replicas(0),
    );
    let play = Play::new(&to_zero);
    let _none = play.scale(0);
    assert_eq!(play.next().await, [""; 0]);
    assert!(!play.controller.is_scaled_to_none());
}

#[tokio::test(start_paused = true)]
async fn autoscaling_starts_a_replica_for_the_last_call() {
    let to_zero = Options::DEFAULT.autoscaling_config(
        serve_topology::AutoscalingConfig::DEFAULT
            .min_replicas(0)
            .initial_replicas(0),
    );
    let play = Play::new(&to_zero);
    play.controller.begin_shutdown();
    assert_eq!(play.next().await, [""; 0]);
    play.script.load.lock().unwrap().queued = 1;
    play.events.send(Event::Wanted).unwrap();
    assert_eq!(play.next().await, ["start 0"]);
}

#[tokio::test(start_paused = true)]
async fn a_stop_takes_at_most_the_time_that_it_is_given() {
    let play = Play::started(&replicas(1)).await;
    let begun = tokio::time::Instant::now();
    play.controller.stop(Duration::from_secs(3)).await;
    assert_eq!(begun.elapsed().as_secs(), 3);
    assert_eq!(play.script.log(), ["retire 0", "discard 0"]);
}

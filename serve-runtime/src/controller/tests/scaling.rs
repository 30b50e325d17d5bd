//! Autoscaling.

use std::sync::atomic::Ordering;

use serve_topology::AutoscalingConfig;

use super::script::Script;
use super::*;
use crate::engine::Load;
use crate::resources::Machine;

const CONFIG: AutoscalingConfig = AutoscalingConfig::DEFAULT
    .min_replicas(0)
    .initial_replicas(1)
    .max_replicas(4)
    .target_ongoing_requests(1.0)
    .metrics_interval(Duration::from_secs(10))
    .look_back_period(Duration::from_secs(10))
    .upscale_delay(Duration::from_secs(10));

fn scaled(initial_replicas: u32) -> Options<'static> {
    replicas(1)
        .autoscaling_config(CONFIG.initial_replicas(initial_replicas))
        .max_constructor_retry_count(1)
}

fn under_load(play: &Play, ongoing: usize) {
    *play.script.load.lock().unwrap() = Load { ongoing, queued: 0 };
}

#[tokio::test(start_paused = true)]
async fn a_call_that_finds_no_replica_has_one_started_at_once() {
    let play = Play::new(&scaled(0));
    assert_eq!(play.next().await, [""; 0]);
    *play.script.load.lock().unwrap() = Load {
        ongoing: 0,
        queued: 1,
    };
    play.events.send(Event::Wanted).unwrap();
    // The clock has not moved.
    assert_eq!(play.next().await, ["start 0"]);
}

#[tokio::test(start_paused = true)]
async fn the_load_is_sampled_each_half_second_whatever_else_happens() {
    let options = scaled(1).health_check_period(Duration::from_millis(50));
    let play = Play::of(Script::with_checks(true), &options, Machine::empty());
    play.settle().await;
    under_load(&play, 1);
    play.script.answer("start 0", Ok(()));
    let before = play.script.looks.load(Ordering::SeqCst);
    for _ in 0..1_000 {
        sleep(Duration::from_millis(50)).await;
        play.script.answer("check 0", Ok(()));
    }
    let looks = play.script.looks.load(Ordering::SeqCst) - before;
    assert!((95..=105).contains(&looks), "{looks}");
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_was_given_up_is_tried_again_with_another_load() {
    let play = Play::new(&scaled(2));
    assert_eq!(play.next().await, ["start 0", "start 1"]);
    play.after("start 0", Ok(())).await;
    play.after("start 1", Err(Error::failed("no weights")))
        .await;
    under_load(&play, 3);
    sleep(Duration::from_secs(40)).await;
    assert_eq!(play.script.log(), ["start 2", "start 3"]);
}

/// Until one takes calls it is not known what further ones would do.
#[tokio::test(start_paused = true)]
async fn none_is_added_before_one_is_ready() {
    let play = Play::new(&scaled(1));
    assert_eq!(play.next().await, ["start 0"]);
    under_load(&play, 4);
    sleep(Duration::from_secs(100)).await;
    assert_eq!(play.script.log(), [""; 0]);
    play.script.answer("start 0", Ok(()));
    sleep(Duration::from_secs(40)).await;
    assert_eq!(play.script.log(), ["start 1", "start 2", "start 3"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_is_started_after_a_stop() {
    let play = Play::started(&scaled(1)).await;
    under_load(&play, 4);
    let controller = Arc::clone(&play.controller);
    let stopped = tokio::spawn(async move { controller.stop(Duration::from_secs(20)).await });
    assert_eq!(play.next().await, ["retire 0"]);
    play.after("retire 0", Ok(())).await;
    tokio::time::timeout(Duration::from_secs(60), stopped)
        .await
        .expect("an end")
        .unwrap();
    sleep(Duration::from_secs(100)).await;
    play.events.send(Event::Wanted).unwrap();
    assert_eq!(play.next().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn an_update_without_autoscaling_ends_it() {
    let play = Play::started(&scaled(1)).await;
    let updated = play.update(&replicas(1));
    play.settle().await;
    play.after("start 1", Ok(())).await;
    play.after("retire 0", Ok(())).await;
    updated.await.unwrap().unwrap();
    under_load(&play, 4);
    sleep(Duration::from_secs(100)).await;
    assert_eq!(play.next().await, [""; 0]);
}

//! Machines with no room for another replica.

use super::script::Script;
use super::*;
use crate::resources::Machine;

fn cpus(num_replicas: u32) -> Options<'static> {
    replicas(num_replicas).num_cpus(1.0)
}

/// As many replicas as there is room for.
async fn full(num_replicas: u32) -> Play {
    let machine = Machine::empty().num_cpus(f64::from(num_replicas));
    let play = Play::of(Script::default(), &cpus(num_replicas), machine);
    play.settle().await;
    for line in play.script.log() {
        play.after(&line, Ok(())).await;
    }
    play
}

#[tokio::test(start_paused = true)]
async fn the_first_replicas_get_the_grants_taken_for_them() {
    let play = full(2).await;
    assert_eq!(play.script.numbers(), [(0, Some(0)), (1, Some(1))]);
    assert_eq!(play.controller.status().status, Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn a_lost_replica_is_replaced_when_its_resources_are_free_again() {
    let play = full(1).await;
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    assert_eq!(play.next().await, ["discard 0"]);
    assert_eq!(play.controller.status().status, Status::Updating);
    sleep(Duration::from_secs(5)).await;
    assert_eq!(play.next().await, [""; 0]);
    play.script.give_back(0);
    play.later().await;
    assert_eq!(play.controller.status().count(ReplicaState::Starting), 1);
}

#[tokio::test(start_paused = true)]
async fn a_replica_without_room_is_given_up_at_once() {
    let play = full(2).await;
    // One was lost and replaced before that.
    play.script.give_back(0);
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    assert_eq!(play.next().await, ["discard 0", "start 2"]);
    play.after("start 2", Ok(())).await;
    let scaled = play.scale(3);
    play.settle().await;
    assert!(scaled.is_finished(), "the clock has not moved");
    let error = scaled.await.unwrap().unwrap_err();
    assert!(error.message().contains("`Model` 1 x 1 = 1 CPU"), "{error}");
    assert_eq!(play.next().await, [""; 0]);
    assert_eq!(
        play.controller.status().status,
        Status::Healthy,
        "as before"
    );
}

#[tokio::test(start_paused = true)]
async fn an_update_without_room_for_both_retires_the_old_replica_first() {
    let play = full(1).await;
    let updated = play.update(&cpus(1));
    assert_eq!(play.next().await, ["retire 0"]);
    play.events.send(Event::Wanted).unwrap();
    assert_eq!(play.next().await, [""; 0], "it is being retired already");
    assert_eq!(play.controller.status().message, "");
    play.script.give_back(0);
    assert_eq!(
        play.after("retire 0", Ok(())).await,
        ["discard 0", "start 1"]
    );
    play.after("start 1", Ok(())).await;
    updated.await.unwrap().unwrap();
}

//! The states of a deployment while its number of replicas changes, and the replicas that it has lost.

use super::*;

fn state(play: &Play) -> (&'static str, &'static str) {
    let status = play.controller.status();
    (status.status.name(), status.status_trigger.name())
}

#[tokio::test(start_paused = true)]
async fn it_scales_up_and_down_from_a_state_as_it_should_be() {
    let play = Play::started(&replicas(1)).await;
    assert_eq!(state(&play), ("HEALTHY", "CONFIG_UPDATE_COMPLETED"));
    let up = play.scale(2);
    assert_eq!(play.next().await, ["start 1"]);
    assert_eq!(state(&play), ("UPSCALING", "CONFIG_UPDATE_STARTED"));
    play.after("start 1", Ok(())).await;
    up.await.unwrap().unwrap();
    assert_eq!(state(&play), ("HEALTHY", "UPSCALE_COMPLETED"));

    let _down = play.scale(1);
    play.settle().await;
    assert_eq!(state(&play), ("DOWNSCALING", "CONFIG_UPDATE_STARTED"));
    // The other way at once.
    let _up = play.scale(3);
    play.settle().await;
    assert_eq!(state(&play).0, "UPSCALING");
}

#[tokio::test(start_paused = true)]
async fn it_updates_where_more_than_the_number_changes() {
    let play = Play::new(&replicas(1));
    play.settle().await;
    assert_eq!(state(&play), ("UPDATING", "CONFIG_UPDATE_STARTED"));
    let _more = play.scale(2); // it was not as it should be
    play.settle().await;
    assert_eq!(state(&play).0, "UPDATING");

    let play = Play::started(&replicas(1)).await;
    let _more = play.scale(2);
    play.settle().await;
    let _updated = play.update(&replicas(3));
    play.settle().await;
    assert_eq!(state(&play), ("UPDATING", "CONFIG_UPDATE_STARTED"));
}

#[tokio::test(start_paused = true)]
async fn the_last_replicas_that_were_lost_are_remembered() {
    let play = Play::started(&replicas(1)).await;
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    play.settle().await;
    let no_weights = || Err(Error::failed("no weights"));
    for replica in 1..=12 {
        play.after(&format!("start {replica}"), no_weights()).await;
        play.later().await;
    }
    let dead = play.controller.status().recent_dead_replicas;
    let ids: Vec<u64> = dead.iter().map(|dead| dead.id).collect();
    assert_eq!(ids, (3..=12).collect::<Vec<u64>>());
    assert!(dead.iter().all(|dead| dead.cause == "no weights"));

    let play = Play::started(&replicas(1)).await;
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    play.settle().await;
    let dead = play.controller.status().recent_dead_replicas;
    assert_eq!(dead[0].cause, "it panicked");
    // One that is retired has not died.
    play.after("start 1", Ok(())).await;
    let _none = play.scale(0);
    play.settle().await;
    play.after("retire 1", Ok(())).await;
    assert_eq!(play.controller.status().recent_dead_replicas.len(), 1);
}

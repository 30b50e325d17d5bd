//! Updates: which options they set, and which replicas they retire.

use super::*;

#[tokio::test(start_paused = true)]
async fn an_update_sets_every_option() {
    let play = Play::started(&replicas(2)).await;
    let all_at_once = replicas(4)
        .rolling_update_percentage(1.0)
        .max_constructor_retry_count(1)
        .graceful_shutdown_timeout(Duration::from_secs(1));
    let updated = play.update(&all_at_once);
    // Four, though there are two of the old version.
    assert_eq!(
        play.next().await,
        ["start 2", "start 3", "start 4", "start 5"]
    );
    for replica in 2..5 {
        play.after(&format!("start {replica}"), Ok(())).await;
    }
    // The last one is not tried a second time.
    play.after("start 5", Err(Error::failed("no weights")))
        .await;
    assert_eq!(updated.await.unwrap().unwrap_err().message(), "no weights");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(play.controller.status().count(ReplicaState::Draining), 0);
}

#[tokio::test(start_paused = true)]
async fn an_old_replica_that_is_not_ready_is_retired_at_once() {
    let play = Play::started(&replicas(2)).await;
    let _scaled = play.scale(3);
    assert_eq!(play.next().await, ["start 2"]);
    let _updated = play.update(&replicas(2));
    assert_eq!(play.next().await, ["start 3", "retire 2"]);
    // The others stay until there is a successor.
    assert_eq!(play.after("start 3", Ok(())).await, ["retire 0"]);
    assert_eq!(
        play.after("retire 0", Ok(())).await,
        ["discard 0", "start 4"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_is_retired_while_it_is_reconfigured_stays_retired() {
    let play = Play::started(&replicas(1)).await;
    let reconfigured = play.reconfigure(1);
    assert_eq!(play.next().await, ["configure 1", "reconfigure 0"]);
    let scaled = play.scale(0);
    assert_eq!(play.next().await, [REFUSES, "retire 0"]);
    assert_eq!(
        play.after("reconfigure 0", Err(Error::failed("no"))).await,
        [""; 0]
    );
    assert_eq!(play.controller.status().count(ReplicaState::Draining), 1);
    play.after("retire 0", Ok(())).await;
    scaled.await.unwrap().unwrap();
    reconfigured.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refusal_of_an_old_replica_is_no_failure_of_the_update() {
    let play = Play::started(&replicas(1)).await;
    let reconfigured = play.reconfigure(1);
    assert_eq!(play.next().await, ["configure 1", "reconfigure 0"]);
    let updated = play.update_with(&replicas(1), Some(5));
    assert_eq!(play.next().await, ["start 1"]);
    let refused = || Err(Error::failed("no"));
    assert_eq!(play.after("reconfigure 0", refused()).await, [""; 0]);
    assert_eq!(play.after("start 1", Ok(())).await, ["retire 0"]);
    play.after("retire 0", Ok(())).await;
    updated.await.unwrap().unwrap();
    reconfigured.await.unwrap().unwrap();
    // A config that is refused from then on leaves the one of the update.
    let _reconfigured = play.reconfigure(2);
    assert_eq!(play.next().await, ["configure 2", "reconfigure 1"]);
    assert_eq!(
        play.after("reconfigure 1", refused()).await,
        ["configure 5"]
    );
}

#[tokio::test(start_paused = true)]
async fn replicas_go_back_to_the_config_that_all_had() {
    let play = Play::started(&replicas(1)).await;
    for config in [1, 2] {
        let _reconfigured = play.reconfigure(config);
        play.settle().await;
        play.after("reconfigure 0", Ok(())).await;
    }
    let _reconfigured = play.reconfigure(3);
    play.settle().await;
    let refused = Err(Error::failed("no"));
    let log = play.after("reconfigure 0", refused).await;
    assert_eq!(log.last().unwrap(), "configure 2");
}

#[tokio::test(start_paused = true)]
async fn replicas_of_an_update_go_back_to_its_config() {
    let all_at_once = replicas(2).rolling_update_percentage(1.0);
    let play = Play::started(&all_at_once).await;
    let _reconfigured = play.reconfigure(1);
    play.settle().await;
    let _updated = play.update_with(&all_at_once, Some(5));
    play.settle().await;
    play.after("start 2", Ok(())).await;
    // Before the update has ended.
    let _reconfigured = play.reconfigure(2);
    assert_eq!(play.next().await, ["configure 2", "reconfigure 2"]);
    let refused = Err(Error::failed("no"));
    assert_eq!(play.after("reconfigure 2", refused).await, ["configure 5"]);
}

#[tokio::test(start_paused = true)]
async fn an_update_sets_its_config_even_after_one_that_no_replica_has_yet() {
    let play = Play::started(&replicas(1)).await;
    // Both before either arrives.
    let _reconfigured = play.reconfigure(1);
    let updated = play.update_with(&replicas(1), Some(5));
    assert_eq!(
        play.next().await,
        ["configure 1", "reconfigure 0", "start 1"]
    );
    assert_eq!(play.script.set_config(), 5);
    play.after("start 1", Ok(())).await;
    play.after("retire 0", Ok(())).await;
    updated.await.unwrap().unwrap();
}

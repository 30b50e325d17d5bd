//! Updates: what they take over, and whom they let go.

use super::*;

#[tokio::test(start_paused = true)]
async fn an_update_takes_over_every_option() {
    let play = Play::started(&replicas(2)).await;
    let all_at_once = replicas(4)
        .rolling_update_percentage(1.0)
        .max_constructor_retry_count(1)
        .graceful_shutdown_timeout(Duration::from_secs(1));
    let updated = play.update(&all_at_once);
    // Four, though two of the old kind are there.
    assert_eq!(
        play.next().await,
        ["start 2", "start 3", "start 4", "start 5"]
    );
    for replica in 2..5 {
        play.after(&format!("start {replica}"), Ok(())).await;
    }
    // The last one is tried no second time.
    play.after("start 5", Err(Error::failed("no weights")))
        .await;
    assert_eq!(updated.await.unwrap().unwrap_err().message(), "no weights");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(play.controller.status().count(ReplicaState::Draining), 0);
}

#[tokio::test(start_paused = true)]
async fn one_of_the_old_kind_that_is_not_ready_goes_at_once() {
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
async fn one_that_is_let_go_while_it_is_reconfigured_stays_gone() {
    let play = Play::started(&replicas(1)).await;
    let reconfigured = play.reconfigure(1);
    assert_eq!(play.next().await, ["configure 1", "reconfigure 0"]);
    let scaled = play.scale(0);
    assert_eq!(play.next().await, ["retire 0"]);
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
async fn what_one_of_the_old_kind_refuses_is_no_failure_of_the_update() {
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
    // What is refused from then on leaves what the update brought.
    let _reconfigured = play.reconfigure(2);
    assert_eq!(play.next().await, ["configure 2", "reconfigure 1"]);
    assert_eq!(
        play.after("reconfigure 1", refused()).await,
        ["configure 5"]
    );
}

#[tokio::test(start_paused = true)]
async fn what_all_have_is_what_they_go_back_to() {
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
async fn what_an_update_brings_is_what_its_replicas_go_back_to() {
    let all_at_once = replicas(2).rolling_update_percentage(1.0);
    let play = Play::started(&all_at_once).await;
    let _reconfigured = play.reconfigure(1);
    play.settle().await;
    let _updated = play.update_with(&all_at_once, Some(5));
    play.settle().await;
    play.after("start 2", Ok(())).await;
    // Before the update is over.
    let _reconfigured = play.reconfigure(2);
    assert_eq!(play.next().await, ["configure 2", "reconfigure 2"]);
    let refused = Err(Error::failed("no"));
    assert_eq!(play.after("reconfigure 2", refused).await, ["configure 5"]);
}

#[tokio::test(start_paused = true)]
async fn an_update_brings_its_config_also_after_one_that_nobody_has_been_given_yet() {
    let play = Play::started(&replicas(1)).await;
    // Both before either is heard.
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

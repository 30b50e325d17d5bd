//! Replicas that cannot be built, or refuse their `user_config`.

use futures_util::FutureExt;
use tokio::time::Instant;

use super::*;
use crate::ErrorKind;

fn cannot() -> crate::Result<()> {
    Err(Error::failed("no weights"))
}

fn tries(max_constructor_retry_count: u32) -> Options<'static> {
    replicas(1).max_constructor_retry_count(max_constructor_retry_count)
}

#[tokio::test(start_paused = true)]
async fn the_pauses_between_two_tries_grow_to_a_minute() {
    let play = Play::new(&tries(20));
    play.settle().await;
    let mut pauses = Vec::new();
    for replica in 0..13 {
        let failed = Instant::now();
        assert_eq!(
            play.after(&format!("start {replica}"), cannot())
                .await
                .len(),
            usize::from(replica == 0)
        );
        play.later().await;
        pauses.push(failed.elapsed().as_secs_f64());
    }
    let grow = pauses[..9].windows(2).all(|two| two[1] > 1.5 * two[0]);
    assert!(grow, "{pauses:?}");
    let longest = pauses[11..]
        .iter()
        .all(|pause| (60.0..61.0).contains(pause));
    assert!(longest, "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn waiting_calls_are_refused_once_and_accepted_again_after_the_next_command() {
    let play = Play::new(&tries(1));
    play.settle().await;
    play.script.log();
    let failed = ["fail: `Model` could not replace a replica: no weights"];
    assert_eq!(play.after("start 0", cannot()).await, failed);
    play.events.send(Event::Wanted).unwrap();
    assert_eq!(play.next().await, [""; 0], "it has been reported already");
    assert_eq!(play.controller.status().status, Status::DeployFailed);
    let scaled = play.scale(1);
    assert_eq!(play.next().await, ["open", "start 1"]);
    assert_eq!(play.after("start 1", Ok(())).await, [""; 0]);
    scaled.await.unwrap().unwrap();
    let _scaled = play.scale(2);
    assert_eq!(play.next().await, ["start 2"], "it was open");
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_refuses_its_config_gets_it_again_only_after_a_command() {
    let play = Play::started(&replicas(1)).await;
    let reconfigured = play.reconfigure(1);
    assert_eq!(play.next().await, ["configure 1", "reconfigure 0"]);
    // Later replicas get the previous one.
    assert_eq!(play.after("reconfigure 0", cannot()).await, ["configure 0"]);
    let error = reconfigured.await.unwrap().unwrap_err();
    assert_eq!(
        (error.kind(), error.message()),
        (ErrorKind::Failed, "no weights")
    );
    let status = play.controller.status();
    assert_eq!(
        (status.status, &*status.message),
        (Status::Unhealthy, "no weights")
    );
    play.events.send(Event::Wanted).unwrap();
    assert_eq!(play.next().await, [""; 0]);
    let scaled = play.scale(1);
    assert_eq!(play.next().await, ["reconfigure 0"]);
    play.after("reconfigure 0", Ok(())).await;
    scaled.await.unwrap().unwrap();
    assert_eq!(play.controller.status().status, Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn a_refused_config_that_is_outdated_stops_no_replica() {
    let play = Play::started(&replicas(2)).await;
    let first = play.reconfigure(1);
    assert_eq!(play.next().await, ["configure 1", "reconfigure 0"]);
    let second = play.reconfigure(2);
    assert_eq!(play.next().await, ["configure 2"]);
    assert_eq!(
        play.after("reconfigure 0", cannot()).await,
        ["reconfigure 0"]
    );
    assert_eq!(play.after("reconfigure 0", Ok(())).await, ["reconfigure 1"]);
    assert_eq!(play.after("reconfigure 1", Ok(())).await, [""; 0]);
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_is_lost_while_it_is_reconfigured_is_replaced() {
    let play = Play::started(&replicas(1)).await;
    let reconfigured = play.reconfigure(1);
    assert_eq!(play.next().await, ["configure 1", "reconfigure 0"]);
    let gone = Err(Error::unavailable("replica 0 is gone"));
    assert_eq!(
        play.after("reconfigure 0", gone).await,
        ["discard 0", "start 1"]
    );
    assert!(!reconfigured.is_finished());
    play.after("start 1", Ok(())).await;
    reconfigured.await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_is_not_reconfigured_in_time_is_replaced_and_the_command_fails() {
    let play = Play::started(&replicas(1)).await;
    let mut reconfigured = Box::pin(play.controller.reconfigure(Arc::new(1_u32)));
    assert!((&mut reconfigured).now_or_never().is_none());
    assert_eq!(play.next().await, ["configure 1", "reconfigure 0"]);
    sleep(Duration::from_secs(89)).await;
    assert_eq!(play.next().await, [""; 0]);
    sleep(Duration::from_secs(2)).await;
    // The successor has the previous config, and is ready before the error is known.
    assert_eq!(play.next().await, ["configure 0", "discard 0", "start 1"]);
    play.after("start 1", Ok(())).await;
    assert_eq!(play.controller.status().status, Status::Healthy);
    let error = reconfigured.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(
        error.message().lines().next().unwrap(),
        "`Model` was not reconfigured: replica 0 did not answer within 90 s, and was given up"
    );
    // It does not concern the next command.
    play.scale(1).await.unwrap().unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_deployment_that_reached_its_target_in_spite_of_failures_is_healthy() {
    let play = Play::started(&replicas(1)).await;
    let reconfigured = play.reconfigure(1);
    play.settle().await;
    play.after("reconfigure 0", cannot()).await;
    reconfigured.await.unwrap().unwrap_err();
    assert_eq!(play.controller.status().status, Status::Unhealthy);
    // Its successor is built with the config that is wanted then.
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    assert_eq!(play.next().await, ["discard 0", "start 1"]);
    play.after("start 1", Ok(())).await;
    assert_eq!(play.controller.status().status, Status::Healthy);
}

//! Replicas that cannot be built, or refuse their `user_config`.

use futures_util::FutureExt;
use tokio::time::Instant;

use super::*;
use crate::ErrorKind;

fn cannot() -> crate::Result<()> {
    Err(Error::failed("no weights"))
}

const REFUSES: &str = "fail: `Model` could not replace a replica: no weights";

fn tries(max_constructor_retry_count: u32) -> Options<'static> {
    replicas(1).max_constructor_retry_count(max_constructor_retry_count)
}

#[tokio::test(start_paused = true)]
async fn the_pauses_between_two_tries_grow_to_half_a_minute() {
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
    assert_grow(&pauses);
}

#[tokio::test(start_paused = true)]
async fn what_was_healthy_once_is_never_given_up() {
    let play = Play::started(&tries(2)).await;
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    assert_eq!(play.next().await, ["discard 0", "start 1"]);
    assert_eq!(play.after("start 1", cannot()).await, [""; 0], "calls wait");
    for attempt in 2..40 {
        let start = format!("start {attempt}");
        let begun = play.later().await;
        match attempt {
            2 => assert_eq!(begun, [&*start]),
            _ => assert_eq!(begun, ["open", &*start]),
        }
        assert_eq!(play.after(&start, cannot()).await, [REFUSES]);
        let status = play.controller.status();
        assert_eq!(status.status, Status::Unhealthy);
        assert_eq!(status.status_trigger, StatusTrigger::ReplicaStartupFailed);
        let tried = format!(
            "no weights\nnote: {attempt} attempts to replace it have failed; the next one follows"
        );
        assert!(status.message.starts_with(&tried), "{}", status.message);
    }
    assert_eq!(play.later().await, ["open", "start 40"]);
    assert_eq!(play.after("start 40", Ok(())).await, [""; 0]);
    let status = play.controller.status();
    assert_eq!((status.status, &*status.message), (Status::Healthy, ""));
    assert_eq!(status.status_trigger, StatusTrigger::Unspecified);
}

#[tokio::test(start_paused = true)]
async fn what_was_never_there_is_given_up() {
    let play = Play::new(&replicas(2).max_constructor_retry_count(2));
    assert_eq!(play.next().await, ["start 0", "start 1"]);
    play.after("start 0", Ok(())).await;
    play.after("start 1", cannot()).await;
    assert_eq!(play.later().await, ["start 2"]);
    play.after("start 2", cannot()).await;
    play.controller.started().await.unwrap_err();
    sleep(Duration::from_secs(1000)).await;
    assert_eq!(play.next().await, [""; 0]);
    assert_eq!(
        play.controller.status().status,
        Status::Unhealthy,
        "one serves"
    );
    // The one that was there is another matter.
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    assert_eq!(play.next().await, ["discard 0", "start 3"]);
}

#[tokio::test(start_paused = true)]
async fn a_number_that_cannot_be_reached_changes_nothing() {
    let play = Play::started(&tries(2)).await;
    let scaled = play.scale(3);
    assert_eq!(play.next().await, ["start 1", "start 2"]);
    play.after("start 1", Ok(())).await;
    play.after("start 2", cannot()).await;
    assert_eq!(play.later().await, ["start 3"]);
    assert_eq!(play.after("start 3", cannot()).await, ["retire 1"]);
    play.after("retire 1", Ok(())).await;
    assert_eq!(scaled.await.unwrap().unwrap_err().message(), "no weights");
    let status = play.controller.status();
    assert_eq!(status.target_num_replicas, 1);
    assert_eq!(
        (status.status, &*status.message),
        (Status::Healthy, "no weights")
    );
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
async fn a_config_that_a_replica_refuses_is_not_in_force() {
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
        (Status::Healthy, "no weights")
    );
    assert_eq!(status.status_trigger, StatusTrigger::ReplicaStartupFailed);
    let scaled = play.scale(1);
    assert_eq!(play.next().await, [""; 0], "it is as it should be");
    scaled.await.unwrap().unwrap();
    assert_eq!(play.controller.status().message, "");
}

#[tokio::test(start_paused = true)]
async fn replicas_that_have_a_config_that_another_one_refuses_get_the_previous_one_again() {
    let play = Play::started(&replicas(3)).await;
    let first = play.reconfigure(1);
    for asked in ["reconfigure 0", "reconfigure 1", "reconfigure 2"] {
        let next = play.next().await;
        assert_eq!(next.last().unwrap(), asked);
        play.script.answer(asked, Ok(()));
    }
    first.await.unwrap().unwrap();
    let second = play.reconfigure(2);
    assert_eq!(play.next().await, ["configure 2", "reconfigure 0"]);
    assert_eq!(play.after("reconfigure 0", Ok(())).await, ["reconfigure 1"]);
    let restored = play.after("reconfigure 1", cannot()).await;
    assert_eq!(restored, ["configure 1", "reconfigure 0"]);
    assert!(!second.is_finished(), "one is still to be as before");
    assert_eq!(play.after("reconfigure 0", Ok(())).await, [""; 0]);
    assert_eq!(second.await.unwrap().unwrap_err().message(), "no weights");
    assert_eq!(play.controller.status().status, Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn where_there_was_no_config_before_they_are_replaced() {
    let play = Play::started(&replicas(2)).await;
    let reconfigured = play.reconfigure(1);
    assert_eq!(play.next().await, ["configure 1", "reconfigure 0"]);
    assert_eq!(play.after("reconfigure 0", Ok(())).await, ["reconfigure 1"]);
    let replaced = play.after("reconfigure 1", cannot()).await;
    assert_eq!(replaced, ["configure 0", "start 2"]);
    assert_eq!(play.after("start 2", Ok(())).await, ["retire 0"]);
    play.after("retire 0", Ok(())).await;
    reconfigured.await.unwrap().unwrap_err();
    assert_eq!(play.controller.status().status, Status::Healthy);
}

#[tokio::test(start_paused = true)]
async fn a_replica_that_does_not_take_the_previous_config_is_replaced() {
    let play = Play::started(&replicas(2)).await;
    for config in [1, 2] {
        let reconfigured = play.reconfigure(config);
        play.settle().await;
        play.after("reconfigure 0", Ok(())).await;
        match config {
            1 => {
                play.after("reconfigure 1", Ok(())).await;
                reconfigured.await.unwrap().unwrap();
            }
            _ => {
                let restored = play.after("reconfigure 1", cannot()).await;
                assert_eq!(restored, ["configure 1", "reconfigure 0"]);
                let replaced = play.after("reconfigure 0", cannot()).await;
                assert_eq!(replaced, ["discard 0", "start 2"]);
                play.after("start 2", Ok(())).await;
                reconfigured.await.unwrap().unwrap_err();
            }
        }
        play.script.log();
    }
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
    let play = Play::started(&tries(1)).await;
    let updated = play.update(&tries(1));
    assert_eq!(play.next().await, ["start 1"]);
    play.after("start 1", cannot()).await;
    updated.await.unwrap().unwrap_err();
    assert_eq!(play.controller.status().status, Status::Unhealthy);
    // The next one of the update is built in the place of a lost one.
    play.events.send(Event::Lost(ReplicaId(0))).unwrap();
    assert_eq!(play.next().await, ["discard 0", REFUSES]);
    assert_eq!(play.later().await, ["open", "start 2"]);
    play.after("start 2", Ok(())).await;
    assert_eq!(play.controller.status().status, Status::Healthy);
}

//! When health checks are made.

use super::script::Script;
use tokio::time::Instant;

use super::*;
use crate::resources::Machine;

async fn asked(checks: bool) -> Play {
    let script = Script::with_checks(checks);
    let play = Play::of(script, &replicas(1), Machine::empty());
    assert_eq!(play.next().await, ["start 0"]);
    play.after("start 0", Ok(())).await;
    play
}

#[tokio::test(start_paused = true)]
async fn once_in_a_period_and_once_at_a_time() {
    let play = asked(true).await;
    for _ in 0..3 {
        sleep(Duration::from_secs(9)).await;
        play.events.send(Event::Wanted).unwrap();
        assert_eq!(play.next().await, [""; 0], "too early");
        sleep(Duration::from_secs(2)).await;
        assert_eq!(play.next().await, ["check 0"]);
        sleep(Duration::from_secs(15)).await;
        assert_eq!(play.next().await, [""; 0], "it has not answered yet");
        play.after("check 0", Ok(())).await;
    }
}

#[tokio::test(start_paused = true)]
async fn not_at_all_without_a_check_health() {
    let play = asked(false).await;
    sleep(Duration::from_secs(1000)).await;
    assert_eq!(play.next().await, [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn replicas_that_do_not_stay_healthy_are_replaced_after_growing_pauses() {
    let play = asked(true).await;
    let mut pauses = Vec::new();
    for replica in 0..6 {
        for _ in 0..3 {
            sleep(Duration::from_secs(11)).await;
            assert_eq!(play.next().await, [format!("check {replica}")]);
            let check = format!("check {replica}");
            play.script.answer(&check, Err(Error::failed("never well")));
            play.settle().await;
        }
        assert_eq!(play.script.log(), [format!("discard {replica}")]);
        let lost = Instant::now();
        let status = play.controller.status();
        assert_eq!(status.status, Status::Unhealthy);
        assert_eq!(status.status_trigger, StatusTrigger::HealthCheckFailed);
        assert!(
            status.message.starts_with("never well\nnote: "),
            "{}",
            status.message
        );
        play.later().await;
        pauses.push(lost.elapsed().as_secs_f64());
        play.after(&format!("start {}", replica + 1), Ok(())).await;
        let status = play.controller.status();
        assert_eq!((status.status, &*status.message), (Status::Healthy, ""));
    }
    assert_grow(&pauses);
}

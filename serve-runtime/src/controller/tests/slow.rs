//! Constructors that take long, or for ever.

use super::warnings::Warnings;
use super::*;

#[tokio::test(start_paused = true)]
async fn a_slow_start_is_in_the_status_and_in_the_log_again_and_again() {
    let warnings = Warnings::default();
    let _logged = tracing::subscriber::set_default(warnings.clone());
    let play = Play::new(&replicas(2));
    assert_eq!(play.next().await, ["start 0", "start 1"]);
    sleep(Duration::from_secs(29)).await;
    assert_eq!(warnings.since(), [""; 0]);
    assert_eq!(play.controller.status().message, "");
    sleep(Duration::from_secs(2)).await;
    assert_eq!(
        warnings.since(),
        ["deployment=Model replicas=[0, 1] seconds=30 "]
    );
    let status = play.controller.status();
    assert_eq!(status.status, Status::Updating);
    assert_eq!(
        status.message,
        "2 replicas have been starting for more than 30 s\n\
         note: `new` or `reconfigure` is slow or stuck"
    );
    play.after("start 1", Ok(())).await;
    // An hour later: at twice the age of the previous one.
    sleep(Duration::from_secs(3_600)).await;
    let later: Vec<String> = [60, 120, 240, 480, 960, 1920]
        .map(|seconds| format!("deployment=Model replicas=[0] seconds={seconds} "))
        .into();
    assert_eq!(warnings.since(), later);
    // It is still waited for.
    play.after("start 0", Ok(())).await;
    let status = play.controller.status();
    assert_eq!((status.status, &*status.message), (Status::Healthy, ""));
    // The next one has its full time.
    let scaled = play.scale(3);
    assert_eq!(play.next().await, ["start 2"]);
    sleep(Duration::from_secs(31)).await;
    assert_eq!(
        warnings.since(),
        ["deployment=Model replicas=[2] seconds=30 "]
    );
    play.after("start 2", Ok(())).await;
    scaled.await.unwrap().unwrap();
    sleep(Duration::from_secs(3_600)).await;
    assert_eq!(warnings.since(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_shown_before_a_slow_start() {
    let options = replicas(2).max_constructor_retry_count(1);
    let play = Play::new(&options);
    assert_eq!(play.next().await, ["start 0", "start 1"]);
    sleep(Duration::from_secs(31)).await;
    play.after("start 1", Err(Error::failed("no such file")))
        .await;
    assert_eq!(play.controller.status().message, "no such file");
}

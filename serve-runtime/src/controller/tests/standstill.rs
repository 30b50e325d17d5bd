//! Calls that wait while nothing moves.

use std::sync::atomic::Ordering;

use super::warnings::Warnings;
use super::*;
use crate::engine::Line;

/// One call is in flight, and others wait behind it.
fn line(waiting: usize, begun: u64) -> Line {
    Line {
        waiting,
        begun,
        ongoing: 1,
        ..Line::default()
    }
}

impl Play {
    fn message(&self) -> String {
        self.controller.status().message
    }

    async fn waits(line: Line) -> Play {
        let play = Play::started(&replicas(1)).await;
        play.set_line(line);
        play.events.send(Event::Waits).unwrap();
        play.settle().await;
        play
    }

    fn set_line(&self, line: Line) {
        *self.script.line.lock().unwrap() = line;
    }
}

#[tokio::test(start_paused = true)]
async fn calls_that_wait_while_nothing_moves_are_reported_with_what_keeps_them() {
    let warnings = Warnings::default();
    let _logged = tracing::subscriber::set_default(warnings.clone());
    let play = Play::waits(line(3, 7)).await;
    sleep(Duration::from_secs(29)).await;
    assert_eq!((&*play.message(), &warnings.since()[..]), ("", &[][..]));
    sleep(Duration::from_secs(2)).await;
    assert_eq!(
        play.message(),
        "no call has begun for 30 s, while 3 wait: the one in flight has not ended\n\
         note: its calls are of the node `score`"
    );
    assert_eq!(play.controller.status().status, Status::Healthy);
    assert_eq!(warnings.since(), ["deployment=Model "]);
    // Again at twice the age.
    sleep(Duration::from_secs(28)).await;
    assert_eq!(warnings.since(), [""; 0]);
    sleep(Duration::from_secs(2)).await;
    assert_eq!(warnings.since(), ["deployment=Model "]);
    // It moves: that ends at the next look.
    play.set_line(line(2, 8));
    sleep(Duration::from_secs(60)).await;
    assert_eq!((&*play.message(), &warnings.since()[..]), ("", &[][..]));
}

#[tokio::test(start_paused = true)]
async fn calls_that_move_slowly_are_not_reported() {
    let warnings = Warnings::default();
    let _logged = tracing::subscriber::set_default(warnings.clone());
    let play = Play::waits(line(3, 0)).await;
    for begun in 1..20 {
        sleep(Duration::from_secs(20)).await;
        play.set_line(line(3, begun));
        assert_eq!(play.message(), "");
    }
    assert_eq!(warnings.since(), [""; 0]);
}

#[tokio::test(start_paused = true)]
async fn the_watch_ends_when_no_call_waits_and_is_told_of_the_next() {
    let play = Play::waits(line(1, 0)).await;
    play.set_line(line(0, 1));
    sleep(Duration::from_secs(31)).await;
    assert_eq!(play.script.log(), ["end watch"]);
    play.set_line(line(1, 1));
    play.events.send(Event::Waits).unwrap();
    sleep(Duration::from_secs(31)).await;
    assert!(
        play.message()
            .starts_with("no call has begun for 30 s, while 1 waits: ")
    );
}

#[tokio::test(start_paused = true)]
async fn each_line_is_told_with_what_is_in_flight() {
    for (ongoing, streams, told) in [
        (0, 0, "no replica takes one"),
        (
            1,
            1,
            "the one in flight is a stream that is not read to its end",
        ),
        (4, 0, "the 4 in flight have not ended"),
        (
            4,
            2,
            "the 4 in flight have not ended, 2 of them streams that are not read to their end",
        ),
    ] {
        let play = Play::waits(Line {
            ongoing,
            streams,
            ..line(1, 0)
        });
        let play = play.await;
        sleep(Duration::from_secs(31)).await;
        let message = play.message();
        assert_eq!(
            message.lines().next().unwrap(),
            format!("no call has begun for 30 s, while 1 waits: {told}")
        );
    }
}

#[tokio::test(start_paused = true)]
async fn how_long_calls_will_wait_is_known_after_a_second_until_none_waits() {
    let play = Play::waits(line(30, 0)).await;
    let expected = || play.expected_wait.get().map(|wait| wait.as_secs());
    assert_eq!(expected(), None);
    play.set_line(line(30, 2));
    sleep(Duration::from_millis(1_001)).await;
    assert_eq!(expected(), Some(15));
    play.set_line(line(60, 4));
    sleep(Duration::from_millis(1_001)).await;
    assert_eq!(expected(), Some(30));
    play.set_line(line(0, 64));
    sleep(Duration::from_millis(1_001)).await;
    assert_eq!(expected(), None);
    play.set_line(line(1, 64));
    sleep(Duration::from_millis(1_001)).await;
    assert_eq!(expected(), Some(0));
    // Nobody looks after the watch has ended.
    sleep(Duration::from_millis(24_500)).await;
    assert_eq!(play.script.log(), [""; 0]);
    play.set_line(line(0, 65));
    sleep(Duration::from_secs(2)).await;
    assert_eq!(play.script.log(), ["end watch"]);
    assert_eq!(expected(), None);
}

#[tokio::test(start_paused = true)]
async fn calls_that_nobody_polls_are_skipped_while_calls_wait() {
    let play = Play::waits(line(1, 0)).await;
    let skips = || play.script.skips.load(Ordering::SeqCst);
    for seconds in 0..40 {
        assert_eq!(skips(), seconds);
        sleep(Duration::from_millis(1_001)).await;
    }
    play.set_line(line(0, 1));
    sleep(Duration::from_secs(31)).await;
    let before = skips();
    sleep(Duration::from_secs(31)).await;
    assert_eq!(skips(), before);
}

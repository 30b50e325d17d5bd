use super::*;
use crate::batch::Group;
use crate::{ErrorKind, Request};

const HOUR: Duration = Duration::from_secs(3600);
/// Whoever waits here in vain waits longer, so that a test that takes as long has failed.
const TOO_LONG: Duration = Duration::from_secs(4);

type Calls = Batcher<u32, ()>;

/// A batch takes an hour however large it is, and calls come minutes after each other, with so many that
/// wait then.
fn batcher(size: u32, wait: f64, nobody_else: bool, waiting: &[usize]) -> Calls {
    let batch = Batch::DEFAULT
        .max_batch_size(size)
        .batch_wait_timeout(Duration::from_secs_f64(wait));
    let batcher = Batcher::new("m".to_owned(), &batch, Box::new(move || nobody_else));
    let mut state = batcher.lock();
    let mut now = Instant::now();
    for size in [1, 8] {
        state.rhythm.ran(size, HOUR, 0, now);
    }
    for waiting in waiting.iter().cycle().take(10) {
        now += HOUR / 60;
        state.rhythm.happened(Event::Arrival, *waiting, now);
    }
    drop(state);
    batcher
}

/// One that waits if it may.
fn patient(size: u32) -> Calls {
    batcher(size, 3600.0, true, &[1, 2])
}

fn asked(name: u32) -> Asked<u32> {
    Asked {
        arguments: name,
        cost: 1,
        group: None,
    }
}

fn names(batch: Option<Vec<Item<u32, ()>>>) -> Vec<u32> {
    let items = batch.into_iter().flatten();
    items.map(|item| item.arguments).collect()
}

/// What a batch is of that nobody has to wait for.
fn at_once(batcher: &Calls, place: &Arc<Place>) -> Vec<u32> {
    let begun = Instant::now();
    let batch = names(batcher.form(place));
    assert!(begun.elapsed() < TOO_LONG, "{batch:?}");
    batch
}

/// Makes a batch that waits for more; `meanwhile` is done once a first call is in hand.
fn lingering(batcher: &Calls, place: &Arc<Place>, meanwhile: impl FnOnce()) -> Vec<u32> {
    std::thread::scope(|scope| {
        let batch = scope.spawn(|| at_once(batcher, place));
        is_in_hand(batcher);
        meanwhile();
        batch.join().unwrap()
    })
}

fn is_in_hand(batcher: &Calls) {
    let begun = Instant::now();
    while !batcher.lock().line.is_empty() || batcher.lock().in_hand == 0 {
        assert!(begun.elapsed() < TOO_LONG);
        std::thread::yield_now();
    }
}

#[test]
fn whoever_waits_is_woken_by_the_call_that_fills_the_batch() {
    let batcher = patient(3);
    let (place, _first) = batcher.push(asked(1));
    // Without waiting the batch would be of one call, or of two.
    let mut others = Vec::new();
    let batch = lingering(&batcher, &place, || {
        others.push(batcher.push(asked(2)));
        is_in_hand(&batcher);
        others.push(batcher.push(asked(3)));
    });
    assert_eq!(batch, [1, 2, 3]);
}

#[test]
fn nobody_waits_longer_than_allowed_or_while_others_could_work() {
    for (wait, nobody_else) in [(0.0, true), (3600.0, false)] {
        let batcher = batcher(3, wait, nobody_else, &[1, 2]);
        let (place, _answer) = batcher.push(asked(1));
        assert_eq!(at_once(&batcher, &place), [1]);
    }
}

#[test]
fn a_full_batch_does_not_wait_nor_one_that_others_wait_for() {
    let batcher = patient(2);
    let pushed = [1, 2].map(|name| batcher.push(asked(name)));
    assert_eq!(at_once(&batcher, &pushed[0].0), [1, 2]);
    // One that cannot be in it.
    let pushed = ["a", "b"].map(|key| {
        let mut asked = asked(3);
        asked.group = Some(Group::of(key));
        batcher.push(asked)
    });
    assert_eq!(at_once(&batcher, &pushed[0].0), [3]);
}

#[test]
fn calls_in_hand_count_among_those_that_wait() {
    // After a call that is the only one another one comes; what follows on two, nobody has seen.
    let batcher = batcher(3, 3600.0, true, &[1]);
    let (place, _first) = batcher.push(asked(1));
    let mut second = None;
    let batch = lingering(&batcher, &place, || second = Some(batcher.push(asked(2))));
    assert_eq!(batch, [1, 2]);
}

#[test]
fn who_goes_while_a_batch_waits_is_left_out() {
    let batcher = patient(2);
    let (place, first) = batcher.push(asked(1));
    let mut second = None;
    let batch = lingering(&batcher, &place, || {
        drop(first);
        second = Some(batcher.push(asked(2)));
    });
    assert_eq!(batch, [2]);
    assert_eq!(batcher.stats().gone, 1);
}

#[test]
fn who_is_late_by_the_end_of_the_wait_is_refused() {
    let batcher = patient(2);
    let late = Request::default().with_deadline(tokio::time::Instant::now());
    let (place, first) = late.sync_scope(|| batcher.push(asked(1)));
    let (_, _second) = batcher.push(asked(2));
    assert_eq!(at_once(&batcher, &place), [2]);
    let error = futures_util::FutureExt::now_or_never(first.get());
    let error = error.flatten().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
}

#[test]
fn a_ticket_whose_call_is_in_a_batch_is_good_for_nothing() {
    let batcher = batcher(3, 0.0, true, &[1, 2]);
    let pushed = [1, 2].map(|name| batcher.push(asked(name)));
    assert_eq!(names(batcher.form(&pushed[0].0)), [1, 2]);
    assert!(pushed[1].0.is_idle());
    assert!(batcher.form(&pushed[1].0).is_none());
}

#[test]
fn the_call_of_the_ticket_is_in_the_batch_whatever_the_line() {
    let batcher = batcher(1, 0.0, true, &[1, 2]);
    let pushed = [1, 2].map(|name| batcher.push(asked(name)));
    assert_eq!(names(batcher.form(&pushed[1].0)), [2]);
    assert_eq!(names(batcher.form(&pushed[0].0)), [1]);
}

#[test]
fn a_batch_that_nobody_waits_for_is_none_at_once() {
    let batcher = patient(2);
    let pushed = [1, 2].map(|name| batcher.push(asked(name)).0);
    assert!(at_once(&batcher, &pushed[0]).is_empty());
    assert!(at_once(&batcher, &pushed[1]).is_empty());
    assert_eq!(batcher.stats().gone, 2);
}

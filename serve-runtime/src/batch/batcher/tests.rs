use super::*;
use crate::batch::Group;
use crate::{ErrorKind, Request};

const HOUR: Duration = Duration::from_secs(3600);
/// A batch that waits in vain waits longer than this, so a test that takes so long has failed.
const TOO_LONG: Duration = Duration::from_secs(4);

type Calls = Batcher<u32, ()>;

/// A batch takes an hour whatever its size, and calls arrive minutes after each other, each time with so many
/// that wait.
fn batcher(size: u32, wait: f64, may_wait: bool, waiting: &[usize]) -> Calls {
    let batch = Batch::DEFAULT
        .max_batch_size(size)
        .batch_wait_timeout(Duration::from_secs_f64(wait));
    let batcher = Batcher::new("m".to_owned(), &batch, Arc::new(move || may_wait));
    let mut state = batcher.lock();
    let mut now = Instant::now();
    for size in [1, 8] {
        state.stats.record_batch(size, HOUR, 0, now);
    }
    for waiting in waiting.iter().cycle().take(10) {
        now += HOUR / 60;
        state.stats.record_event(Event::Arrival, *waiting, now);
    }
    drop(state);
    batcher
}

/// One that waits for further calls if it may.
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

/// The calls of a batch that is formed without a wait.
fn at_once(batcher: &Calls, ticket: &Arc<TicketState>) -> Vec<u32> {
    let begun = Instant::now();
    let batch = names(batcher.form(ticket));
    assert!(begun.elapsed() < TOO_LONG, "{batch:?}");
    batch
}

/// Forms a batch that waits for more; `meanwhile` runs once the batch has its first call.
fn lingering(batcher: &Calls, ticket: &Arc<TicketState>, meanwhile: impl FnOnce()) -> Vec<u32> {
    std::thread::scope(|scope| {
        let batch = scope.spawn(|| at_once(batcher, ticket));
        wait_until_in_batch(batcher);
        meanwhile();
        batch.join().unwrap()
    })
}

fn wait_until_in_batch(batcher: &Calls) {
    let begun = Instant::now();
    while !batcher.lock().list.is_empty() || batcher.lock().in_batches == 0 {
        assert!(begun.elapsed() < TOO_LONG);
        std::thread::yield_now();
    }
}

#[test]
fn a_waiting_batch_is_completed_by_the_call_that_fills_it() {
    let batcher = patient(3);
    let (ticket, _first) = batcher.push(asked(1));
    // Without waiting the batch would be of one call, or of two.
    let mut others = Vec::new();
    let batch = lingering(&batcher, &ticket, || {
        others.push(batcher.push(asked(2)));
        wait_until_in_batch(&batcher);
        others.push(batcher.push(asked(3)));
    });
    assert_eq!(batch, [1, 2, 3]);
}

#[test]
fn no_batch_waits_longer_than_allowed_or_while_other_replicas_are_free() {
    for (wait, may_wait) in [(0.0, true), (3600.0, false)] {
        let batcher = batcher(3, wait, may_wait, &[1, 2]);
        let (ticket, _answer) = batcher.push(asked(1));
        assert_eq!(at_once(&batcher, &ticket), [1]);
    }
}

#[test]
fn a_full_batch_does_not_wait_nor_one_that_other_calls_wait_for() {
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
fn calls_in_a_batch_that_waits_count_as_waiting() {
    // After a single call another one arrives; what follows two calls has not been seen.
    let batcher = batcher(3, 3600.0, true, &[1]);
    let (ticket, _first) = batcher.push(asked(1));
    let mut second = None;
    let batch = lingering(&batcher, &ticket, || second = Some(batcher.push(asked(2))));
    assert_eq!(batch, [1, 2]);
}

#[test]
fn a_call_whose_caller_goes_while_the_batch_waits_is_left_out() {
    let batcher = patient(2);
    let (ticket, first) = batcher.push(asked(1));
    let mut second = None;
    let batch = lingering(&batcher, &ticket, || {
        drop(first);
        second = Some(batcher.push(asked(2)));
    });
    assert_eq!(batch, [2]);
    assert_eq!(batcher.stats().gone, 1);
}

#[test]
fn a_call_that_is_late_at_the_end_of_the_wait_is_refused() {
    let batcher = patient(2);
    let late = Request::default().with_deadline(tokio::time::Instant::now());
    let (ticket, first) = late.sync_scope(|| batcher.push(asked(1)));
    let (_, _second) = batcher.push(asked(2));
    assert_eq!(at_once(&batcher, &ticket), [2]);
    let error = futures_util::FutureExt::now_or_never(first.get());
    let error = error.flatten().unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::DeadlineExceeded);
}

#[test]
fn a_ticket_whose_call_is_in_a_batch_is_void() {
    let batcher = batcher(3, 0.0, true, &[1, 2]);
    let pushed = [1, 2].map(|name| batcher.push(asked(name)));
    assert_eq!(names(batcher.form(&pushed[0].0)), [1, 2]);
    assert!(pushed[1].0.is_void());
    assert!(batcher.form(&pushed[1].0).is_none());
}

#[test]
fn the_call_of_the_ticket_is_in_the_batch_whatever_waits() {
    let batcher = batcher(1, 0.0, true, &[1, 2]);
    let pushed = [1, 2].map(|name| batcher.push(asked(name)));
    assert_eq!(names(batcher.form(&pushed[1].0)), [2]);
    assert_eq!(names(batcher.form(&pushed[0].0)), [1]);
}

#[test]
fn a_batch_without_callers_is_none_at_once() {
    let batcher = patient(2);
    let pushed = [1, 2].map(|name| batcher.push(asked(name)).0);
    assert!(at_once(&batcher, &pushed[0]).is_empty());
    assert!(at_once(&batcher, &pushed[1]).is_empty());
    assert_eq!(batcher.stats().gone, 2);
}

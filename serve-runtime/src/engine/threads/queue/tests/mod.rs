//! What the queue does, with no threads but the consumers'.

mod begins;
mod drops;
mod joining;

use std::sync::Arc;

use super::state::{LOOK_AHEAD, MAX_OVERTAKEN};
use super::*;

const ONE: ReplicaId = ReplicaId(1);
const TWO: ReplicaId = ReplicaId(2);

type Plain<T> = Queue<T, ()>;

fn keep<T>(_: &T) -> bool {
    false
}

fn of_one<T>() -> Plain<T> {
    let queue = Queue::new();
    queue.join(ONE, Arc::default());
    queue
}

#[test]
fn first_in_is_first_out() {
    let queue = of_one();
    for job in [1, 2, 3] {
        queue.push(job, None, 3, keep).unwrap();
    }
    let next = || queue.next(ONE);
    assert_eq!([next(), next(), next()], [1, 2, 3].map(Next::Job));
}

#[test]
fn a_full_queue_gives_the_job_back() {
    let queue = of_one();
    queue.push("first", None, 1, keep).unwrap();
    let second = queue.push("second", None, 1, keep);
    assert!(matches!(second, Err(Refused::Full("second"))));
}

#[test]
fn an_abandoned_job_makes_room() {
    let queue = of_one();
    queue.push("stays", None, 2, keep).unwrap();
    queue.push("gone", None, 2, keep).unwrap();
    queue.push("third", None, 2, |job| *job == "gone").unwrap();
    let next = || queue.next(ONE);
    assert_eq!([next(), next()], ["stays", "third"].map(Next::Job));
}

#[test]
fn abandoned_jobs_of_a_long_queue_are_counted_when_they_leave() {
    let queue = Plain::new();
    for job in 0..200 {
        queue.push(job, None, 1_000, |job| *job < 100).unwrap();
    }
    assert_eq!(queue.load().0, 100);
    assert_eq!(queue.left(), (0, 100));
}

#[test]
fn a_refusal_looks_at_few_jobs_and_each_abandoned_one_is_found_in_time() {
    const LENGTH: usize = 10_000;
    let (queue, looks) = (Plain::new(), std::cell::Cell::new(0));
    for job in 0..LENGTH {
        queue.push(job, None, LENGTH, keep).unwrap();
    }
    let push = |gone: usize| {
        let is_gone = |job: &usize| {
            looks.set(looks.get() + 1);
            *job == gone
        };
        queue.push(LENGTH, None, LENGTH, is_gone).is_ok()
    };
    assert!(!push(LENGTH + 1));
    looks.set(0); // it may have looked at all of them, once
    assert!((0..100).all(|_| !push(LENGTH + 1)));
    assert!(looks.get() <= 100 * 129, "{}", looks.get());
    for gone in [0, 5_000, 9_999] {
        let tries = (0..).take_while(|_| !push(gone)).count();
        assert!(tries <= LENGTH / 128 + 1, "{tries}");
    }
    assert_eq!(queue.load().0, LENGTH);
}

#[test]
fn a_queue_of_no_length_serves_a_free_consumer() {
    let queue = Arc::new(of_one());
    assert!(matches!(
        queue.push(1, None, 0, keep),
        Err(Refused::Full(1))
    ));
    queue.mark_free(ONE);
    let consumer = std::thread::spawn({
        let queue = Arc::clone(&queue);
        move || queue.next(ONE)
    });
    queue.push(2, None, 0, keep).unwrap();
    assert_eq!(consumer.join().unwrap(), Next::Job(2));
}

#[test]
fn a_closed_queue_hands_out_what_waits_and_then_ends() {
    let queue = of_one();
    queue.push(1, None, 2, keep).unwrap();
    queue.close();
    assert!(matches!(
        queue.push(2, None, 2, keep),
        Err(Refused::Closed(2))
    ));
    assert_eq!(queue.next(ONE), Next::Job(1));
    assert_eq!(queue.next(ONE), Next::Leave);
}

#[test]
fn what_waits_can_be_taken_back() {
    let queue = of_one();
    queue.push(1, None, 2, keep).unwrap();
    queue.push(2, None, 2, keep).unwrap();
    assert_eq!(queue.close_and_take(), [1, 2]);
    assert_eq!(queue.next(ONE), Next::Leave);
}

#[test]
fn a_dismissed_consumer_leaves_its_jobs_to_the_others() {
    let queue = of_one();
    queue.join(TWO, Arc::default());
    queue.mark_free(ONE);
    queue.mark_free(TWO);
    queue.push(1, None, 0, keep).unwrap();
    queue.dismiss(ONE);
    assert_eq!(queue.next(ONE), Next::Leave);
    assert_eq!(queue.next(TWO), Next::Job(1));
    assert!(matches!(
        queue.push(2, None, 0, keep),
        Err(Refused::Full(2))
    ));
}

#[test]
fn an_order_goes_before_the_jobs_of_its_consumer() {
    let queue = Queue::<_, &str>::new();
    queue.join(ONE, Arc::default());
    queue.push(1, None, 1, keep).unwrap();
    assert!(queue.order(ONE, "rest"));
    assert!(!queue.order(TWO, "rest"));
    assert_eq!(queue.next(ONE), Next::Order("rest"));
    assert_eq!(queue.next(ONE), Next::Job(1));
}

#[test]
fn jobs_wait_for_the_first_consumer() {
    let queue = Plain::new();
    let accepted = queue.push(1, None, 1, keep).unwrap();
    assert_eq!(accepted, Accepted::HasNone);
    queue.join(ONE, Arc::default());
    assert_eq!(queue.next(ONE), Next::Job(1));
}

/// A queue with consumers that have models.
struct Multiplexed {
    queue: Plain<u32>,
    models: [Arc<Known>; 2],
}

impl Multiplexed {
    fn new() -> Self {
        let (queue, models) = (Queue::new(), [Arc::default(), Arc::default()]);
        queue.join(ONE, Arc::clone(&models[0]));
        queue.join(TWO, Arc::clone(&models[1]));
        Multiplexed { queue, models }
    }

    fn push(&self, job: u32, model_id: &str) {
        let model_id = (!model_id.is_empty()).then(|| model_id.into());
        self.queue.push(job, model_id, 100, keep).unwrap();
    }

    fn next(&self, id: ReplicaId) -> u32 {
        match self.queue.next(id) {
            Next::Job(job) => job,
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_consumer_takes_what_it_has_the_model_for() {
    let multiplexed = Multiplexed::new();
    let _fr = multiplexed.models[0].hold(&"fr".into());
    for (job, model_id) in [(1, "de"), (2, "fr"), (3, "de"), (4, "fr")] {
        multiplexed.push(job, model_id);
    }
    let taken = [ONE, TWO, ONE, ONE].map(|id| multiplexed.next(id));
    assert_eq!(taken, [2, 1, 4, 3]);
}

#[test]
fn no_job_is_overtaken_for_ever() {
    let multiplexed = Multiplexed::new();
    let _fr = multiplexed.models[0].hold(&"fr".into());
    multiplexed.push(0, "de");
    multiplexed.push(1, "de");
    (2..40).for_each(|job| multiplexed.push(job, "fr"));
    let max = MAX_OVERTAKEN as u32;
    let overtaking: Vec<u32> = (0..max).map(|_| multiplexed.next(ONE)).collect();
    assert_eq!(overtaking, (2..2 + max).collect::<Vec<_>>());
    // Both have waited as long as they may.
    assert_eq!([multiplexed.next(ONE), multiplexed.next(ONE)], [0, 1]);
    assert_eq!(multiplexed.next(ONE), 2 + max);
}

#[test]
fn a_job_for_no_model_is_not_overtaken() {
    let multiplexed = Multiplexed::new();
    let _fr = multiplexed.models[0].hold(&"fr".into());
    for (job, model_id) in [(1, "de"), (2, ""), (3, "fr")] {
        multiplexed.push(job, model_id);
    }
    assert_eq!([ONE, ONE, ONE].map(|id| multiplexed.next(id)), [1, 2, 3]);
}

#[test]
fn only_so_many_jobs_are_looked_at() {
    let multiplexed = Multiplexed::new();
    let _fr = multiplexed.models[0].hold(&"fr".into());
    let behind = LOOK_AHEAD as u32;
    (0..behind).for_each(|job| multiplexed.push(job, "de"));
    multiplexed.push(behind, "fr");
    assert_eq!(multiplexed.next(ONE), 0);
    assert_eq!(multiplexed.next(ONE), behind);
}

/// Both consumers are free, and there is one job: `TWO` gets it, and nothing is left for `ONE`, which
/// asked first.
fn only_two_gets(multiplexed: &Multiplexed, model_id: &str) {
    multiplexed.queue.mark_free(ONE);
    multiplexed.queue.mark_free(TWO);
    multiplexed.push(1, model_id);
    multiplexed.queue.close();
    std::thread::scope(|scope| {
        let one = scope.spawn(|| multiplexed.queue.next(ONE));
        assert_eq!(multiplexed.next(TWO), 1);
        assert_eq!(one.join().unwrap(), Next::Leave);
    });
}

#[test]
fn a_job_is_left_to_the_free_consumer_that_has_its_model() {
    let multiplexed = Multiplexed::new();
    let _fr = multiplexed.models[1].hold(&"fr".into());
    only_two_gets(&multiplexed, "fr");
}

#[test]
fn a_new_model_goes_to_the_free_consumer_with_the_fewest() {
    let multiplexed = Multiplexed::new();
    let _fr = multiplexed.models[0].hold(&"fr".into());
    only_two_gets(&multiplexed, "de");
}

#[test]
fn no_consumer_idles_because_a_busy_one_has_the_model() {
    let multiplexed = Multiplexed::new();
    let _fr = multiplexed.models[1].hold(&"fr".into());
    multiplexed.queue.mark_free(ONE);
    multiplexed.push(1, "fr");
    assert_eq!(multiplexed.next(ONE), 1);
}

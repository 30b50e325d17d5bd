//! Jobs, and consumers that join and leave.

use loom::future::block_on;
use loom::sync::Arc;
use loom::thread::{self, JoinHandle};

use super::check;
use crate::engine::ReplicaId;
use crate::queue::{Next, Queue, Refused};
use crate::sync::atomic::{AtomicUsize, Ordering::SeqCst};

const ONE: ReplicaId = ReplicaId(1);
const TWO: ReplicaId = ReplicaId(2);

type Jobs = Arc<Queue<u32, ()>>;

fn keep(_: &u32) -> bool {
    false
}

/// A thread as in `engine/threads/thread.rs`, which counts the jobs that it has made.
fn consumer(queue: &Jobs, id: ReplicaId, made: &Arc<AtomicUsize>) -> JoinHandle<()> {
    let (queue, made) = (Arc::clone(queue), Arc::clone(made));
    queue.join(id, Default::default());
    thread::spawn(move || {
        queue.mark_free(id);
        while let Next::Job(_) = queue.next(id) {
            made.fetch_add(1, SeqCst);
            queue.mark_free(id);
        }
        queue.remove(id);
    })
}

/// Two consumers, two jobs, and a close: both jobs run, and both consumers end.
pub fn every_job_is_made_before_a_closed_queue_ends() {
    check(2, || {
        let (queue, made) = (Jobs::new(Queue::new()), Arc::new(AtomicUsize::new(0)));
        let consumers = [consumer(&queue, ONE, &made), consumer(&queue, TWO, &made)];
        queue.push(1, None, 2, keep).unwrap();
        queue.push(2, None, 2, keep).unwrap();
        queue.close();
        consumers
            .into_iter()
            .for_each(|consumer| consumer.join().unwrap());
        assert_eq!(made.load(SeqCst), 2);
        block_on(queue.wait_idle());
    });
}

/// A consumer that is dismissed may have been woken for a job: the other one makes it.
pub fn a_job_is_not_lost_with_a_consumer_that_is_dismissed() {
    check(2, || {
        let (queue, made) = (Jobs::new(Queue::new()), Arc::new(AtomicUsize::new(0)));
        let consumers = [consumer(&queue, ONE, &made), consumer(&queue, TWO, &made)];
        queue.push(1, None, 1, keep).unwrap();
        queue.dismiss(ONE);
        block_on(queue.wait_until_removed(ONE));
        block_on(queue.wait_idle());
        assert_eq!(made.load(SeqCst), 1);
        queue.close();
        consumers
            .into_iter()
            .for_each(|consumer| consumer.join().unwrap());
    });
}

/// A consumer that is discarded while jobs come: those that it does not take are made by the other one.
pub fn a_job_is_not_lost_with_a_consumer_that_is_discarded() {
    check(2, || {
        let (queue, made) = (Jobs::new(Queue::new()), Arc::new(AtomicUsize::new(0)));
        let consumers = [consumer(&queue, ONE, &made), consumer(&queue, TWO, &made)];
        queue.push(1, None, 1, keep).unwrap();
        queue.remove(ONE);
        block_on(queue.wait_idle());
        queue.close();
        consumers
            .into_iter()
            .for_each(|consumer| consumer.join().unwrap());
        assert_eq!(made.load(SeqCst), 1);
    });
}

/// Every accepted job is made or returned, whenever `close_and_take` is called.
pub fn a_job_is_made_or_returned() {
    check(2, || {
        let (queue, made) = (Jobs::new(Queue::new()), Arc::new(AtomicUsize::new(0)));
        let worker = consumer(&queue, ONE, &made);
        let caller = thread::spawn({
            let queue = Arc::clone(&queue);
            move || match queue.push(1, None, 1, keep) {
                Ok(_) => 1,
                Err(Refused::Closed(1)) => 0,
                Err(other) => panic!("{other:?}"),
            }
        });
        let returned = queue.close_and_take().len();
        let accepted = caller.join().unwrap();
        worker.join().unwrap();
        assert_eq!(made.load(SeqCst) + returned, accepted);
    });
}

/// For a free consumer, one job more than may wait is accepted: where no job may wait, a caller that knows of a
/// free consumer is not refused.
pub fn a_consumer_that_is_free_takes_a_job_that_may_not_wait() {
    check(2, || {
        let (queue, made) = (Jobs::new(Queue::new()), Arc::new(AtomicUsize::new(0)));
        queue.join(ONE, Default::default());
        queue.mark_free(ONE);
        let worker = thread::spawn({
            let (queue, made) = (Arc::clone(&queue), Arc::clone(&made));
            move || {
                if let Next::Job(_) = queue.next(ONE) {
                    made.fetch_add(1, SeqCst);
                }
                queue.remove(ONE);
            }
        });
        queue.push(1, None, 0, keep).unwrap();
        assert!(matches!(
            queue.push(2, None, 0, keep),
            Err(Refused::Full(2))
        ));
        worker.join().unwrap();
        assert_eq!(made.load(SeqCst), 1);
    });
}

//! Consumers that cannot begin every job at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use super::*;

/// A consumer that can begin a job while it is `open`.
#[derive(Default)]
struct Door {
    open: AtomicBool,
    /// How often it has waited for that, and how often it has stopped.
    waited: AtomicUsize,
    withdrawn: AtomicUsize,
    waits: AtomicBool,
}

impl Begins<u32> for Door {
    type Begun = ();

    fn try_begin(&self, _job: &u32) -> Option<()> {
        let open = self.open.load(SeqCst);
        self.waits.store(!open, SeqCst);
        self.waited.fetch_add(usize::from(!open), SeqCst);
        open.then_some(())
    }

    fn withdraw(&self) -> bool {
        self.waits.swap(false, SeqCst)
    }

    fn withdrawn(&self) {
        self.withdrawn.fetch_add(1, SeqCst);
    }
}

/// Consumers with a door each; the results are what they have begun.
fn consumers(
    queue: &Arc<Plain<u32>>,
    doors: [(ReplicaId, &Arc<Door>); 2],
) -> [std::thread::JoinHandle<Vec<u32>>; 2] {
    for (id, _) in &doors {
        queue.join(*id, Arc::default());
        queue.mark_free(*id);
    }
    doors.map(|(id, door)| {
        let (queue, door) = (Arc::clone(queue), Arc::clone(door));
        std::thread::spawn(move || {
            let mut begun = Vec::new();
            while let Next::Job((job, ())) = queue.next_that(id, &*door) {
                begun.push(job);
                queue.mark_free(id);
            }
            begun
        })
    })
}

fn until(reached: impl Fn() -> bool) {
    let begun = std::time::Instant::now();
    while !reached() {
        assert!(begun.elapsed().as_secs() < 10, "it takes too long");
        std::thread::yield_now();
    }
}

#[test]
fn a_job_that_one_consumer_cannot_begin_goes_to_one_that_can() {
    let queue = Arc::new(Plain::new());
    let (closed, open) = (Arc::new(Door::default()), Arc::new(Door::default()));
    open.open.store(true, SeqCst);
    let consumers = consumers(&queue, [(ONE, &closed), (TWO, &open)]);
    for job in 0..100 {
        queue.push(job, None, 100, keep).unwrap();
    }
    until(|| queue.load().0 == 0);
    queue.close();
    let [none, all] = consumers.map(|consumer| consumer.join().unwrap());
    assert_eq!((none.len(), all.len()), (0, 100));
    // It waited for nothing in the end.
    assert!(!closed.waits.load(SeqCst));
}

#[test]
fn a_consumer_that_cannot_begin_waits_once_until_it_is_woken() {
    let queue = Arc::new(Plain::new());
    let doors = [Arc::new(Door::default()), Arc::new(Door::default())];
    let consumers = consumers(&queue, [(ONE, &doors[0]), (TWO, &doors[1])]);
    queue.push(1, None, 1, keep).unwrap();
    let waited = || doors.each_ref().map(|door| door.waited.load(SeqCst));
    until(|| waited() == [1, 1]);
    assert!(matches!(
        queue.push(2, None, 1, keep),
        Err(Refused::Full(2))
    ));
    // Both wait, and neither stops as long as the job is there.
    doors[1].open.store(true, SeqCst);
    queue.wake(TWO);
    until(|| queue.load().0 == 0);
    queue.close();
    let begun = consumers.map(|consumer| consumer.join().unwrap());
    assert_eq!(begun, [vec![], vec![1]]);
    assert_eq!(waited(), [1, 1]);
    assert_eq!(doors[0].withdrawn.load(SeqCst), 1);
}

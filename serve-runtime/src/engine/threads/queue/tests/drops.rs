//! Dropping a job or an order runs the user's code, which may do anything.

use std::sync::{Arc, Weak};

use super::*;

/// Dropped with a job or an order: it asks the queue something.
struct Asks(Weak<Queue<Asks, Asks>>);

impl Drop for Asks {
    fn drop(&mut self) {
        if let Some(queue) = self.0.upgrade() {
            queue.load();
        }
    }
}

/// Far longer than it takes, so that what hangs fails.
fn within<T: Send + 'static>(what: impl FnOnce() -> T + Send + 'static) -> T {
    let (done, over) = std::sync::mpsc::channel();
    std::thread::spawn(move || done.send(what()));
    let over = over.recv_timeout(std::time::Duration::from_secs(10));
    over.expect("it hangs, or has panicked")
}

#[test]
fn nothing_of_a_user_is_dropped_under_the_lock() {
    within(|| {
        let queue = Arc::new(Queue::new());
        let asks = || Asks(Arc::downgrade(&queue));
        queue.join(ONE, Arc::default());
        let gone = |_: &Asks| true;
        assert!(queue.push(asks(), None, 1, gone).is_ok());
        assert!(queue.push(asks(), None, 1, gone).is_ok());
        assert!(queue.order(ONE, asks()));
        queue.remove(ONE);
        assert_eq!(queue.close_and_take().len(), 1);
    });
}

#[test]
fn a_job_is_taken_in_though_one_that_makes_room_for_it_panics() {
    struct Panics(bool);
    impl Drop for Panics {
        fn drop(&mut self) {
            assert!(!self.0, "as asked");
        }
    }
    let queue = Plain::new();
    for panics in [true, true, false] {
        let pushed = queue.push(Panics(panics), None, 2, |job| job.0);
        assert!(pushed.is_ok());
    }
    let left = queue.close_and_take();
    assert_eq!(left.iter().filter(|job| job.0).count(), 0);
    assert_eq!(left.len(), 1);
    assert_eq!(queue.left(), (0, 2), "both have left the queue");
}

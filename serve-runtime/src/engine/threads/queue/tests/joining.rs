//! A consumer that has joined, and is being built.

use futures_util::FutureExt;

use super::*;

#[test]
fn a_consumer_that_joins_is_no_load_until_it_is_free() {
    let queue = of_one();
    assert_eq!(queue.load(), (0, 0));
    assert!(queue.wait_idle().now_or_never().is_some());
    queue.push(1, None, 1, keep).unwrap();
    assert_eq!(queue.load(), (1, 0));
    queue.mark_free(ONE);
    assert_eq!(queue.next(ONE), Next::Job(1));
    assert_eq!(queue.load(), (0, 1));
    assert!(queue.wait_idle().now_or_never().is_none());
    queue.mark_free(ONE);
    assert_eq!(queue.load(), (0, 0));
}

#[test]
fn a_consumer_that_is_dismissed_while_it_joins_is_no_load_either() {
    let queue = of_one::<()>();
    queue.dismiss(ONE);
    queue.mark_free(ONE);
    assert_eq!(queue.load(), (0, 0));
}

//! Nodes that are pending, and how they are woken: during their own poll, by other nodes, from another thread, and with
//! wakers that are too old.

use std::future::poll_fn;
use std::sync::mpsc::{Sender, channel};
use std::sync::{LazyLock, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;

/// The wakers of earlier polls. The calls that they belong to may have ended, or have been dropped.
static KEPT: Mutex<Vec<Waker>> = Mutex::new(Vec::new());

/// What the other thread is asked: to wake, and then to answer.
struct Asked {
    waker: Waker,
    done: Sender<()>,
}

static OTHER_THREAD: LazyLock<Mutex<Sender<Asked>>> = LazyLock::new(|| {
    let (sender, asked) = channel();
    thread::spawn(move || {
        for Asked { waker, done } in asked {
            waker.wake();
            done.send(()).unwrap();
        }
    });
    Mutex::new(sender)
});

/// Is pending so many times, and woken in another manner each time. A call that is polled after its end panics, as an
/// `async fn` does.
pub async fn wait(times: u64) {
    let mut left = times % 3;
    poll_fn(|cx| {
        if left == 0 {
            return Poll::Ready(());
        }
        wake(times.wrapping_add(left), cx);
        left -= 1;
        Poll::Pending
    })
    .await;
}

/// Sees to it that the node that is being polled is polled again.
fn wake(manner: u64, cx: &mut Context<'_>) {
    keep(cx.waker());
    match manner % 5 {
        0 => cx.waker().wake_by_ref(),
        1 => wake_all(),
        2 => wake_from_another_thread(cx.waker()),
        3 => {
            // Twice, and with another one's waker in between.
            cx.waker().wake_by_ref();
            wake_all();
        }
        // In tokio's own manner: after all other tasks had their turn.
        _ => assert!(
            std::pin::pin!(tokio::task::yield_now())
                .poll(cx)
                .is_pending()
        ),
    }
}

fn keep(waker: &Waker) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.push(waker.clone());
}

/// Wakes all that have been pending since the last time: calls in flight, and some that are no more.
pub fn wake_all() {
    let kept = std::mem::take(&mut *KEPT.lock().unwrap_or_else(PoisonError::into_inner));
    kept.into_iter().for_each(Waker::wake);
}

/// Returns when it has been woken, so that this is still during its poll.
fn wake_from_another_thread(waker: &Waker) {
    let (done, woken) = channel();
    let thread = OTHER_THREAD.lock().unwrap_or_else(PoisonError::into_inner);
    let waker = waker.clone();
    thread.send(Asked { waker, done }).unwrap();
    drop(thread);
    woken.recv().unwrap();
}

//! The items of a fan-out that found no budget left, so that no item starves the others.
//!
//! An item that always has something to read spends tokio's budget of every poll (see `turns`). Those after it are not
//! polled then; they come first in the next turn. The item that has spent it is woken after them, as tokio wakes a
//! task that is out of budget only when others have run.

use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use pin_project_lite::pin_project;
use tokio::task::coop::has_budget_remaining;

use crate::panics::catch_drop_panic;
use crate::util::lock;

/// The items that were late in this turn, in order.
#[derive(Debug, Default)]
pub(super) struct Late(Mutex<Vec<Waker>>);

impl Late {
    /// An item that is polled only while there is a budget.
    pub(super) fn or_in_time<F>(&self, item: F) -> InTime<'_, F> {
        InTime {
            item: Some(item),
            late: self,
        }
    }

    /// Polls the items, and then wakes those that were late: woken meanwhile, they would be polled again at once.
    pub(super) fn poll<T>(&self, items: impl FnOnce() -> Poll<T>) -> Poll<T> {
        let polled = items();
        if polled.is_pending() && !has_budget_remaining() {
            self.wake();
        }
        polled
    }

    #[cold]
    fn wake(&self) {
        let late = std::mem::take(&mut *lock(&self.0));
        late.into_iter().for_each(Waker::wake);
    }
}

pin_project! {
    pub(super) struct InTime<'l, F> {
        #[pin]
        item: Option<F>, // until it has ended
        late: &'l Late,
    }

    impl<F> PinnedDrop for InTime<'_, F> {
        fn drop(this: Pin<&mut Self>) {
            if this.item.is_some() {
                catch_drop_panic(|| this.project().item.set(None));
            }
        }
    }
}

impl<F: Future> Future for InTime<'_, F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let mut this = self.project();
        if has_budget_remaining() {
            let Some(item) = this.item.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            let polled = item.poll(cx);
            if polled.is_ready() {
                this.item.set(None);
            }
            return polled;
        }
        lock(&this.late.0).push(cx.waker().clone());
        Poll::Pending
    }
}

//! A future whose output is mapped.

use std::collections::VecDeque;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// Like `futures::future::Map`, but without a state of its own: an `async fn` polls it,
    /// which does not poll it again after it has resolved.
    pub struct Map<F, M> {
        #[pin]
        future: F,
        map: M,
    }
}

/// Maps the output of a future.
#[inline]
pub fn map<F, M, O>(future: F, map: M) -> Map<F, M>
where
    F: Future,
    M: Fn(F::Output) -> O,
{
    Map { future, map }
}

impl<F, M, O> Future for Map<F, M>
where
    F: Future,
    M: Fn(F::Output) -> O,
{
    type Output = O;

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<O> {
        let this = self.project();
        this.future.poll(cx).map(&*this.map)
    }
}

/// `map` on a list without a call of a node: the same as with one.
pub trait MapItems {
    /// An item.
    type Item;
    /// The list of other items.
    type Of<U>;

    /// The results of a function for all items, in order.
    fn map<U>(self, f: impl FnMut(Self::Item) -> U) -> Self::Of<U>;
}

impl<T> MapItems for Vec<T> {
    type Item = T;
    type Of<U> = Vec<U>;

    #[inline]
    fn map<U>(self, f: impl FnMut(T) -> U) -> Vec<U> {
        self.into_iter().map(f).collect()
    }
}

impl<T> MapItems for VecDeque<T> {
    type Item = T;
    type Of<U> = VecDeque<U>;

    #[inline]
    fn map<U>(self, f: impl FnMut(T) -> U) -> VecDeque<U> {
        self.into_iter().map(f).collect()
    }
}

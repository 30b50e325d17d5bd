//! The same for each item, in order, as many at a time as the replicas take.

use std::collections::VecDeque;
use std::future::Future;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::Result;

/// A value that nodes can be called for each item of.
#[diagnostic::on_unimplemented(
    message = "nodes cannot be called for each item of a `{Self}`",
    label = "`map` with calls of nodes needs a `Vec`, an array, a `VecDeque` or an `Option`",
    note = "have the node that makes it return a `Vec`"
)]
pub trait Items {
    /// One of them.
    type Item: Send;
    /// All of them, one after the other.
    type Iter: Iterator<Item = Self::Item> + Send;
    /// The results, in the same shape.
    type Collected<U>;
    #[doc(hidden)]
    fn into_items(self) -> Self::Iter;
    #[doc(hidden)]
    fn collected<U>(results: Vec<U>) -> Self::Collected<U>;
}

impl<T: Send> Items for Vec<T> {
    type Item = T;
    type Iter = std::vec::IntoIter<T>;
    type Collected<U> = Vec<U>;

    fn into_items(self) -> Self::Iter {
        self.into_iter()
    }

    fn collected<U>(results: Vec<U>) -> Vec<U> {
        results
    }
}

impl<T: Send> Items for VecDeque<T> {
    type Item = T;
    type Iter = std::collections::vec_deque::IntoIter<T>;
    type Collected<U> = VecDeque<U>;

    fn into_items(self) -> Self::Iter {
        self.into_iter()
    }

    fn collected<U>(results: Vec<U>) -> VecDeque<U> {
        results.into()
    }
}

impl<T: Send, const N: usize> Items for [T; N] {
    type Item = T;
    type Iter = std::array::IntoIter<T, N>;
    type Collected<U> = [U; N];

    fn into_items(self) -> Self::Iter {
        self.into_iter()
    }

    fn collected<U>(results: Vec<U>) -> [U; N] {
        match results.try_into() {
            Ok(results) => results,
            Err(_) => unreachable!("every item has a result"),
        }
    }
}

impl<T: Send> Items for Option<T> {
    type Item = T;
    type Iter = std::option::IntoIter<T>;
    type Collected<U> = Option<U>;

    fn into_items(self) -> Self::Iter {
        self.into_iter()
    }

    fn collected<U>(results: Vec<U>) -> Option<U> {
        results.into_iter().next()
    }
}

/// Runs `body` for each item, at most `width` at a time; the next one begins when any has ended. The
/// first error ends them all.
pub async fn each<I, B, F, U>(items: I, width: usize, body: B) -> Result<I::Collected<U>>
where
    I: Items,
    B: Fn(I::Item) -> F,
    F: Future<Output = Result<U>>,
{
    let mut waiting = items.into_items().enumerate();
    let mut results: Vec<Option<U>> = Vec::new();
    let numbered = |(index, item)| {
        let result = body(item);
        async move { (index, result.await) }
    };
    let mut under_way: FuturesUnordered<_> =
        waiting.by_ref().take(width.max(1)).map(&numbered).collect();
    while let Some((index, result)) = under_way.next().await {
        if results.len() <= index {
            results.resize_with(index + 1, || None);
        }
        results[index] = Some(result?);
        under_way.extend(waiting.next().map(&numbered));
    }
    Ok(I::collected(results.into_iter().flatten().collect()))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::Error;

    #[tokio::test]
    async fn results_are_in_order_and_no_more_run_than_may() {
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let body = |item: usize| {
            let (inside, most) = (&inside, &most);
            async move {
                most.fetch_max(
                    inside.fetch_add(1, Ordering::Relaxed) + 1,
                    Ordering::Relaxed,
                );
                for _ in 0..10 - item % 10 {
                    tokio::task::yield_now().await; // later ones end earlier
                }
                inside.fetch_sub(1, Ordering::Relaxed);
                Ok(item * 2)
            }
        };
        let doubled = each((0..100).collect::<Vec<_>>(), 7, body).await.unwrap();
        assert_eq!(doubled, (0..100).map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(most.into_inner(), 7);
    }

    #[tokio::test]
    async fn every_shape_is_kept() {
        let double = |item: i32| async move { Ok(item * 2) };
        assert_eq!(each([1, 2, 3], 2, double).await.unwrap(), [2, 4, 6]);
        assert_eq!(each(Some(1), 2, double).await.unwrap(), Some(2));
        assert_eq!(each(None, 2, double).await.unwrap(), None);
        assert_eq!(each(VecDeque::from([4]), 2, double).await.unwrap(), [8]);
        assert_eq!(each(Vec::new(), 2, double).await.unwrap(), [0; 0]);
    }

    #[tokio::test]
    async fn the_first_error_ends_them_all() {
        let begun = AtomicUsize::new(0);
        let body = |item: usize| {
            begun.fetch_add(1, Ordering::Relaxed);
            async move {
                match item {
                    3 => Err(Error::failed("three")),
                    item => Ok(item),
                }
            }
        };
        let items: Vec<usize> = (0..1000).collect();
        assert!(each(items, 2, body).await.is_err());
        assert!(begun.into_inner() <= 6);
    }
}

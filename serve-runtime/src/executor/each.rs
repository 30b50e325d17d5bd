//! Runs the nodes of a fan-out for each item, in order, as many at a time as the replicas take.

use std::future::{Future, poll_fn};
use std::mem::needs_drop;
use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use pin_project_lite::pin_project;

use crate::bounds::Collect;
use crate::error::Item;
use crate::executor::keep::MAX_INLINE;
use crate::executor::late::Late;
use crate::panics::drop_quietly;
use crate::{Error, Result};

/// Runs `body` for each item, at most `width` at a time; the next one begins when any of them has ended. The
/// first error ends them all.
pub async fn each<I, C, B, F, U>(items: (I, C), width: usize, body: B) -> Result<C::Of<U>>
where
    I: Iterator,
    C: Collect,
    B: Fn(I::Item) -> F,
    F: Future<Output = Result<U>>,
{
    // One that is large is copied no more than once: without optimisation, the way of an item to where it is polled
    // takes a dozen copies on the stack.
    match const { size_of::<F>() > MAX_INLINE } {
        true => run(items, width, |item| Box::pin(body(item))).await,
        false => run(items, width, body).await,
    }
}

async fn run<I, C, B, F, U>((items, collect): (I, C), width: usize, body: B) -> Result<C::Of<U>>
where
    I: Iterator,
    C: Collect,
    B: Fn(I::Item) -> F,
    F: Future<Output = Result<U>>,
{
    let late = Late::default();
    let mut fan = Fan {
        waiting: items.enumerate(),
        in_flight: FuturesUnordered::new(),
        results: Vec::new(),
    };
    let numbered = |(index, item)| Numbered {
        index,
        item: late.or_in_time(body(item)),
    };
    let first = fan.waiting.by_ref().take(width.max(1)).map(&numbered);
    fan.in_flight.extend(first);
    while let Some((index, result)) =
        poll_fn(|cx| late.poll(|| fan.in_flight.poll_next_unpin(cx))).await
    {
        if fan.results.len() <= index {
            fan.results.resize_with(index + 1, || None);
        }
        let result = result.map_err(|error: Error| error.of_item(index));
        fan.results[index] = Some(result?);
        fan.in_flight.extend(fan.waiting.next().map(&numbered));
    }
    let results = std::mem::take(&mut fan.results);
    Ok(collect.collect(results.into_iter().flatten().collect()))
}

pin_project! {
    /// An item, with its index.
    struct Numbered<F> {
        index: usize,
        #[pin]
        item: F,
    }
}

impl<F: Future> Future for Numbered<F> {
    type Output = (usize, F::Output);

    #[inline]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let item = Item(*this.index);
        let polled = this.item.poll(cx);
        item.polled();
        polled.map(|output| (*this.index, output))
    }
}

/// The items of a fan-out, by how far they are. What is left when it ends early is dropped quietly, as are those in
/// flight ([`InTime`](crate::executor::late::InTime)): the first error is the answer.
struct Fan<I: Iterator, F, U> {
    in_flight: FuturesUnordered<F>,
    waiting: I,
    results: Vec<Option<U>>,
}

impl<I: Iterator, F, U> Drop for Fan<I, F, U> {
    fn drop(&mut self) {
        if needs_drop::<I::Item>() {
            self.waiting.by_ref().for_each(drop_quietly);
        }
        self.results.drain(..).for_each(drop_quietly);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use std::collections::VecDeque;

    use tokio::task::coop;

    use super::*;
    use crate::bounds::Items;

    #[tokio::test]
    async fn results_are_in_order_and_no_more_run_than_may() {
        let (inside, peak) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let body = |item: usize| {
            let (inside, peak) = (&inside, &peak);
            async move {
                peak.fetch_max(
                    inside.fetch_add(1, Ordering::Relaxed) + 1,
                    Ordering::Relaxed,
                );
                for _ in 0..10 - item % 10 {
                    tokio::task::yield_now().await; // later items end earlier
                }
                inside.fetch_sub(1, Ordering::Relaxed);
                Ok(item * 2)
            }
        };
        let doubled = each(Items::items((0..100).collect::<Vec<_>>()), 7, body)
            .await
            .unwrap();
        assert_eq!(doubled, (0..100).map(|item| item * 2).collect::<Vec<_>>());
        assert_eq!(peak.into_inner(), 7);
    }

    #[test]
    fn large_items_do_not_take_a_stack_that_is_many_times_as_large() {
        let body = |item: usize| async move {
            let large = [item as u8; 150_000];
            tokio::task::yield_now().await;
            Ok(large.iter().map(|byte| usize::from(*byte)).sum::<usize>())
        };
        let fan_out = move || {
            let sums = each(Items::items([1, 2, 3]), 2, body);
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            runtime.unwrap().block_on(sums).unwrap()
        };
        let thread = std::thread::Builder::new().stack_size(1_500_000);
        let sums = thread.spawn(fan_out).unwrap().join().unwrap();
        assert_eq!(sums, [150_000, 300_000, 450_000]);
    }

    #[tokio::test]
    async fn every_shape_is_kept() {
        let double = |item: i32| async move { Ok(item * 2) };
        assert_eq!(
            each(Items::items([1, 2, 3]), 2, double).await.unwrap(),
            [2, 4, 6]
        );
        assert_eq!(
            each(Items::items(Some(1)), 2, double).await.unwrap(),
            Some(2)
        );
        assert_eq!(each(Items::items(None), 2, double).await.unwrap(), None);
        assert_eq!(
            each(Items::items(VecDeque::from([4])), 2, double)
                .await
                .unwrap(),
            [8]
        );
        assert_eq!(
            each(Items::items(Vec::new()), 2, double).await.unwrap(),
            [0; 0]
        );
    }

    #[tokio::test]
    async fn no_item_starves_another_one() {
        for (items, patient) in [(2, 1), (4, 1), (4, 3), (7, 4)] {
            let (spent, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let body = |item: usize| {
                let (spent, done) = (&spent, &done);
                async move {
                    if item == patient {
                        coop::consume_budget().await;
                        done.store(1, Ordering::Relaxed);
                    }
                    // The others always have something to do.
                    while done.load(Ordering::Relaxed) == 0 {
                        assert!(
                            spent.fetch_add(1, Ordering::Relaxed) < 100_000,
                            "it starves"
                        );
                        coop::consume_budget().await;
                    }
                    Ok(item)
                }
            };
            let all: Vec<usize> = (0..items).collect();
            each(Items::items(all), items, body).await.unwrap();
            // Each of the others spends one budget at most, before and after the first turn.
            assert!(spent.into_inner() <= 2 * items * 128);
        }
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
        assert!(each(Items::items(items), 2, body).await.is_err());
        assert!(begun.into_inner() <= 6);
    }
}

//! The batchers of one deployment.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use super::batcher::Batcher;
use super::stats::Stats;

/// One batcher for each batched method that has been called: a list that only grows, so that finding
/// one needs no lock. There are as many as a deployment has batched methods, so it is short.
#[derive(Default)]
pub(crate) struct Batchers {
    first: OnceLock<(&'static str, Arc<dyn AnyBatcher>)>,
    rest: OnceLock<Box<Batchers>>,
}

trait AnyBatcher: Any + Send + Sync {
    fn stats(&self) -> Stats;
}

impl<A: Send + 'static, T: Send + 'static> AnyBatcher for Batcher<A, T> {
    fn stats(&self) -> Stats {
        Batcher::stats(self)
    }
}

impl Batchers {
    /// The batcher of a method; `None` if one of that name has other types.
    pub(crate) fn of<A, T>(
        &self,
        method: &'static str,
        new: impl FnOnce() -> Batcher<A, T>,
    ) -> Option<Arc<Batcher<A, T>>>
    where
        A: Send + 'static,
        T: Send + 'static,
    {
        let mut new = Some(new);
        let mut list = self;
        loop {
            let first = list.first.get();
            let (name, batcher) = match (first, new.take()) {
                (Some(first), untouched) => {
                    new = untouched;
                    first
                }
                (None, Some(new)) => list.first.get_or_init(|| (method, Arc::new(new()))),
                (None, None) => return None,
            };
            if *name == method {
                let batcher: Arc<dyn Any + Send + Sync> = Arc::clone(batcher) as _;
                return batcher.downcast().ok();
            }
            list = list.rest.get_or_init(Box::default);
        }
    }

    /// Statistics of the batches of each method.
    pub(crate) fn stats(&self) -> Vec<Stats> {
        let mut stats = Vec::new();
        let mut list = Some(self);
        while let Some(Batchers { first, rest }) = list {
            stats.extend(first.get().map(|(_, batcher)| batcher.stats()));
            list = rest.get().map(|rest| &**rest);
        }
        stats
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new<T>() -> Batcher<(), T> {
        Batcher::new(
            String::new(),
            &serve_topology::Batch::DEFAULT,
            Box::new(|| true),
        )
    }

    #[test]
    fn each_method_has_its_own_and_keeps_it() {
        let batchers = Batchers::default();
        let first = batchers.of("first", new::<u8>).unwrap();
        let second = batchers.of("second", new::<u16>).unwrap();
        assert!(Arc::ptr_eq(
            &first,
            &batchers.of("first", new::<u8>).unwrap()
        ));
        assert!(Arc::ptr_eq(
            &second,
            &batchers.of("second", new::<u16>).unwrap()
        ));
        assert_eq!(batchers.stats().len(), 2);
    }
}

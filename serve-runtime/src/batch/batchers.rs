//! The batchers of one deployment.

use std::any::Any;
use std::sync::Arc;

use serve_topology::Batch;

use super::batcher::{Batcher, MayWait};
use super::stats::Stats;

/// One batcher for each batched method.
///
/// All are made when the engine is opened, so that a call only looks for one: nothing that two first calls could
/// make at the same time is made by a call. There are as many as a deployment has batched methods, so
/// the list is short.
pub struct Batchers {
    deployment: Arc<str>,
    may_wait: MayWait,
    methods: Vec<(&'static str, Arc<dyn AnyBatcher>)>,
}

/// Adds the batchers of a deployment's methods.
pub(crate) type AddBatchers = fn(&mut Batchers);

trait AnyBatcher: Any + Send + Sync {
    fn stats(&self) -> Stats;
}

impl<A: Send + 'static, T: Send + 'static> AnyBatcher for Batcher<A, T> {
    fn stats(&self) -> Stats {
        Batcher::stats(self)
    }
}

impl Batchers {
    /// The batchers of a deployment of that name.
    pub(crate) fn new(deployment: Arc<str>, may_wait: MayWait, add: AddBatchers) -> Self {
        let mut batchers = Batchers {
            deployment,
            may_wait,
            methods: Vec::new(),
        };
        add(&mut batchers);
        batchers
    }

    /// Adds the batcher of a method with arguments `A` and the result `T`.
    pub fn add<A, T>(&mut self, method: &'static str, batch: &Batch)
    where
        A: Send + 'static,
        T: Send + 'static,
    {
        let name = format!("{}.{method}", self.deployment);
        let batcher = Batcher::<A, T>::new(name, batch, Arc::clone(&self.may_wait));
        self.methods.push((method, Arc::new(batcher)));
    }

    /// The batcher of a method; `None` if it has not been added with these types.
    pub(crate) fn of<A, T>(&self, method: &str) -> Option<Arc<Batcher<A, T>>>
    where
        A: Send + 'static,
        T: Send + 'static,
    {
        let mut methods = self.methods.iter();
        let (_, batcher) = methods.find(|(name, _)| *name == method)?;
        let batcher: Arc<dyn Any + Send + Sync> = Arc::clone(batcher) as _;
        batcher.downcast().ok()
    }

    /// Statistics of the batches of each method.
    pub(crate) fn stats(&self) -> Vec<Stats> {
        let methods = self.methods.iter();
        methods.map(|(_, batcher)| batcher.stats()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_method_has_its_own_from_the_start() {
        let batchers = Batchers::new("a".into(), Arc::new(|| true), |batchers| {
            batchers.add::<(), u8>("first", &Batch::DEFAULT);
            batchers.add::<(), u16>("second", &Batch::DEFAULT);
        });
        let names = batchers.stats().into_iter().map(|stats| stats.method);
        assert_eq!(names.collect::<Vec<_>>(), ["a.first", "a.second"]);
        let first = batchers.of::<(), u8>("first").unwrap();
        assert!(Arc::ptr_eq(
            &first,
            &batchers.of::<(), u8>("first").unwrap()
        ));
        assert!(batchers.of::<(), u16>("second").is_some());
    }
}

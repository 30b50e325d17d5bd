//! A graph with one of its inputs, and what plain Rust does with that.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::ops::Range;

use serve_runtime::{Deployed, Result, testing};

use crate::calls::{self, Calls};
use crate::life;

/// What a program does with an input.
#[derive(Debug, PartialEq)]
pub struct Expected<O> {
    pub answer: O,
    pub calls: Calls,
}

pub struct Case<'a, I, O, D, C> {
    pub deploy: &'a D,
    pub call: &'a C,
    pub input: I,
    pub expected: Expected<O>,
    /// The calls that it makes only in graphs in the graph.
    pub inside: BTreeSet<String>,
}

impl<I, O, H, D, C> Case<'_, I, O, D, C>
where
    I: Clone,
    H: Clone,
    D: AsyncFn() -> Result<Deployed<H>>,
    C: AsyncFn(H, I) -> Result<O>,
{
    pub async fn deploy(&self) -> Result<Deployed<H>> {
        (self.deploy)().await
    }

    /// One request, with a copy of the input that is made now.
    pub fn request(&self, app: &Deployed<H>) -> impl Future<Output = Result<O>> {
        let (handle, input) = (Deployed::handle(app).clone(), self.input.clone());
        async move { (self.call)(handle, input).await }
    }

    /// Makes requests that may end early, in several orders, and returns how many: they leave no value behind, and make
    /// no call that plain Rust would not make.
    pub fn leaves_nothing(
        &self,
        orders: Range<u64>,
        requests: impl AsyncFn(&Deployed<H>) -> Result<usize>,
    ) {
        testing::orders(orders, async || {
            let alive = life::alive();
            let app = self.deploy().await?;
            let made = requests(&app).await?;
            Deployed::shutdown(app).await;
            life::assert_alive(alive); // the clock stands still, so that the shutdown waits for no thread
            for (call, times) in calls::forget() {
                let expected = self.expected.calls.get(&call).copied().unwrap_or_default();
                assert!(times <= made * expected, "{call} was made {times} times");
            }
            Ok(())
        });
    }
}

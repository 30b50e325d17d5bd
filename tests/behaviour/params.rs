//! The arguments of a call: owned, lent, shared, or none.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use serve_runtime::prelude::*;

use crate::support::Count;

/// One parameter of each kind, in place and on a thread.
#[deployment]
struct Describe;

#[deployment]
impl Describe {
    fn new() -> Self {
        Describe
    }

    async fn nothing(&self) -> &'static str {
        "nothing"
    }

    async fn lent(&self, name: &str, path: &Path, items: &[u32], flag: &bool) -> String {
        format!("{name} {} {items:?} {flag}", path.display())
    }

    fn lent_to_a_thread(&self, name: &str, path: &Path, items: &[u32], flag: &bool) -> String {
        format!("{name} {} {items:?} {flag}", path.display())
    }

    fn owned(&self, name: String, path: PathBuf, (left, right): (u8, u8)) -> Result<String> {
        Ok(format!("{name} {} {left} {right}", path.display()))
    }
}

#[graph]
fn describe_all() -> (String, String, String, &'static str) {
    let describe = Describe::bind();

    input(
        |name: String, path: PathBuf, items: Vec<u32>, pair: (u8, u8)| {
            let lent = describe.lent(name, path, items, true);
            let computed = describe.lent_to_a_thread(name, path, items, false);
            let owned = describe.owned(name, path, pair);
            (lent, computed, owned, describe.nothing())
        },
    )
}

#[tokio::test]
async fn parameters_may_be_owned_lent_or_none() {
    let app = deploy(describe_all()).await.unwrap();
    let answer = app.call("a".into(), "/b".into(), vec![1, 2], (3, 4));
    let expected = (
        "a /b [1, 2] true",
        "a /b [1, 2] false",
        "a /b 3 4",
        "nothing",
    );
    let (lent, computed, owned, nothing) = answer.await.unwrap();
    assert_eq!((&*lent, &*computed, &*owned, nothing), expected);
}

#[tokio::test]
async fn a_handle_takes_lent_values_as_shared() {
    let app = deploy(Describe::bind()).await.unwrap();
    let name = Shared::new(String::from("a"));
    let lent = app.lent(
        name.clone(),
        PathBuf::from("/b").into(),
        vec![1].into(),
        true.into(),
    );
    assert_eq!(lent.await.unwrap(), "a /b [1] true");
    assert_eq!(*name, "a");
}

/// Counts how often it is cloned.
struct Counted(Count);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.add();
        Counted(self.0.clone())
    }
}

/// Cannot be cloned; returns its address.
struct Pinned(Box<u8>);

impl Pinned {
    fn address(&self) -> usize {
        &raw const *self.0 as usize
    }
}

#[deployment]
async fn take(counted: Counted) -> Count {
    counted.0
}

#[deployment]
fn take_on_a_thread(counted: Counted) -> Count {
    counted.0
}

#[graph]
fn taken_once() -> Count {
    input(|counted: Counted| take(counted))
}

#[graph]
fn taken_three_times() -> Vec<Count> {
    input(|counted: Counted| vec![take(counted), take_on_a_thread(counted), take(counted)])
}

#[tokio::test]
async fn a_value_with_one_consumer_is_moved() {
    let app = deploy(taken_once()).await.unwrap();
    let clones = app.call(Counted(Count::new())).await.unwrap();
    assert_eq!(clones.get(), 0);
}

#[tokio::test]
async fn two_of_three_consumers_get_a_clone() {
    let app = deploy(taken_three_times()).await.unwrap();
    let clones = app.call(Counted(Count::new())).await.unwrap();
    assert_eq!(clones[0].get(), 2);
}

#[deployment]
async fn address(pinned: &Pinned) -> usize {
    pinned.address()
}

#[deployment]
fn address_on_a_thread(pinned: &Pinned) -> usize {
    pinned.address()
}

/// Passes a shared value on.
#[deployment]
struct Outer {
    inner: Handle<address_on_a_thread>,
}

#[deployment]
impl Outer {
    fn new(inner: Handle<address_on_a_thread>) -> Self {
        Outer { inner }
    }

    async fn hand_on(&self, pinned: Shared<Pinned>) -> Result<usize> {
        self.inner.call(pinned).await
    }
}

#[graph]
fn addresses() -> [usize; 3] {
    let inner = address_on_a_thread::bind();
    let outer = Outer::bind(inner);

    input(|pinned: Pinned| {
        [
            address(pinned),
            address_on_a_thread(pinned),
            outer.hand_on(pinned),
        ]
    })
}

#[tokio::test]
async fn a_value_that_is_lent_to_several_is_never_copied() {
    let app = deploy(addresses()).await.unwrap();
    let pinned = Pinned(Box::new(1));
    let expected = pinned.address();
    assert_eq!(app.call(pinned).await.unwrap(), [expected; 3]);
}

#[deployment]
async fn count_holders(value: Shared<Arc<()>>) -> usize {
    Arc::strong_count(&value)
}

#[graph]
fn holders() -> usize {
    input(|value: Arc<()>| count_holders(value))
}

#[tokio::test]
async fn nothing_keeps_a_value_after_its_last_consumer() {
    let app = deploy(holders()).await.unwrap();
    let value = Arc::new(());
    assert_eq!(app.call(Arc::clone(&value)).await.unwrap(), 2);
    assert_eq!(Arc::strong_count(&value), 1);
}

#[graph]
fn plain() -> (usize, Option<String>, u8) {
    input(|words: Vec<String>, pair: (u8, u8)| {
        let first = words.first().cloned();
        let total = length(words.join(" "));
        (total + 1, first, pair.0.max(pair.1))
    })
}

#[deployment]
async fn length(text: &str) -> usize {
    text.len()
}

#[tokio::test]
async fn plain_expressions_are_computed_on_edges() {
    let app = deploy(plain()).await.unwrap();
    let answer = app.call(vec!["ab".into(), "c".into()], (1, 2)).await;
    assert_eq!(answer.unwrap(), (5, Some("ab".into()), 2));
}

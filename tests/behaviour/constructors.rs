//! How replicas are built, and the arguments of their constructors.

use std::collections::HashMap;
use std::sync::Arc;

use serve_runtime::prelude::*;

use crate::support::{Count, within};

#[deployment]
struct Plain {
    number: u32,
}

#[deployment]
impl Plain {
    fn new(number: u32) -> Self {
        Plain { number }
    }

    async fn get(&self) -> u32 {
        self.number
    }
}

#[deployment]
struct Slow {
    number: u32,
}

#[deployment]
impl Slow {
    async fn new(text: &str) -> Result<Self> {
        tokio::task::yield_now().await;
        tokio::time::sleep(std::time::Duration::from_millis(1)).await; // fails without the runtime's clock
        Ok(Slow {
            number: text.parse()?,
        })
    }

    fn get(&self) -> u32 {
        self.number
    }
}

#[tokio::test]
async fn a_constructor_may_wait_and_fail() {
    assert_eq!(
        deploy(Plain::bind(7)).await.unwrap().get().await.unwrap(),
        7
    );
    assert_eq!(
        deploy(Slow::bind("8")).await.unwrap().get().await.unwrap(),
        8
    );
    let error = deploy(Slow::bind("x")).await.unwrap_err();
    let expected = "deployment `Slow` could not be started: invalid digit found in string";
    assert_eq!(error.to_string(), expected);
}

type Function = Arc<dyn Fn(u32) -> u32 + Send + Sync>;

/// Bound with values that no file can hold.
#[deployment]
struct Table {
    rows: Vec<[u32; 2]>,
    names: HashMap<&'static str, usize>,
    function: Function,
}

#[deployment]
impl Table {
    fn new(rows: Vec<[u32; 2]>, names: HashMap<&'static str, usize>, function: Function) -> Self {
        Table {
            rows,
            names,
            function,
        }
    }

    async fn look_up(&self, name: &str) -> Result<u32> {
        let row = self.names.get(name).ok_or_else(|| unknown(name))?;
        Ok((self.function)(self.rows[*row][1]))
    }
}

fn unknown(name: &str) -> Error {
    Error::invalid_input(format!("no {name}"))
}

#[graph]
fn looking_up(rows: Vec<[u32; 2]>, factor: u32) -> u32 {
    let double: Function = Arc::new(move |number| number * factor);
    let table = Table::bind(rows, HashMap::from([("one", 0), ("two", 1)]), double);

    input(|name: String| table.look_up(name))
}

#[tokio::test]
async fn arguments_may_be_collections_and_closures() {
    let app = deploy(looking_up(vec![[0, 1], [0, 2]], 10)).await.unwrap();
    assert_eq!(app.call("two".into()).await.unwrap(), 20);
    let error = app.call("three".into()).await.unwrap_err();
    assert_eq!(error.to_string(), "node `table.look_up`: no three");
}

#[derive(Clone)]
struct Children {
    by_name: HashMap<&'static str, Handle<Plain>>,
    others: (Handle<Slow>, Option<Handle<Plain>>),
}

#[deployment]
struct Parent {
    children: Children,
}

#[deployment]
impl Parent {
    fn new(children: Children) -> Self {
        Parent { children }
    }

    async fn get(&self, name: String) -> Result<u32> {
        match (self.children.by_name.get(&*name), &self.children.others) {
            (Some(child), _) => child.get().await,
            (None, (slow, None)) => slow.get().await,
            (None, (slow, Some(plain))) => Ok(slow.get().await? + plain.get().await?),
        }
    }
}

#[graph]
fn family() -> u32 {
    let one = Plain::bind(1);
    let two = Plain::bind(2);
    let slow = Slow::bind("30");
    let by_name = HashMap::from([("one", one), ("two", two)]);
    let parent = Parent::bind(Children {
        by_name,
        others: (slow, Some(one)),
    });

    input(|name: String| parent.get(name))
}

#[tokio::test]
async fn handles_may_be_nested_in_maps_tuples_and_structs() {
    let app = deploy(family()).await.unwrap();
    for (name, expected) in [("one", 1), ("two", 2), ("other", 31)] {
        assert_eq!(within(app.call(name.into())).await.unwrap(), expected);
    }
    assert_eq!(
        FamilyGraph::TOPOLOGY.handles.len(),
        3,
        "one twice is one edge"
    );
}

#[deployment]
struct Numbered {
    number: usize,
}

#[deployment]
impl Numbered {
    fn new(built: Count) -> Self {
        Numbered {
            number: built.add(),
        }
    }

    async fn number(&self) -> usize {
        self.number
    }
}

#[tokio::test]
async fn a_constructor_runs_once_for_each_replica_before_the_first_call() {
    let built = Count::new();
    let app = deploy(Numbered::bind(built.clone()).num_replicas(3)).await;
    assert_eq!(built.get(), 3);
    assert!(app.unwrap().number().await.unwrap() < 3);
    assert_eq!(built.get(), 3);
}

#[tokio::test]
async fn options_that_were_computed_are_checked_before_anything_is_built() {
    let built = Count::new();
    let none = u32::MIN;
    let error = deploy(Numbered::bind(built.clone()).num_replicas(none)).await;
    let expected =
        "deployment `Numbered`: `num_replicas` must be a whole number from 1 to 10000, but is 0";
    assert_eq!(error.unwrap_err().to_string(), expected);
    assert_eq!(built.get(), 0);
}

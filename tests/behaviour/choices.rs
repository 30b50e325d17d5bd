//! `match` and `if` on an edge: only the nodes of the chosen arm run.

use serde_json::json;
use serve_runtime::prelude::*;
use serve_runtime::topology::{Arm, Endpoint};

use crate::support::Count;
use crate::support::http::serve;

#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
enum Category {
    Fruit,
    Car,
    Plant,
    Other,
}

#[deployment]
struct Classifier {
    name: &'static str,
    calls: Count,
}

#[deployment]
impl Classifier {
    fn new(name: &'static str, calls: Count) -> Self {
        Classifier { name, calls }
    }

    async fn classify(&self, image: &str) -> String {
        self.calls.add();
        format!("{} {image}", self.name)
    }

    fn compute(&self, image: String) -> String {
        self.calls.add();
        format!("{} {image}", self.name)
    }
}

#[deployment]
async fn exclaim(text: String) -> String {
    text + "!"
}

#[graph]
fn dispatch(counts: [Count; 3]) -> String {
    let [fruits, cars, plants] = counts;
    let fruit = Classifier::bind("fruit", fruits);
    let car = Classifier::bind("car", cars);
    let plant = Classifier::bind("plant", plants);
    input(|image: String, category: Category| {
        let label = match category {
            Category::Fruit => fruit.classify(image),
            Category::Car => {
                let label = car.compute(image);
                exclaim(label)
            }
            Category::Plant => plant.classify(image),
            Category::Other => "nothing".to_owned(),
        };
        exclaim(label)
    })
}

#[tokio::test]
async fn only_the_chosen_arm_runs() {
    let counts = [Count::new(), Count::new(), Count::new()];
    let app = deploy(dispatch(counts.clone())).await.unwrap();
    let called = || counts.each_ref().map(Count::get);
    let ask = |category| app.call("pear".into(), category);
    assert_eq!(ask(Category::Fruit).await.unwrap(), "fruit pear!");
    assert_eq!(called(), [1, 0, 0]);
    assert_eq!(ask(Category::Car).await.unwrap(), "car pear!!");
    assert_eq!(called(), [1, 1, 0]);
    assert_eq!(ask(Category::Plant).await.unwrap(), "plant pear!");
    assert_eq!(called(), [1, 1, 1]);
    assert_eq!(ask(Category::Other).await.unwrap(), "nothing!");
    assert_eq!(called(), [1, 1, 1]);
    let server = serve(dispatch(counts.clone())).await;
    let body = json!({ "image": "pear", "category": "Car" });
    assert_eq!(server.post(body).await.ok(), "car pear!!");
}

#[test]
fn the_topology_has_the_choice_and_its_arms() {
    let topology = DispatchGraph::TOPOLOGY;
    let choice = &topology.choices[0];
    assert_eq!(choice.name, "match category");
    assert_eq!(choice.arms[1], "Category::Car");
    let arms: Vec<_> = topology.nodes.iter().map(|node| node.when).collect();
    let arm = |arm| Some(Arm::new(0, arm));
    assert_eq!(arms, [arm(0), arm(1), arm(1), arm(2), None]);
    let started = topology
        .edges
        .iter()
        .filter(|edge| edge.from == Endpoint::Choice(0));
    let started: Vec<_> = started.map(|edge| (edge.to, edge.label)).collect();
    assert_eq!(
        started,
        [
            (Endpoint::Node(0), "Category::Fruit"),
            (Endpoint::Node(1), "Category::Car"),
            (Endpoint::Node(3), "Category::Plant"),
            (Endpoint::Node(4), "Category::Other"),
        ]
    );
}

/// Neither `Clone` nor `Copy`.
#[derive(serde::Deserialize)]
enum Found {
    Face { name: String, score: u32 },
    Text(String),
    Nothing,
}

#[deployment]
async fn greet(name: String, score: u32) -> String {
    format!("hello {name} {score}")
}

#[deployment]
async fn read(text: String) -> String {
    format!("read {text}")
}

#[graph]
fn finding() -> String {
    input(|found: Found, least: u32, fallback: String| match found {
        Found::Face { name, score } if score >= least => greet(name, score),
        Found::Face { name, .. } => read(name),
        Found::Text(text) => read(text + "."),
        Found::Nothing => fallback,
    })
}

#[tokio::test]
async fn patterns_bind_parts_of_a_value_and_guards_read_them() {
    let app = deploy(finding()).await.unwrap();
    let ask = |found| app.call(found, 3, "nobody".into());
    let face = |score| Found::Face {
        name: "Ada".into(),
        score,
    };
    assert_eq!(ask(face(3)).await.unwrap(), "hello Ada 3");
    assert_eq!(ask(face(2)).await.unwrap(), "read Ada");
    assert_eq!(ask(Found::Text("a".into())).await.unwrap(), "read a.");
    assert_eq!(ask(Found::Nothing).await.unwrap(), "nobody");
}

#[deployment]
async fn lookup(key: u32) -> Option<String> {
    (key > 0).then(|| format!("row {key}"))
}

#[graph]
fn nested() -> String {
    input(|key: u32, names: Vec<String>| {
        let text = if let Some(row) = lookup(key) {
            match names.len() {
                0 => exclaim(row),
                1 => read(row),
                _ => read(exclaim(row)),
            }
        } else {
            exclaim(names.join(" "))
        };
        format!("{text} of {}", names.len())
    })
}

#[tokio::test]
async fn choices_nest_and_are_values() {
    let app = deploy(nested()).await.unwrap();
    let names = |count: usize| vec!["x".to_owned(); count];
    assert_eq!(app.call(1, names(0)).await.unwrap(), "row 1! of 0");
    assert_eq!(app.call(1, names(1)).await.unwrap(), "read row 1 of 1");
    assert_eq!(app.call(1, names(2)).await.unwrap(), "read row 1! of 2");
    assert_eq!(app.call(0, names(2)).await.unwrap(), "x x! of 2");
}

#[deployment]
async fn slow_check(number: u32, calls: &Count) -> Result<u32> {
    tokio::task::yield_now().await;
    calls.add();
    match number {
        13 => Err(Error::invalid_input("unlucky")),
        number => Ok(number),
    }
}

#[deployment]
async fn five() -> u32 {
    5
}

#[graph]
fn in_one_arm() -> u32 {
    input(|number: u32, calls: Count, late: bool| {
        let checked = slow_check(number, calls);
        match late {
            true => checked,
            false => five(),
        }
    })
}

/// Otherwise the order of completion would decide whether the call ends, and whether its error is seen.
#[tokio::test]
async fn a_call_ends_even_if_the_arm_that_reads_it_is_not_taken() {
    let calls = Count::new();
    let app = deploy(in_one_arm()).await.unwrap();
    let ask = |number, late| app.call(number, calls.clone(), late);
    assert_eq!(ask(1, true).await.unwrap(), 1);
    assert_eq!(ask(1, false).await.unwrap(), 5);
    assert_eq!(calls.get(), 2);
    let error = ask(13, false).await.unwrap_err();
    assert_eq!(error.node(), Some("slow_check"));
}

#[graph]
fn only_looked_at() -> String {
    input(|found: Found, row: Option<u32>| {
        let text = match found {
            Found::Face { name, score } if score > 3 => exclaim(name),
            Found::Text(text) if text.is_empty() => exclaim("empty".to_owned()),
            _ => "other".to_owned(),
        };
        if let Some(number) = row
            && number > 1
        {
            exclaim(text)
        } else {
            text
        }
    })
}

#[tokio::test]
async fn a_value_that_only_a_guard_reads_is_used() {
    let app = deploy(only_looked_at()).await.unwrap();
    let face = Found::Face {
        name: "Ada".into(),
        score: 4,
    };
    assert_eq!(app.call(face, None).await.unwrap(), "Ada!");
    let text = Found::Text(String::new());
    assert_eq!(app.call(text, Some(2)).await.unwrap(), "empty!!");
    assert_eq!(app.call(Found::Nothing, Some(1)).await.unwrap(), "other");
}

//! `match` and `if` on an edge: only the chosen way's nodes run.

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
    let topology = Dispatch::TOPOLOGY;
    let choice = &topology.choices[0];
    assert_eq!(choice.name, "match category");
    assert_eq!(choice.arms[1], "Category::Car");
    let arms: Vec<_> = topology.nodes.iter().map(|node| node.when).collect();
    let arm = |arm| Some(Arm { choice: 0, arm });
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
async fn patterns_bind_what_they_take_out_and_guards_look() {
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

/// Not `Clone`: only one arm of several takes it.
#[derive(serde::Deserialize)]
struct Ticket(u32);

#[deployment]
async fn redeem(ticket: Ticket) -> u32 {
    ticket.0
}

#[deployment]
async fn refund(ticket: Ticket) -> u32 {
    ticket.0 + 100
}

#[deployment]
async fn is_valid(ticket: &Ticket) -> bool {
    ticket.0 > 10
}

#[graph]
fn either() -> u32 {
    input(|ticket: Ticket, keep: bool, other: u32| {
        if keep && other > 1 {
            redeem(ticket)
        } else if other == 1 {
            0
        } else {
            refund(ticket)
        }
    })
}

#[tokio::test]
async fn a_value_that_each_way_takes_once_need_not_be_clone() {
    let app = deploy(either()).await.unwrap();
    assert_eq!(app.call(Ticket(1), true, 2).await.unwrap(), 1);
    assert_eq!(app.call(Ticket(1), false, 1).await.unwrap(), 0);
    assert_eq!(app.call(Ticket(1), true, 0).await.unwrap(), 101);
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
async fn choices_nest_and_stand_in_for_values() {
    let app = deploy(nested()).await.unwrap();
    let names = |count: usize| vec!["x".to_owned(); count];
    assert_eq!(app.call(1, names(0)).await.unwrap(), "row 1! of 0");
    assert_eq!(app.call(1, names(1)).await.unwrap(), "read row 1 of 1");
    assert_eq!(app.call(1, names(2)).await.unwrap(), "read row 1! of 2");
    assert_eq!(app.call(0, names(2)).await.unwrap(), "x x! of 2");
}

#[deployment]
async fn slow_check(ticket: &Ticket, calls: &Count) -> Result<u32> {
    tokio::task::yield_now().await;
    calls.add();
    match ticket.0 {
        13 => Err(Error::invalid_input("unlucky")),
        number => Ok(number),
    }
}

#[graph]
fn on_one_way() -> u32 {
    input(|ticket: Ticket, calls: Count, late: bool| {
        let checked = slow_check(ticket, calls);
        match late {
            true => checked,
            false => redeem(Ticket(5)),
        }
    })
}

/// Otherwise the order of completion would decide whether it ends, and whether its error is seen.
#[tokio::test]
async fn a_call_ends_even_if_the_way_that_reads_it_is_not_taken() {
    let calls = Count::new();
    let app = deploy(on_one_way()).await.unwrap();
    let ask = |ticket, late| app.call(Ticket(ticket), calls.clone(), late);
    assert_eq!(ask(1, true).await.unwrap(), 1);
    assert_eq!(ask(1, false).await.unwrap(), 5);
    assert_eq!(calls.get(), 2);
    let error = ask(13, false).await.unwrap_err();
    assert_eq!(error.node(), Some("slow_check"));
}

#[graph]
fn shadowed() -> String {
    input(|name: Option<String>, text: String, key: u32| {
        let short = {
            let length = text.len();
            let text = length % 4;
            text + 1
        };
        let plain = if let Some(name) = name.clone() {
            name
        } else {
            text
        };
        let found = if let Some(name) = name {
            read(name)
        } else {
            exclaim(text)
        };
        let row = lookup(key);
        let row = if let Some(row) = row
            && short > 1
        {
            read(row)
        } else {
            plain
        };
        format!("{found}, {row}, {short}")
    })
}

#[tokio::test]
async fn what_a_condition_or_a_block_binds_may_shadow_what_it_reads() {
    let app = deploy(shadowed()).await.unwrap();
    let ask = |name: Option<&str>, text: &str| app.call(name.map(str::to_owned), text.into(), 7);
    assert_eq!(
        ask(Some("Ada"), "abc").await.unwrap(),
        "read Ada, read row 7, 4"
    );
    assert_eq!(ask(None, "abcd").await.unwrap(), "abcd!, abcd, 1");
}

#[derive(Clone)]
struct Page {
    title: String,
    number: u32,
}

#[graph]
fn in_macros() -> Vec<String> {
    input(|key: u32, text: String| {
        let page = Page {
            title: text,
            number: key,
        };
        let row = lookup(page.number);
        let lines = match row {
            Some(row) => vec![read(row), page.title],
            None => vec![page.title],
        };
        let more = vec![page.title, page.title];
        [lines, more].concat()
    })
}

#[tokio::test]
async fn nodes_are_called_and_fields_are_taken_in_the_arguments_of_macros() {
    let app = deploy(in_macros()).await.unwrap();
    let answer = app.call(3, "t".into()).await.unwrap();
    assert_eq!(answer, ["read row 3", "t", "t", "t"]);
    assert_eq!(app.call(0, "t".into()).await.unwrap(), ["t", "t", "t"]);
}

#[graph]
fn two_names() -> String {
    input(|text: String, key: u32| {
        let same = text;
        let page = Page {
            title: text,
            number: key,
        };
        let shown = format!(
            "{text}{same}{}",
            Some(Page {
                title: page.title,
                ..page
            })
            .is_some()
        );
        match key {
            1 if text.len() == same.len() => exclaim(shown),
            _ => read(page.title),
        }
    })
}

#[tokio::test]
async fn one_value_may_have_two_names_in_an_expression() {
    let app = deploy(two_names()).await.unwrap();
    assert_eq!(app.call("a".into(), 1).await.unwrap(), "aatrue!");
    assert_eq!(app.call("a".into(), 2).await.unwrap(), "read a");
}

#[graph]
fn of_a_literal() -> u32 {
    input(|number: u32| match (Crop { left: number }) {
        Crop { left: 0 } => 0,
        Crop { left } => redeem(Ticket(left)),
    })
}

struct Crop {
    left: u32,
}

#[tokio::test]
async fn the_literal_of_a_struct_is_matched_in_its_parentheses() {
    let app = deploy(of_a_literal()).await.unwrap();
    assert_eq!(app.call(3).await.unwrap(), 3);
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
async fn what_only_a_guard_looks_at_is_used() {
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

/// Neither `Clone` nor `Copy`.
#[derive(serde::Deserialize)]
struct Order {
    kind: OrderKind,
    number: u32,
}

#[derive(serde::Deserialize)]
enum OrderKind {
    New,
    Old,
}

#[deployment]
async fn place(order: &Order) -> u32 {
    order.number
}

#[deployment]
async fn cancel(order: &Order, kind: &OrderKind) -> u32 {
    assert!(matches!(kind, OrderKind::New | OrderKind::Old));
    order.number + 100
}

#[graph]
fn shared_and_matched() -> (u32, u32) {
    input(|order: Order, kind: OrderKind, least: u32| {
        let first = match order.kind {
            OrderKind::New => place(order),
            OrderKind::Old => cancel(order, kind),
        };
        let second = match kind {
            OrderKind::New if least > 1 => place(order),
            OrderKind::New => 7,
            OrderKind::Old => cancel(order, kind),
        };
        (first, second + least)
    })
}

#[tokio::test]
async fn what_is_only_looked_at_need_not_be_clone() {
    let app = deploy(shared_and_matched()).await.unwrap();
    let order = |kind| Order { kind, number: 1 };
    let new = order(OrderKind::New);
    assert_eq!(app.call(new, OrderKind::Old, 0).await.unwrap(), (1, 101));
    let old = order(OrderKind::Old);
    assert_eq!(app.call(old, OrderKind::New, 2).await.unwrap(), (101, 3));
}

#[graph]
fn early() -> u32 {
    input(|ticket: Ticket| {
        let valid = is_valid(ticket);
        if valid {
            redeem(ticket.0.into())
        } else {
            ticket.0
        }
    })
}

impl From<u32> for Ticket {
    fn from(number: u32) -> Self {
        Ticket(number)
    }
}

#[tokio::test]
async fn a_value_may_be_read_before_and_on_each_way() {
    let app = deploy(early()).await.unwrap();
    assert_eq!(app.call(Ticket(11)).await.unwrap(), 11);
    assert_eq!(app.call(Ticket(7)).await.unwrap(), 7);
}

/// Counts its clones.
struct Counted(Count);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.add();
        Counted(self.0.clone())
    }
}

#[deployment]
async fn take(counted: Counted) -> usize {
    counted.0.get()
}

#[graph]
fn taken_twice() -> usize {
    input(|counted: Counted, first: bool| {
        let before = take(counted);
        let after = if first {
            take(counted)
        } else {
            take(counted) + take(counted)
        };
        before.max(after)
    })
}

#[tokio::test]
async fn the_last_consumer_on_the_way_gets_the_value_itself() {
    let app = deploy(taken_twice()).await.unwrap();
    for (first, clones) in [(true, 1), (false, 2)] {
        let count = Count::new();
        app.call(Counted(count.clone()), first).await.unwrap();
        assert_eq!(count.get(), clones);
    }
}

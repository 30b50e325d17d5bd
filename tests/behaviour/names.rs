//! The meaning of names in blocks, conditions, patterns and the arguments of macros.

use serve_runtime::prelude::*;

#[deployment]
async fn exclaim(text: String) -> String {
    text + "!"
}

#[deployment]
async fn read(text: String) -> String {
    format!("read {text}")
}

#[deployment]
async fn lookup(key: u32) -> Option<String> {
    (key > 0).then(|| format!("row {key}"))
}

#[deployment]
async fn same(number: u32) -> u32 {
    number
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
async fn names_bound_in_a_condition_or_a_block_may_shadow_those_that_it_reads() {
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
async fn arguments_of_macros_may_call_nodes_and_take_fields() {
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
            _ => {
                let pair = (same, text.len());
                read(format!("{}{}", page.title, pair.0))
            }
        }
    })
}

#[tokio::test]
async fn one_value_may_have_two_names_in_an_expression() {
    let app = deploy(two_names()).await.unwrap();
    assert_eq!(app.call("a".into(), 1).await.unwrap(), "aatrue!");
    assert_eq!(app.call("a".into(), 2).await.unwrap(), "read aa");
}

#[graph]
fn of_a_literal() -> u32 {
    input(|number: u32| match (Crop { left: number }) {
        Crop { left: 0 } => 0,
        Crop { left } => same(left),
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
fn named_arguments() -> String {
    input(|key: u32, text: String| {
        let number = same(key);
        format!(
            "{number:>w$} {:.*} {x}",
            2,
            text,
            w = text.len(),
            x = same(number)
        )
    })
}

#[tokio::test]
async fn arguments_of_a_format_string_have_names_and_may_call_nodes() {
    let app = deploy(named_arguments()).await.unwrap();
    assert_eq!(app.call(1, "abc".into()).await.unwrap(), "  1 ab 1");
}

#[deployment]
async fn adder(number: u32) -> Box<dyn Fn(u32) -> u32 + Send> {
    Box::new(move |other| number + other)
}

#[graph]
fn called_values() -> (u32, Vec<u32>) {
    input(|number: u32, numbers: Vec<u32>| {
        let add = adder(number);
        let applied = numbers.into_iter().map(|n| n + 1);
        let twice = [number, number + 1].map(|same| same * 2);
        (same(add(1)), applied.chain(twice).collect())
    })
}

#[tokio::test]
async fn a_value_that_can_be_called_is_not_a_node() {
    let app = deploy(called_values()).await.unwrap();
    assert_eq!(app.call(2, vec![5]).await.unwrap(), (3, vec![6, 4, 6]));
}

#[graph]
fn looked_at() -> String {
    input(|page: Option<Shown>| {
        let other = page;
        let lines = page.as_ref().map_or(0, |page| page.lines.len());
        let first = match other {
            Some(Shown { lines, .. }) if lines.len() > 1 => exclaim(lines.concat()),
            _ => "none".to_owned(),
        };
        format!("{lines} {first} {}", page.is_some() && other.is_some())
    })
}

#[derive(Clone)]
struct Shown {
    lines: Vec<String>,
}

#[tokio::test]
async fn several_expressions_and_names_may_read_one_value() {
    let app = deploy(looked_at()).await.unwrap();
    let lines = ["a", "b"].map(str::to_owned).to_vec();
    assert_eq!(app.call(Some(Shown { lines })).await.unwrap(), "2 ab! true");
    assert_eq!(app.call(None).await.unwrap(), "0 none false");
}

//! What a name means: in blocks, conditions, patterns and the arguments of macros.

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

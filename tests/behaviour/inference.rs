//! Arguments need the same annotations as those of a function call.

use serve_runtime::prelude::*;

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

/// Cannot be cloned.
#[derive(Debug)]
pub struct Photo {
    pub name: String,
    pub size: Size,
}

#[deployment]
async fn text(text: String) -> String {
    text
}

#[deployment]
async fn number(number: u16) -> u16 {
    number
}

#[deployment]
async fn fraction(fraction: f32) -> f32 {
    fraction
}

#[deployment]
async fn optional(value: Option<u8>) -> Option<u8> {
    value
}

#[deployment]
async fn size(size: Size) -> Size {
    size
}

#[deployment]
async fn pair(pair: (u8, String)) -> String {
    format!("{} {}", pair.0, pair.1)
}

#[deployment]
async fn many(values: Vec<u64>) -> u64 {
    values.iter().sum()
}

#[deployment]
async fn borrowed(text: &str, values: &[u64], size: &Size) -> String {
    format!("{text} {} {}", values.len(), size.width)
}

#[deployment]
async fn join(parts: Vec<String>) -> String {
    parts.join(", ")
}

#[deployment]
async fn photo(name: String) -> Photo {
    let size = Size {
        width: name.len() as u32,
        height: 1,
    };
    Photo { name, size }
}

#[deployment]
async fn area(photo: &Photo) -> u32 {
    photo.size.width * photo.size.height
}

/// The type of a literal, a conversion or a default follows from the parameter.
#[graph]
fn conversions() -> String {
    input(|| {
        let a = text("plant".into());
        let b = text(String::from("tree"));
        let c = number(7);
        let d = number("7".parse().unwrap());
        let e = fraction(0.5);
        let f = optional(None);
        let g = optional(Some(3));
        let h = size(Default::default());
        let i = size(Size {
            width: 3,
            ..Default::default()
        });
        let j = pair((7, "x".into()));
        let k = many(vec![1, 2, 3]);
        let l = many([4, 5].into_iter().collect());
        let m = text(format!("{}", 1 + 1));
        join(vec![
            a,
            b,
            format!("{c} {d} {e}"),
            format!("{f:?} {g:?}"),
            format!("{} {}", h.width, i.width),
            j,
            format!("{}", k + l),
            m,
        ])
    })
}

#[tokio::test]
async fn literals_and_conversions_infer() {
    let app = deploy(conversions()).await.unwrap();
    let answer = app.call().await.unwrap();
    assert_eq!(
        answer,
        "plant, tree, 7 7 0.5, None Some(3), 0 3, 7 x, 15, 2"
    );
}

/// By-reference parameters also take expressions.
#[graph]
fn references() -> String {
    input(|width: u32| borrowed("text".to_string(), vec![1, 2], Size { width, height: 1 }))
}

#[tokio::test]
async fn the_value_of_an_expression_can_be_lent() {
    let app = deploy(references()).await.unwrap();
    assert_eq!(app.call(5).await.unwrap(), "text 2 5");
}

#[derive(Debug, Clone)]
pub struct Order {
    pub url: String,
    pub size: Size,
}

/// One value that expressions read and that is then passed on.
#[graph]
fn readers() -> String {
    input(|request: Order| {
        let photo = photo(request.url);
        let area = area(photo);
        let name: String = photo.name.to_uppercase();
        let length = name.len();
        let wide = photo.size.width > request.size.width;
        let name = text(name);
        format!("{name} {length} {area} {wide} {}", photo.size.height)
    })
}

#[tokio::test]
async fn a_value_that_is_not_clone_is_lent_to_expressions_and_nodes() {
    let app = deploy(readers()).await.unwrap();
    let size = Size {
        width: 4,
        height: 4,
    };
    let order = Order {
        url: "photo".into(),
        size,
    };
    assert_eq!(app.call(order).await.unwrap(), "PHOTO 5 5 true 1");
}

/// Tuples and literals of edges as the answer; two names of one value; shadowing.
#[graph]
fn composed() -> (String, Size, [u32; 2]) {
    input(|name: String, width: u32| {
        let photo = photo(name);
        let same = photo;
        let area = area(same);
        let area = area + 1;
        (
            same.name.clone(),
            Size {
                width,
                height: area,
            },
            [width, area],
        )
    })
}

#[tokio::test]
async fn the_answer_is_composed_of_edges() {
    let app = deploy(composed()).await.unwrap();
    let (name, size, both) = app.call("ab".into(), 9).await.unwrap();
    assert_eq!((name.as_str(), both), ("ab", [9, 3]));
    assert_eq!((size.width, size.height), (9, 3));
}

#[graph]
fn lent_literal() -> String {
    input(|values: Vec<u64>, size: Size| borrowed("literal", values, size))
}

#[tokio::test]
async fn a_literal_can_be_lent() {
    let app = deploy(lent_literal()).await.unwrap();
    let answer = app.call(vec![1, 2], Size::default()).await.unwrap();
    assert_eq!(answer, "literal 2 0");
}

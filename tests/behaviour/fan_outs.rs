//! `items.map(|item| ..)`: the same calls for each item.

use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::Count;
use crate::support::http::serve;

#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
struct Crop {
    left: u32,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, serde::Deserialize)]
enum Kind {
    Text,
    Face,
}

#[deployment]
async fn detect(image: &str) -> Vec<u32> {
    image.bytes().map(u32::from).collect()
}

/// How many calls run, and the maximum so far.
#[deployment]
struct Classifier {
    inside: std::sync::Arc<std::sync::atomic::AtomicUsize>,
    max: Count,
}

#[deployment]
impl Classifier {
    fn new(max: Count) -> Self {
        let inside = Default::default();
        Classifier { inside, max }
    }

    async fn classify(&self, image: &str, at: u32) -> String {
        use std::sync::atomic::Ordering::SeqCst;
        let inside = self.inside.fetch_add(1, SeqCst) + 1;
        while self.max.get() < inside {
            self.max.add();
        }
        for _ in 0..3 + at % 5 {
            tokio::task::yield_now().await;
        }
        self.inside.fetch_sub(1, SeqCst);
        format!("{}:{at}", image.len())
    }

    async fn face(&self, at: u32) -> String {
        format!("face {at}")
    }
}

#[graph]
fn classify_all(max: Count) -> Vec<String> {
    let classifier = Classifier::bind(max).max_ongoing_requests(4);
    input(|image: String| {
        let boxes = detect(image);
        boxes.map(|at| classifier.classify(image, at + 1))
    })
}

#[tokio::test]
async fn order_is_kept_and_as_many_run_as_the_replicas_take() {
    for items in [0, 1, 10_000] {
        let max = Count::new();
        let app = deploy(classify_all(max.clone())).await.unwrap();
        let image = "a".repeat(items);
        let expected: Vec<String> = image
            .bytes()
            .map(|byte| format!("{items}:{}", u32::from(byte) + 1))
            .collect();
        assert_eq!(app.call(image).await.unwrap(), expected);
        assert_eq!(max.get(), items.min(4));
    }
}

#[graph]
fn of_every_kind(max: Count) -> Vec<String> {
    let classifier = Classifier::bind(max);
    input(|image: String, crops: Vec<Crop>| {
        crops.map(|Crop { left, kind }| match kind {
            Kind::Text => classifier.classify(image, left),
            Kind::Face => {
                let label = classifier.face(left);
                format!("{label} in {image}")
            }
        })
    })
}

#[tokio::test]
async fn each_item_takes_its_own_arm() {
    let body = json!({
        "image": "ab",
        "crops": [{ "left": 3, "kind": "Text" }, { "left": 4, "kind": "Face" }],
    });
    let server = serve(of_every_kind(Count::new())).await;
    assert_eq!(server.post(body).await.ok(), json!(["2:3", "face 4 in ab"]));
}

#[deployment]
fn double(number: i64) -> Result<i64> {
    if number < 0 {
        return Err(Error::invalid_input("negative"));
    }
    Ok(number * 2)
}

#[deployment]
async fn sum(rows: Vec<Vec<i64>>, first: Option<i64>) -> i64 {
    rows.into_iter().flatten().sum::<i64>() + first.unwrap_or(0)
}

#[graph]
fn table() -> i64 {
    input(|rows: Vec<Vec<i64>>, first: Option<i64>, add: i64| {
        let doubled = rows.map(|row| row.map(|cell| double(cell + add)));
        sum(doubled, first.map(|first| double(first)))
    })
}

#[tokio::test]
async fn fan_outs_nest_and_an_option_stays_an_option() {
    let app = deploy(table()).await.unwrap();
    let rows = vec![vec![1, 2], vec![], vec![3]];
    assert_eq!(app.call(rows.clone(), Some(5), 1).await.unwrap(), 28);
    assert_eq!(app.call(rows, None, 1).await.unwrap(), 18);
}

#[deployment(max_queued_requests = 1)]
fn slow_double(number: i64) -> i64 {
    std::thread::yield_now();
    number * 2
}

#[graph]
fn small_queue() -> (Vec<Vec<i64>>, Vec<i64>) {
    input(|rows: Vec<Vec<i64>>, more: Vec<i64>| {
        let doubled = rows.map(|row| row.map(|cell| slow_double(cell)));
        (doubled, more.map(|number| slow_double(number)))
    })
}

/// One replica and one place in the queue: the items never exceed them.
#[tokio::test]
async fn nested_and_neighbouring_fan_outs_share_what_the_replicas_take() {
    let app = deploy(small_queue()).await.unwrap();
    let rows = vec![vec![1, 2, 3]; 20];
    let (doubled, more) = app.call(rows, vec![4; 20]).await.unwrap();
    assert_eq!(doubled, vec![vec![2, 4, 6]; 20]);
    assert_eq!(more, vec![8; 20]);
}

#[tokio::test]
async fn an_error_of_an_item_ends_the_request_and_names_the_node() {
    let app = deploy(table()).await.unwrap();
    let error = app.call(vec![vec![1, -9]], None, 0).await.unwrap_err();
    assert_eq!(error.node(), Some("double"));
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
}

#[graph]
fn numbered() -> Vec<String> {
    let classifier = Classifier::bind(Count::new());
    input(|crops: Vec<u32>| {
        let items: Vec<_> = crops.into_iter().enumerate().collect();
        let names = items.map(|(index, left)| classifier.face(left + index as u32));
        names.into_iter().filter(|name| name != "face 8").collect()
    })
}

#[tokio::test]
async fn adapters_of_iterators_go_before_and_after_the_calls() {
    let app = deploy(numbered()).await.unwrap();
    let named = app.call(vec![5, 7, 3]).await.unwrap();
    assert_eq!(named, ["face 5", "face 5"]);
}

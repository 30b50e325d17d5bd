//! Several entries of one graph, which share its deployments.

use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::Count;
use crate::support::http::serve;

#[deployment]
struct Counter {
    count: i64,
    built: Count,
}

#[deployment]
impl Counter {
    fn new(built: Count) -> Self {
        built.add();
        Counter { count: 0, built }
    }

    async fn add(&mut self, number: i64) -> i64 {
        self.count += number;
        self.count
    }

    async fn get(&self) -> i64 {
        self.count
    }

    async fn replicas(&self) -> usize {
        self.built.get()
    }
}

#[deployment]
async fn describe(count: i64) -> String {
    format!("it is {count}")
}

#[graph(route_prefix = "/counter")]
fn counting(built: Count) -> i64 {
    let counter = Counter::bind(built);

    route("/", || counter.get());
    route("/add", |number: i64, twice: bool| {
        let times = if twice { 2 } else { 1 };
        counter.add(number * times)
    });
    route("/describe/now", || -> String { describe(counter.get()) });
    route("/replicas", || -> usize { counter.replicas() })
}

#[tokio::test]
async fn each_route_has_a_method_of_the_handle() {
    let app = deploy(counting(Count::new())).await.unwrap();
    assert_eq!(app.add(2, true).await.unwrap(), 4);
    assert_eq!(app.add(1, false).await.unwrap(), 5);
    assert_eq!(app.root().await.unwrap(), 5);
    assert_eq!(app.describe_now().await.unwrap(), "it is 5");
    assert_eq!(app.replicas().await.unwrap(), 1);
}

#[tokio::test]
async fn each_route_answers_on_its_own_path_below_the_prefix() {
    let server = serve(counting(Count::new())).await;
    let add = json!({ "number": 2, "twice": true });
    assert_eq!(server.post_to("/counter/add", add).await.ok(), 4);
    let nothing = json!(null);
    let post = |path: &'static str| server.post_to(path, nothing.clone());
    assert_eq!(post("/counter").await.ok(), 4);
    assert_eq!(post("/counter/describe/now").await.ok(), "it is 4");
    assert_eq!(post("/counter/replicas").await.ok(), 1);
    let missing = post("/counter/sub").await;
    assert_eq!(missing.status, 404);
    assert!(
        missing.body.contains("/counter/describe/now"),
        "{missing:?}"
    );
    let wrong = server.post_to("/counter/add", json!({ "number": 2 })).await;
    assert_eq!(
        (wrong.status, wrong.json()["field"].as_str()),
        (422, Some("twice"))
    );
}

#[graph(route_prefix = "/été")]
fn spelled(built: Count) -> i64 {
    let counter = Counter::bind(built);

    route("/café", |number: i64| counter.add(number));
    route("/a%20b", |number: i64| counter.add(number));
    route("/a|b:c", |number: i64| counter.add(number));
    route("/:d/*e", |number: i64| counter.add(number));
}

/// A browser sends `/caf%C3%A9`, curl the letters as they are.
#[tokio::test]
async fn a_route_is_reachable_however_its_path_is_written() {
    let server = serve(spelled(Count::new())).await;
    let prefix = "/%C3%A9t%C3%A9";
    for path in [
        "/été/café",
        &format!("{prefix}/caf%C3%A9"),
        &format!("{prefix}/caf%c3%a9?x=1"),
        &format!("{prefix}/a%20b"),
        &format!("{prefix}/a|b:c"),
        &format!("{prefix}/a%7Cb%3Ac"),
        &format!("{prefix}/:d/*e"),
    ] {
        assert_eq!(server.post_to(path, json!(0)).await.ok(), 0, "{path}");
    }
    let listed = server.get("/-/routes").await.ok();
    let described = server.get("/-/openapi.json").await.ok();
    assert_eq!(listed.as_object().unwrap().len(), 4);
    for path in listed.as_object().unwrap().keys() {
        assert_eq!(server.post_to(path, json!(0)).await.ok(), 0, "{path}");
        assert!(described["paths"][path].is_object(), "{path}");
    }
    assert_eq!(server.post_to("/%C3%A9t%C3%A9", json!(0)).await.status, 404);
}

#[test]
fn the_topology_has_an_entry_for_each() {
    let topology = CountingGraph::TOPOLOGY;
    let routes: Vec<_> = topology.entries.iter().map(|entry| entry.route).collect();
    assert_eq!(
        routes,
        [
            "/counter",
            "/counter/add",
            "/counter/describe/now",
            "/counter/replicas"
        ]
    );
    let nodes: Vec<_> = topology
        .nodes
        .iter()
        .map(|node| (node.name, node.entry))
        .collect();
    let expected = [
        ("counter.get", 0),
        ("counter.add", 1),
        ("counter.get_1", 2),
        ("describe", 2),
        ("counter.replicas", 3),
    ];
    assert_eq!(nodes, expected);
    assert_eq!(topology.deployments.len(), 2);
}

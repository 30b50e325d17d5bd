//! Keywords as names, `r#type`: pictures and requests have them without the `r#`.

use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::http::serve;

#[deployment]
async fn r#match(r#type: i64) -> i64 {
    r#type * 2
}

#[deployment]
struct Raw {
    r#fn: i64,
}

#[deployment]
impl Raw {
    fn new(r#fn: i64) -> Self {
        Raw { r#fn }
    }

    async fn r#type(&self, r#in: i64) -> i64 {
        self.r#fn + r#in
    }

    fn r#loop(&mut self, r#mut: &i64) -> i64 {
        self.r#fn += *r#mut;
        self.r#fn
    }

    #[batch]
    fn r#if(&self, r#for: Vec<i64>) -> Vec<i64> {
        r#for
    }
}

#[graph]
fn r#loop(r#use: i64) -> String {
    let r#mod = Raw::bind(r#use);
    input(|r#type: i64, r#fn: i64| {
        let r#let = r#match(r#type);
        let sum = r#mod.r#type(r#fn) + r#mod.r#loop(r#fn) + r#mod.r#if(r#fn);
        format!("{sum} {type} {let:>3}")
    })
}

#[tokio::test]
async fn keywords_are_names_and_fields_of_requests() {
    let app = deploy(r#loop(1)).await.unwrap();
    let answer = app.call(2, 3).await.unwrap();
    assert!(["11 2   4", "14 2   4"].contains(&&*answer), "{answer}"); // in either order
    let server = serve(r#loop(1)).await;
    let body = json!({ "type": 2, "fn": 0 });
    assert_eq!(server.post(body).await.ok(), "2 2   4");
}

#[test]
fn pictures_show_them_without_the_prefix() {
    let topology = LoopGraph::TOPOLOGY;
    assert_eq!(topology.name, "loop");
    let params = topology.entries[0].params.iter();
    assert_eq!(params.map(|it| it.name).collect::<Vec<_>>(), ["type", "fn"]);
    let nodes = topology.nodes.iter().map(|node| node.name);
    assert_eq!(
        nodes.collect::<Vec<_>>(),
        ["match", "mod.type", "mod.loop", "mod.if"]
    );
    let deployments = topology.deployments.iter().map(|it| it.name);
    assert_eq!(deployments.collect::<Vec<_>>(), ["mod", "match"]);
}

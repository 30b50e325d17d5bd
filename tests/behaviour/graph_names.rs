//! The names of graphs: the type of a graph has a name of its own.

use serde::Serialize;
use serve_runtime::prelude::*;

#[derive(Debug, PartialEq, Serialize)]
pub struct Report {
    words: usize,
}

#[deployment]
async fn count(text: String) -> Report {
    Report {
        words: text.split_whitespace().count(),
    }
}

#[graph]
fn report() -> Report {
    input(|text: String| count(text))
}

#[tokio::test]
async fn a_graph_may_be_named_like_its_answer() {
    let app = deploy(report()).await.unwrap();
    assert_eq!(
        app.call("no tea".into()).await.unwrap(),
        Report { words: 2 }
    );
    assert_eq!(ReportGraph::TOPOLOGY.name, "report");
}

#[deployment]
struct Bot;

#[deployment]
impl Bot {
    fn new() -> Self {
        Bot
    }

    async fn answer(&self, text: String) -> String {
        format!("{text}? I do not know.")
    }
}

#[graph]
fn bot() -> String {
    let bot = Bot::bind();
    input(|text: String| bot.answer(text))
}

#[tokio::test]
async fn a_graph_may_be_named_like_a_deployment_that_it_binds() {
    let app = deploy(bot()).await.unwrap();
    let answer = app.call("tea".into()).await.unwrap();
    assert_eq!(answer, "tea? I do not know.");
    let handle: &BotGraphHandle = &app;
    let again = handle.call("coffee".into()).await.unwrap();
    assert_eq!(again, "coffee? I do not know.");
}

#[graph]
fn result() -> Report {
    let words = report::bind();
    input(|text: String| words.call(text))
}

#[tokio::test]
async fn a_graph_may_be_named_like_a_type_of_the_prelude_and_bind_another() {
    let app = deploy(result()).await.unwrap();
    assert_eq!(app.call("tea".into()).await.unwrap(), Report { words: 1 });
}

#[graph]
fn echo_graph() -> Report {
    let words = ReportGraph::bind();
    input(|text: String| words.call(text))
}

#[test]
fn a_graph_whose_name_ends_in_graph_has_the_word_once() {
    assert_eq!(EchoGraph::TOPOLOGY.name, "echo_graph");
}

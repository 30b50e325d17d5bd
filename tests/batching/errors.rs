//! Errors of one call, and errors of a whole batch.

use serve_runtime::prelude::*;

use crate::support::within;
use crate::watched::{Watched, held, released};

#[deployment]
struct Parser(Watched<String>);

fn parsed(text: &str) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

#[deployment]
impl Parser {
    fn new(watched: Watched<String>) -> Self {
        Parser(watched)
    }

    /// Each call has an error of its own.
    #[batch(batch_wait_timeout_s = 0)]
    fn each(&self, texts: Vec<String>) -> Vec<Result<u32, std::num::ParseIntError>> {
        self.0.ran(&texts);
        texts.iter().map(|text| parsed(text)).collect()
    }

    /// One error for all calls.
    #[batch(batch_wait_timeout_s = 0)]
    fn all(&self, texts: Vec<String>) -> Result<Vec<u32>> {
        self.0.ran(&texts);
        let number = |text: &String| {
            parsed(text).map_err(|_| Error::invalid_input(format!("not a number: {text}")))
        };
        texts.iter().map(number).collect()
    }

    /// Either kind of error.
    #[batch(batch_wait_timeout_s = 0)]
    fn both(&self, texts: Vec<String>) -> Result<Vec<Result<u32>>> {
        self.0.ran(&texts);
        if texts.iter().any(String::is_empty) {
            return Err(Error::upstream("empty"));
        }
        Ok(texts.iter().map(|text| Ok(parsed(text)?)).collect())
    }

    #[batch(batch_wait_timeout_s = 0)]
    fn loses(&self, texts: Vec<String>) -> Vec<usize> {
        self.0.ran(&texts);
        texts.iter().skip(1).map(String::len).collect()
    }
}

macro_rules! calls {
    ($app:ident.$method:ident, $texts:expr) => {
        $texts.map(|text| {
            let (app, text) = ($app.clone(), text.to_owned());
            async move { app.$method(text).await }
        })
    };
}

#[tokio::test]
async fn an_error_of_one_call_fails_only_that_call() {
    let watched = Watched::new();
    let app = deploy(Parser::bind(watched.clone())).await.unwrap();
    let calls = held(&watched, calls!(app.each, ["0", "1", "x", "3"])).await;
    let results = released(&watched, calls).await;
    assert_eq!(watched.batches()[1].len(), 3);
    let numbers: Vec<Option<u32>> = results
        .iter()
        .map(|result| result.as_ref().ok().copied())
        .collect();
    assert_eq!(numbers, [Some(0), Some(1), None, Some(3)]);
    let error = results[2].as_ref().unwrap_err();
    assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
}

#[tokio::test]
async fn an_error_of_the_batch_fails_all_its_calls_and_no_others() {
    let watched = Watched::new();
    let app = deploy(Parser::bind(watched.clone())).await.unwrap();
    let calls = held(&watched, calls!(app.all, ["0", "1", "x"])).await;
    let results = released(&watched, calls).await;
    assert_eq!(results[0].as_ref().unwrap(), &0);
    for result in &results[1..] {
        let error = result.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert_eq!(error.message(), "not a number: x");
    }
    assert_eq!(within(app.all("7".into())).await.unwrap(), 7);
}

#[tokio::test]
async fn both_kinds_of_errors_work_together() {
    let watched = Watched::new();
    let app = deploy(Parser::bind(watched.clone())).await.unwrap();
    let calls = held(&watched, calls!(app.both, ["0", "1", "x"])).await;
    let results = released(&watched, calls).await;
    assert_eq!(results[1].as_ref().unwrap(), &1);
    assert_eq!(results[2].as_ref().unwrap_err().kind(), ErrorKind::Failed);
    let error = within(app.both(String::new())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Upstream);
}

#[tokio::test]
async fn a_batch_must_return_as_many_results_as_calls() {
    let watched = Watched::new();
    let app = deploy(Parser::bind(watched.clone())).await.unwrap();
    let calls = held(&watched, calls!(app.loses, ["a", "b", "c"])).await;
    let messages: Vec<String> = released(&watched, calls)
        .await
        .into_iter()
        .map(|result| result.unwrap_err().to_string())
        .collect();
    assert_eq!(
        messages[0],
        "`Parser.loses` returned 0 results for a batch of 1 call"
    );
    assert_eq!(
        messages[1],
        "`Parser.loses` returned 1 result for a batch of 2 calls"
    );
    assert_eq!(messages[1], messages[2]);
}

#[graph]
fn lossy(watched: Watched<String>) -> usize {
    let parser = Parser::bind(watched);
    input(|text: String| parser.loses(text))
}

#[tokio::test]
async fn an_error_names_the_node() {
    let app = deploy(lossy(Watched::open())).await.unwrap();
    let error = within(app.call("a".into())).await.unwrap_err();
    assert_eq!(error.node(), Some("parser.loses"));
    assert!(error.message().contains("0 results for a batch of 1 call"));
}

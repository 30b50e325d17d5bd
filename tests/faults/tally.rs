//! Counts answers: every request is answered exactly once.

use std::collections::BTreeMap;

use serve_runtime::{ErrorKind, Result};
use tokio::task::JoinSet;

use crate::support::within;

/// The results of requests, by number. No request can be answered twice or never.
#[derive(Debug, Default)]
pub struct Tally {
    pub answered: usize,
    pub refused: usize,
    /// The nodes that panics named.
    pub panicked: BTreeMap<u32, String>,
    pub other: Vec<String>,
}

/// Makes `requests` at the same time, and waits for the answer of each.
pub async fn tally<F>(requests: u32, call: impl Fn(u32) -> F) -> Tally
where
    F: Future<Output = Result<u32>> + Send + 'static,
{
    let mut calls = JoinSet::new();
    for number in 0..requests {
        let call = call(number);
        calls.spawn(async move { (number, call.await) });
    }
    let mut tally = Tally::default();
    while let Some(call) = within(calls.join_next()).await {
        let (number, outcome) = call.unwrap();
        match outcome {
            Ok(answer) => {
                assert_eq!(answer, number, "the answer of another request");
                tally.answered += 1;
            }
            Err(error) => match error.kind() {
                ErrorKind::Overloaded => tally.refused += 1,
                ErrorKind::Panicked => {
                    let node = error.node().unwrap_or_default().to_owned();
                    tally.panicked.insert(number, node);
                }
                _ => tally.other.push(error.to_string()),
            },
        }
    }
    let all = tally.answered + tally.refused + tally.panicked.len() + tally.other.len();
    assert_eq!(all, requests as usize);
    tally
}

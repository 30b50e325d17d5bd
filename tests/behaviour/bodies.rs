//! Users' types while bodies are read and written: on which thread, and when they panic.

use std::thread::{self, ThreadId};

use serde::de::Error as _;
use serde::ser::SerializeSeq;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::json;
use serve_runtime::ingress::MAX_BYTES_IN_PLACE;
use serve_runtime::prelude::*;

use crate::support::http::serve;

/// Writes numbers, and the thread on which that happens.
#[derive(Clone)]
struct Numbers {
    count: usize,
    made_on: ThreadId,
}

impl Serialize for Numbers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        assert_ne!(self.count, 13, "an unlucky number");
        let mut items = serializer.serialize_seq(None)?;
        for _ in 0..self.count {
            items.serialize_element(&(thread::current().id() == self.made_on))?;
        }
        items.end()
    }
}

/// A number whose `Deserialize` panics at 7 and fails at 8.
struct Wanted(usize);

impl<'de> Deserialize<'de> for Wanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match usize::deserialize(deserializer)? {
            7 => panic!("seven is not read"),
            8 => Err(D::Error::custom("eight is not read")),
            count => Ok(Wanted(count)),
        }
    }
}

#[deployment]
async fn make(wanted: Wanted) -> Numbers {
    Numbers {
        count: wanted.0,
        made_on: thread::current().id(),
    }
}

#[graph]
fn counting() -> Numbers {
    input(|wanted: Wanted| make(wanted))
}

#[tokio::test] // one thread serves
async fn a_large_answer_is_written_on_another_thread() {
    let server = serve(counting()).await;
    let small = server.post(json!(100)).await.ok();
    assert_eq!(small, json!(vec![true; 100]));
    let count = MAX_BYTES_IN_PLACE / 4;
    let large = server.post(json!(count)).await.ok();
    assert_eq!(large, json!(vec![false; count]));
}

#[tokio::test]
async fn a_panic_while_a_body_is_read_or_written_is_an_answer() {
    let server = serve(counting()).await;
    for (wanted, status) in [(7, 500), (13, 500), (8, 422), (9, 200)] {
        assert_eq!(server.post(json!(wanted)).await.status, status, "{wanted}");
    }
}

//! The limits of a batch: its number of calls, its cost, its group; and how many calls may wait.

use serve_runtime::prelude::*;

use crate::support::{waits, within};
use crate::watched::{Watched, held, released};

#[deployment]
struct Encoder(Watched<String>);

/// Has the name of the parameter, which must not hide it.
fn texts(text: &str) -> usize {
    text.len()
}

#[deployment]
impl Encoder {
    fn new(watched: Watched<String>) -> Self {
        Encoder(watched)
    }

    #[batch(batch_wait_timeout_s = 0, cost = texts, max_batch_cost = 10)]
    fn encode(&self, texts: Vec<String>) -> Vec<usize> {
        self.0.ran(&texts);
        texts.iter().map(String::len).collect()
    }

    #[batch(max_batch_size = 3, batch_wait_timeout_s = 0.0, group_by = Self::language)]
    fn translate(&self, texts: Vec<Shared<String>>, languages: Vec<char>) -> Vec<String> {
        assert!(languages.iter().all(|language| *language == languages[0]));
        let texts: Vec<String> = texts
            .iter()
            .map(|text| format!("{text}{}", languages[0]))
            .collect();
        self.0.ran(&texts);
        texts
    }
}

impl Encoder {
    fn language(_text: &str, language: &char) -> char {
        *language
    }
}

#[tokio::test]
async fn a_batch_keeps_to_its_cost_in_order() {
    let watched = Watched::new();
    let app = deploy(Encoder::bind(watched.clone())).await.unwrap();
    let call = |text: &str| {
        let (app, text) = (app.clone(), text.to_owned());
        async move { app.encode(text).await }
    };
    let long = "more than all that a batch may cost";
    let texts = ["first", "four", "sixsix", "1", long, "two"];
    let calls = held(&watched, texts.map(call)).await;
    for (result, text) in released(&watched, calls).await.into_iter().zip(texts) {
        assert_eq!(result.unwrap(), text.len());
    }
    // "1" would fit beside "four", but it came after "sixsix", and fits beside that as well.
    let batches = [
        &["first"][..],
        &["four", "sixsix"],
        &["1"],
        &[long],
        &["two"],
    ];
    assert_eq!(watched.batches(), batches);
}

#[tokio::test]
async fn groups_take_turns_and_do_not_mix() {
    let watched = Watched::new();
    let app = deploy(Encoder::bind(watched.clone())).await.unwrap();
    let call = |(text, language): (&str, char)| {
        let (app, text) = (app.clone(), Shared::new(text.to_owned()));
        async move { app.translate(text, language).await }
    };
    let asked = [
        ('x', "0"),
        ('a', "1"),
        ('b', "2"),
        ('a', "3"),
        ('a', "4"),
        ('a', "5"),
        ('b', "6"),
    ];
    let calls = held(
        &watched,
        asked.map(|(language, text)| call((text, language))),
    )
    .await;
    for (result, (language, text)) in released(&watched, calls).await.into_iter().zip(asked) {
        assert_eq!(result.unwrap(), format!("{text}{language}"));
    }
    let batches = [&["0x"][..], &["1a", "3a", "4a"], &["2b", "6b"], &["5a"]];
    assert_eq!(watched.batches(), batches);
}

#[tokio::test]
async fn the_queue_is_bounded_and_a_batch_leaves_it() {
    let watched = Watched::new();
    let encoder = Encoder::bind(watched.clone()).max_queued_requests(3);
    let app = deploy(encoder).await.unwrap();
    let call = |text: &str| {
        let (app, text) = (app.clone(), text.to_owned());
        async move { app.encode(text).await }
    };
    let mut calls = held(&watched, ["a", "b", "c", "d"].map(call)).await;
    let refused = within(call("e")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Overloaded);
    // The three are one batch now: their places are free, although only the first was taken in turn.
    watched.stage.release(1);
    watched.stage.entered(1).await;
    for text in ["f", "g", "h"] {
        let mut call = Box::pin(call(text));
        assert!(waits(&mut call).await);
        calls.push(call);
    }
    let refused = within(call("i")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Overloaded);
    for result in released(&watched, calls).await {
        result.unwrap();
    }
    assert_eq!(
        watched.batches(),
        [&["a"][..], &["b", "c", "d"], &["f", "g", "h"]]
    );
}

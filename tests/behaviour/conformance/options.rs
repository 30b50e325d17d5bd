//! The options of each node, written out and read again.

use serde::{Deserialize, Serialize};
use serde_json::json;
use serve_runtime::config::{ApplicationConfig, Config, Setting};
use serve_runtime::prelude::*;

use crate::support::http::serve;
use crate::support::{Count, Stage, at_once};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Rate {
    factor: f32,
    labels: Vec<String>,
    fallback: Option<u32>,
}

fn rate(factor: f32) -> Rate {
    Rate {
        factor,
        labels: vec!["no".into(), "1.0".into(), "two\nlines".into()],
        fallback: None,
    }
}

/// Counts replicas, and holds calls.
#[derive(Clone)]
struct Seen {
    built: Count,
    stage: Stage,
}

impl Seen {
    fn new() -> Self {
        Seen {
            built: Count::new(),
            stage: Stage::new(),
        }
    }

    /// Calls return at once.
    fn released() -> Self {
        let seen = Seen::new();
        seen.stage.release(1000);
        seen
    }
}

#[deployment(num_replicas = 1)]
struct Scale {
    rate: Option<Rate>,
    seen: Seen,
}

#[deployment]
impl Scale {
    fn new(seen: Seen) -> Self {
        seen.built.add();
        Scale { rate: None, seen }
    }

    fn reconfigure(&mut self, rate: Rate) {
        self.rate = Some(rate);
    }

    async fn hold(&self, number: f32) -> f32 {
        self.seen.stage.hold().await;
        self.rate.as_ref().map_or(0.0, |rate| number * rate.factor)
    }
}

#[deployment]
fn double(number: f32) -> f32 {
    2.0 * number
}

#[graph]
fn part(replicas: u32, factor: f32, seen: Seen) -> f32 {
    let scale = Scale::bind(seen)
        .num_replicas(replicas)
        .user_config(rate(factor));
    input(|number: f32| scale.hold(number))
}

#[graph]
fn whole(tuned: bool, seen: Seen) -> f32 {
    let (replicas, ongoing, queued, factor) = if tuned {
        (2, 3, 1, 0.1)
    } else {
        (1, 9, 100, 7.0)
    };
    let first = Scale::bind(seen.clone())
        .num_replicas(replicas)
        .max_ongoing_requests(ongoing)
        .max_queued_requests(queued)
        .user_config(rate(factor));
    let inner = part::bind(replicas, 10.0 * factor, Seen::released());
    input(|number: f32| double(first.hold(number)) + inner.call(number))
}

/// Through the text of a file, which is applied to an application that is bound with other options.
fn through_a_file(seen: Seen) -> Application<WholeGraph> {
    let tuned = whole(true, Seen::new()).config().unwrap();
    let plain = whole(false, seen);
    assert_ne!(plain.config().unwrap(), tuned);
    let read =
        ApplicationConfig::from_yaml(&Config::from(tuned.clone()).to_yaml().unwrap()).unwrap();
    let configured = plain.with_config(&read).unwrap();
    assert_eq!(configured.config().unwrap(), tuned);
    configured
}

#[test]
fn the_file_has_every_node_with_its_options() {
    let config = whole(true, Seen::new()).config().unwrap();
    assert_eq!(config.name.as_deref(), Some("whole"));
    let nodes: Vec<_> = config.deployments.iter().collect();
    let names: Vec<&str> = nodes.iter().map(|node| &node.name[..]).collect();
    assert_eq!(names, ["first", "inner/scale", "double"]);
    assert_eq!(nodes[0].num_replicas, Some(2));
    assert_eq!(nodes[0].max_ongoing_requests, Setting::Set(3));
    assert_eq!(nodes[0].max_queued_requests, Setting::Set(1));
    assert_eq!(
        nodes[0].user_config,
        Some(json!({ "factor": 0.1, "labels": ["no", "1.0", "two\nlines"], "fallback": null }))
    );
    assert_eq!(nodes[1].num_replicas, Some(2));
    let inner = nodes[1].user_config.as_ref().unwrap();
    assert_eq!(inner["factor"], 1.0);
    assert_eq!(nodes[2].user_config, None);
}

#[tokio::test]
async fn per_node_options_and_user_config_are_the_same_after_a_round_trip() {
    let seen = Seen::new();
    let app = deploy(through_a_file(seen.clone())).await.unwrap();
    let replicas = |index: usize| Deployed::control(&app).status()[index].replicas.len();
    assert_eq!((replicas(0), replicas(1), replicas(2)), (2, 2, 1));
    assert_eq!(seen.built.get(), 2);

    // Three at each of two replicas, one that waits, and one that is refused.
    let handle = Deployed::handle(&app);
    let mut calls: Vec<_> = (0..7).map(|_| Box::pin(handle.call(1.5))).collect();
    for call in &mut calls {
        assert!(at_once(call).await.is_none());
    }
    let refused = handle.call(1.5).await.unwrap_err();
    assert_eq!(refused.kind(), serve_runtime::ErrorKind::Overloaded);
    seen.stage.entered(6).await;
    assert_eq!(seen.stage.max_inside(), 6);
    seen.stage.release(7);
    for call in calls {
        assert_eq!(call.await.unwrap(), 2.0 * (1.5 * 0.1) + 1.5_f32);
    }
}

#[tokio::test]
async fn they_are_the_same_over_http() {
    let seen = Seen::new();
    seen.stage.release(1);
    let server = serve(through_a_file(seen.clone())).await;
    assert_eq!(server.post(json!(8)).await.ok(), 9.6);
    assert_eq!(seen.built.get(), 2);
}

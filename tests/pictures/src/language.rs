//! Everything that the language has, in one graph.

use std::collections::VecDeque;
use std::time::Duration;

use serve_runtime::prelude::*;

use crate::models::{Judge, classifier::Classifier, loader};
use crate::{photo as whole_photo, steps};

/// A part of an image.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A cat.
    Cat(Vec<u8>),
    /// A dog.
    Dog {
        /// What it looks like.
        image: Vec<u8>,
        /// How large it is.
        size: u32,
    },
    /// Several.
    Group(VecDeque<Vec<u8>>),
    /// Nothing that has a name.
    Other,
}

/// Finds the subjects.
#[deployment(num_gpus = 0.5, num_replicas = 2, budget_ms = 80)]
pub fn cut(image: &[u8], limit: usize) -> Result<Vec<Subject>> {
    let mut subjects = vec![Subject::Cat(image.to_vec()), Subject::Other];
    subjects.truncate(limit);
    Ok(subjects)
}

/// Sizes do not matter to it.
#[deployment(max_ongoing_requests = 3)]
pub async fn first<T, const N: usize>(items: Vec<T>) -> Option<T>
where
    T: Send + Sync + 'static,
{
    items.into_iter().take(N).next()
}

/// All of the language.
///
/// With a `blank` line.
#[graph(
    route_prefix = "/all",
    slo_ms = 500,
    request_timeout_s = 2.5,
    max_cpus = 26,
    max_gpus = 5
)]
pub fn everything(weights: String, shards: u32) -> Vec<String> {
    let loader = loader::Loader::bind();
    let cats = Classifier::bind(weights.clone())
        .budget(Duration::from_millis(40))
        .max_queued_requests(0);
    let dogs = Classifier::bind(weights.clone()).name("dogs").num_cpus(0.5);
    let groups = Classifier::bind(weights.clone())
        .resources([("license", 0.5), ("camera", 2.0)])
        .num_replicas(shards);
    // With the time of its calls through handles.
    let judge = Judge::bind(cats.clone(), dogs.clone()).budget(Duration::from_millis(50));
    let photo = whole_photo::bind(weights);

    route("/subjects", |url: String, limit: usize| {
        let image = loader.load(url, limit + 1);
        let subjects = cut(image, limit);
        subjects.map(|subject| match subject {
            Subject::Cat(image) => {
                let labels = cats.classify(image);
                judge.judge(image, labels)
            }
            Subject::Dog { image, size } if size > 20 && limit > 1 => {
                if image.is_empty() {
                    steps::join(url, (0, limit))
                } else if let Some(label) = first::<String, 1>(dogs.classify(image)) {
                    label
                } else {
                    "a dog".to_owned()
                }
            }
            Subject::Group(members) => {
                let labels = members.map(|member| groups.classify(member));
                format!("{labels:?}")
            }
            _ => "nothing".to_owned(),
        })
    });
    route("/", |url: String| -> (String, usize) {
        let answer = photo.call(url, 3);
        let length = {
            let length = answer.len();
            steps::measure(length)
        };
        (answer, length)
    });
    route(
        "/one/of-all",
        |urls: [String; 2]| -> Option<(usize, Vec<u8>)> {
            let images = urls.map(|url| (1, loader.load(url, 9)));
            let [(_, left), right] = images;
            let images = vec![(left.len(), left), right];
            first::<(usize, Vec<u8>), 2>(images)
        },
    );
}

/// A graph with routes, and one in it, in another graph.
#[graph]
pub fn nested(weights: String) -> (String, usize) {
    let everything = EverythingGraph::bind(weights, 2);

    input(|url: String| everything.root(url))
}

/// A deployment and a graph of another crate.
#[graph]
pub fn visiting(root: String) -> String {
    let loader = beside::Loader::bind(&root).num_cpus(0.25);
    let photo = beside::photo::bind(root);

    input(|name: String| {
        let image = loader.load(name);
        photo.call(name, format!("{}", image.0.len()))
    })
}

/// Rates several texts at a time.
#[deployment]
pub struct Rater;

#[deployment]
impl Rater {
    /// Makes one.
    #[allow(clippy::new_without_default)] // a constructor, which `bind` calls
    pub fn new() -> Self {
        Rater
    }

    /// Rates.
    #[batch(max_batch_size = 6, cost = Self::size, max_batch_cost = 512, group_by = Self::kind)]
    pub fn rate(&self, texts: Vec<String>, limits: Vec<usize>) -> Result<Vec<Result<u32>>> {
        Ok(texts
            .iter()
            .zip(limits)
            .map(|(text, limit)| Ok(text.len().min(limit) as u32))
            .collect())
    }
}

impl Rater {
    fn size(text: &str, _limit: &usize) -> usize {
        text.len()
    }

    fn kind(text: &str, _limit: &usize) -> bool {
        text.is_empty()
    }
}

/// Several calls at a time, as a function.
#[deployment(num_cpus = 1)]
#[batch]
pub fn round(numbers: Vec<u32>) -> Vec<u32> {
    numbers.iter().map(|number| number / 10 * 10).collect()
}

/// A graph with batches.
#[graph]
pub fn gathering() -> u32 {
    let rater = Rater::bind();
    input(|text: String| round(rater.rate(text, 100)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serve_runtime::topology::Endpoint;

    #[test]
    fn a_line_from_a_choice_says_when() {
        let graph = EverythingGraph::TOPOLOGY;
        for edge in graph.edges {
            if let Endpoint::Choice(choice) = edge.from {
                let arms = graph.choices[choice].arms;
                assert!(arms.contains(&edge.label), "{} {arms:?}", edge.label);
            }
        }
    }
}

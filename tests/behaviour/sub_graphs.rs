//! A graph that is bound in another one.

use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::Count;
use crate::support::http::serve;

mod ocr {
    use super::*;

    #[deployment]
    pub struct Detector;

    #[deployment]
    impl Detector {
        fn new(built: Count) -> Self {
            built.add();
            Detector
        }

        /// Where words begin.
        fn detect(&self, image: &str) -> Result<Vec<String>> {
            if image.contains('#') {
                return Err(Error::invalid_input("not a picture"));
            }
            assert!(!image.contains('!'), "out of ink");
            Ok(image.split(' ').map(str::to_owned).collect())
        }
    }

    #[deployment]
    async fn read(word: String) -> String {
        word.to_uppercase()
    }

    /// Reads the words of an image.
    #[graph]
    pub fn ocr_graph(built: Count) -> Vec<String> {
        let detector = Detector::bind(built);

        input(|image: String| detector.detect(image).map(|word| read(word)))
    }
}

use ocr::ocr_graph;

#[deployment]
async fn join(left: Vec<String>, right: Vec<String>) -> String {
    format!("{} | {}", left.join(","), right.join(","))
}

/// Holds a graph.
#[deployment]
struct Reader {
    ocr: Handle<ocr_graph>,
}

#[deployment]
impl Reader {
    fn new(ocr: Handle<ocr_graph>) -> Self {
        Reader { ocr }
    }

    async fn first(&self, image: String) -> Result<Vec<String>> {
        let words = self.ocr.call(image).await?;
        Ok(words.into_iter().take(1).collect())
    }
}

#[graph]
fn pages(built: Count) -> String {
    let ocr = ocr_graph::bind(built.clone());
    let held = ocr_graph::bind(built);
    let reader = Reader::bind(held);

    input(|left: String, right: String| join(ocr.call(left), reader.first(right)))
}

#[tokio::test]
async fn a_graph_is_called_like_a_deployment() {
    let built = Count::new();
    let app = deploy(pages(built.clone())).await.unwrap();
    assert_eq!(built.get(), 2);
    let answer = app.call("a bc".into(), "d e".into()).await.unwrap();
    assert_eq!(answer, "A,BC | D");
    let body = json!({ "left": "a bc", "right": "d e" });
    assert_eq!(serve(pages(built)).await.post(body).await.ok(), "A,BC | D");
}

#[tokio::test]
async fn a_failure_names_the_path_to_its_node() {
    let app = deploy(pages(Count::new())).await.unwrap();
    let error = app.call("#".into(), "d".into()).await.unwrap_err();
    assert_eq!(error.node(), Some("ocr.call/detector.detect"));
    let error = app.call("a".into(), "!".into()).await.unwrap_err();
    assert_eq!(error.node(), Some("reader.first/detector.detect"));
    assert_eq!(error.kind(), ErrorKind::Panicked);
}

#[test]
fn the_topology_contains_that_of_the_bound_graph() {
    let topology = PagesGraph::TOPOLOGY;
    let bound = topology.deployments[0];
    assert_eq!(
        (bound.variable, bound.name, bound.ty),
        ("ocr", "ocr", "ocr_graph")
    );
    assert_eq!(bound.graph, Some(ocr::OcrGraph::TOPOLOGY));
    assert_eq!(topology.deployments[1].name, "held");
    assert_eq!(topology.nodes[0].method.output, "Vec<String>");
    assert_eq!(topology.deployments[2].graph, None);
}

#[deployment]
async fn double(number: u64) -> u64 {
    number * 2
}

/// A graph that calls another one for each of its items.
macro_rules! around {
    ($name:ident, $inner:ident) => {
        #[graph]
        fn $name() -> Vec<u64> {
            let inner = $inner::bind();
            input(|numbers: Vec<u64>| {
                let all = numbers.map(|number| total(inner.call(vec![number, number])));
                all.map(|number| double(number))
            })
        }
    };
}

#[deployment]
async fn total(numbers: Vec<u64>) -> u64 {
    numbers.into_iter().sum()
}

#[graph]
fn innermost() -> Vec<u64> {
    input(|numbers: Vec<u64>| numbers.map(|number| double(number)))
}

around!(around_one, innermost);
around!(around_two, around_one);
around!(around_three, around_two);
around!(around_four, around_three);
around!(around_five, around_four);
around!(around_six, around_five);

/// What rustc has to prove of a graph does not grow with the graphs in it.
#[tokio::test]
async fn a_graph_may_be_nested_in_many_others() {
    let app = deploy(around_six()).await.unwrap();
    let answer = app.call(vec![1]).await.unwrap();
    assert_eq!(answer, [2 * 4_u64.pow(6)]);
}

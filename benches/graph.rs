//! Six trivial `async` nodes - download, preprocess, three in parallel, aggregate - as a graph and
//! written by hand with `futures::join!`. Run it with `cargo bench -p serve-benches --bench graph`.

#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

use std::hint::black_box;
use std::time::Duration;

use serve_benches::{Form, compare};
use serve_runtime::prelude::*;
use serve_runtime::private::Progress;
use serve_runtime::{Deployed, Entry, Request};
use tokio::time::Instant;

/// The work of a node: next to nothing, at once or after waiting for the task's next turn.
async fn work<const WAIT: bool>(x: u64) -> u64 {
    if WAIT {
        tokio::task::yield_now().await;
    }
    black_box(x)
}

/// The baseline: plain structs, plain calls.
mod by_hand {
    use super::*;

    pub struct Step<const WAIT: bool>(pub u64);

    impl<const WAIT: bool> Step<WAIT> {
        pub async fn run(&self, x: u64) -> Result<u64> {
            Ok(work::<WAIT>(x).await + self.0)
        }
    }

    pub async fn aggregate<const WAIT: bool>(a: u64, b: u64, c: u64) -> Result<u64> {
        Ok(work::<WAIT>(a).await + b + c)
    }

    pub struct Pipeline<const WAIT: bool>([Step<WAIT>; 5]);

    impl<const WAIT: bool> Pipeline<WAIT> {
        pub fn new() -> Self {
            black_box(Pipeline([1, 2, 3, 4, 5].map(Step)))
        }

        pub async fn run(&self, x: u64) -> Result<u64> {
            let [download, preprocess, segment, check, classify] = &self.0;
            let image = preprocess.run(download.run(x).await?).await?;
            let (segments, safety, label) =
                futures::join!(segment.run(image), check.run(image), classify.run(image));
            aggregate::<WAIT>(segments?, safety?, label?).await
        }
    }
}

/// Function deployments without a limit: the bare graph.
macro_rules! functions {
    ($module:ident, WAIT = $wait:literal) => {
        mod $module {
            use super::*;

            functions!(@steps $wait download 1 preprocess 2 segment 3 check 4 classify 5);

            #[deployment]
            pub async fn aggregate(a: u64, b: u64, c: u64) -> Result<u64> {
                Ok(work::<$wait>(a).await + b + c)
            }

            #[graph]
            pub fn pipeline() -> u64 {
                input(|x: u64| {
                    let image = preprocess(download(x));
                    aggregate(segment(image), check(image), classify(image))
                })
            }

            /// The graph's future alone, as it runs inside of another graph.
            pub async fn bare(handle: &PipelineGraphHandle, x: u64) -> Result<u64> {
                PipelineGraph::execute(Graph::behind(handle), (x,), &Progress::new()).await
            }
        }
    };
    (@steps $wait:literal $($name:ident $add:literal)*) => {$(
        #[deployment]
        pub async fn $name(x: u64) -> Result<u64> {
            Ok(work::<$wait>(x).await + $add)
        }
    )*};
}

functions!(functions, WAIT = false);
functions!(waiting_functions, WAIT = true);

/// Struct deployments, each with replicas of its own.
macro_rules! structs {
    ($module:ident, WAIT = $wait:literal $(, $option:ident = $value:literal)*) => {
        mod $module {
            use super::*;

            #[deployment($($option = $value),*)]
            pub struct Step(u64);

            #[deployment]
            impl Step {
                pub fn new(add: u64) -> Self {
                    Step(add)
                }

                pub async fn run(&self, x: u64) -> Result<u64> {
                    Ok(work::<$wait>(x).await + self.0)
                }
            }

            #[deployment($($option = $value),*)]
            pub async fn aggregate(a: u64, b: u64, c: u64) -> Result<u64> {
                Ok(work::<$wait>(a).await + b + c)
            }

            #[graph]
            pub fn pipeline() -> u64 {
                let download = Step::bind(1);
                let preprocess = Step::bind(2);
                let segment = Step::bind(3);
                let check = Step::bind(4);
                let classify = Step::bind(5);
                input(|x: u64| {
                    let image = preprocess.run(download.run(x));
                    aggregate(segment.run(image), check.run(image), classify.run(image))
                })
            }
        }
    };
}

// Replicas, each call isolated from panics.
structs!(replicas, WAIT = false);
structs!(waiting_replicas, WAIT = true);
// And a limit in front of each node.
structs!(limited, WAIT = false, max_ongoing_requests = 64);
structs!(waiting_limited, WAIT = true, max_ongoing_requests = 64);

/// Runs every form of the graph, made of the deployments of three modules, against the same by hand.
macro_rules! forms {
    ($runtime:ident, WAIT = $wait:literal, $functions:ident, $replicas:ident, $limited:ident) => {{
        let rt = &$runtime;
        let by_hand = by_hand::Pipeline::<$wait>::new();
        let functions = start(rt, $functions::pipeline());
        let replicas = start(rt, $replicas::pipeline());
        let limited = start(rt, $limited::pipeline());
        compare(
            6,
            &[
                Form::new("by hand: futures::join! and plain calls", rt, |x| {
                    by_hand.run(x)
                }),
                Form::new("graph of functions, bare", rt, |x| {
                    $functions::bare(&functions, x)
                }),
                Form::new("  + a panic names its node", rt, |x| functions.call(x)),
                Form::new("graph of replicas, each call isolated", rt, |x| {
                    replicas.call(x)
                }),
                Form::new("  + max_ongoing_requests on every node", rt, |x| {
                    limited.call(x)
                }),
                Form::new("  + a request id", rt, |x| {
                    Request::new("0123456789abcdef").scope(limited.call(x))
                }),
                Form::new("  + a deadline", rt, |x| {
                    let request = Request::new("0123456789abcdef");
                    let deadline = Instant::now() + Duration::from_secs(10);
                    request.with_deadline(deadline).scope(limited.call(x))
                }),
            ],
        );
    }};
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    println!("nodes that wait once");
    forms!(
        runtime,
        WAIT = true,
        waiting_functions,
        waiting_replicas,
        waiting_limited
    );
    println!("\nnodes that are ready at once");
    forms!(runtime, WAIT = false, functions, replicas, limited);
}

fn start<G: Graph>(
    runtime: &tokio::runtime::Runtime,
    application: Application<G>,
) -> Deployed<G::Handle> {
    runtime.block_on(deploy(application)).unwrap()
}

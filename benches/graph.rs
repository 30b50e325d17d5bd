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

/// What a node does: next to nothing, at once or after having waited for its task's next turn.
async fn work<const WAIT: bool>(x: u64) -> u64 {
    if WAIT {
        tokio::task::yield_now().await;
    }
    black_box(x)
}

/// The floor: plain structs, plain calls.
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

macro_rules! structs {
    ($module:ident $(, $option:ident = $value:literal)*) => {
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
                    Ok(work::<false>(x).await + self.0)
                }
            }

            #[deployment($($option = $value),*)]
            pub async fn aggregate(a: u64, b: u64, c: u64) -> Result<u64> {
                Ok(work::<false>(a).await + b + c)
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
structs!(replicas);
// And a gate in front of each node.
structs!(limited, max_ongoing_requests = 64);

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let by_hand = by_hand::Pipeline::<false>::new();
    let functions = start(&runtime, functions::pipeline());
    let replicas = start(&runtime, replicas::pipeline());
    let limited = start(&runtime, limited::pipeline());

    let rt = &runtime;
    println!("nodes that are ready at once");
    compare(
        6,
        &[
            Form::new("by hand: futures::join! and plain calls", rt, |x| {
                by_hand.run(x)
            }),
            Form::new("graph of functions, bare", rt, |x| {
                functions::bare(&functions, x)
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

    let by_hand = by_hand::Pipeline::<true>::new();
    let functions = start(&runtime, waiting_functions::pipeline());
    println!("\nnodes that wait once");
    compare(
        6,
        &[
            Form::new("by hand: futures::join! and plain calls", rt, |x| {
                by_hand.run(x)
            }),
            Form::new("graph of functions, bare", rt, |x| {
                waiting_functions::bare(&functions, x)
            }),
            Form::new("  + a panic names its node", rt, |x| functions.call(x)),
        ],
    );
}

fn start<G: Graph>(
    runtime: &tokio::runtime::Runtime,
    application: Application<G>,
) -> Deployed<G::Handle> {
    runtime.block_on(deploy(application)).unwrap()
}

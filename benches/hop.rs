//! A call of a compute replica against a thread with a channel, written by hand. Run it with
//! `cargo bench -p serve-benches --bench hop`. `--bench graph` has the cost of a call in place.

#![allow(
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used
)]

use std::hint::black_box;
use std::sync::mpsc;
use std::time::Duration;

use serve_benches::{Form, compare};
use serve_runtime::Request;
use serve_runtime::prelude::*;
use tokio::sync::oneshot;
use tokio::time::Instant;

type Asked = (u64, oneshot::Sender<Result<u64>>);

/// The baseline: a thread, a channel to it, and a oneshot back.
fn by_hand() -> mpsc::Sender<Asked> {
    let (sender, receiver) = mpsc::channel::<Asked>();
    std::thread::spawn(move || {
        while let Ok((x, answer)) = receiver.recv() {
            let _ = answer.send(Ok(black_box(x) + 1));
        }
    });
    sender
}

#[deployment]
pub struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    pub fn run(&mut self, x: u64) -> Result<u64> {
        Ok(black_box(x) + 1)
    }
}

#[graph]
pub fn pipeline() -> u64 {
    let model = Model::bind();
    input(|x: u64| model.run(x))
}

fn main() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap();
    let thread = by_hand();
    let model = runtime.block_on(deploy(Model::bind())).unwrap();
    let graph = runtime.block_on(deploy(pipeline())).unwrap();
    let rt = &runtime;
    compare(
        1,
        &[
            Form::new("by hand: a channel, a thread and a oneshot", rt, |x| {
                let (answer, result) = oneshot::channel();
                thread.send((x, answer)).unwrap();
                async move { result.await.unwrap() }
            }),
            Form::new("a call of a compute replica", rt, |x| model.run(x)),
            Form::new("  + a graph around it, with admission", rt, |x| {
                graph.call(x)
            }),
            Form::new("  + a request id and a deadline", rt, |x| {
                let request = Request::new("0123456789abcdef");
                let deadline = Instant::now() + Duration::from_secs(10);
                request.with_deadline(deadline).scope(graph.call(x))
            }),
        ],
    );
}

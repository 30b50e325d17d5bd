//! Questions about documents: retrieves passages, reads them, and answers.
use std::path::{Path, PathBuf};

use serve_runtime::prelude::*;

#[derive(Debug, Clone, serde::Serialize)]
struct Passage {
    text: String,
    score: f32,
}

#[deployment(num_replicas = 1, max_ongoing_requests = 32)]
struct Embedder {
    dim: usize,
}

#[deployment]
impl Embedder {
    fn new(weights: &Path, dim: usize) -> Result<Self> {
        let _weights = std::fs::read(weights)?;
        Ok(Embedder { dim })
    }

    #[batch(max_batch_size = 16)]
    fn embed(&self, texts: Vec<String>) -> Vec<Vec<f32>> {
        texts.iter().map(|text| vec![text.len() as f32; self.dim]).collect()
    }
}

#[deployment(max_ongoing_requests = 8)]
struct Index {
    embedder: Handle<Embedder>,
    documents: Vec<String>,
}

#[deployment]
impl Index {
    fn new(embedder: Handle<Embedder>, documents: Vec<String>) -> Self {
        Index { embedder, documents }
    }

    async fn search(&self, question: String) -> Result<Vec<Passage>> {
        let vector = self.embedder.embed(question).await?;
        let found = self.documents.iter().zip(vector);
        Ok(found.map(|(text, score)| Passage { text: text.clone(), score }).collect())
    }
}

#[deployment]
struct Reader;

#[deployment]
impl Reader {
    fn new() -> Self {
        Reader
    }

    fn read(&self, passage: Passage, question: &str) -> Option<String> {
        passage.text.contains(question).then_some(passage.text)
    }
}

#[deployment]
fn best(answers: Vec<Option<String>>) -> String {
    answers.into_iter().flatten().next().unwrap_or_default()
}

/// Answers.
#[graph(route_prefix = "/ask")]
fn ask(weights: PathBuf, documents: Vec<String>) -> String {
    let embedder = Embedder::bind(weights, 64);
    let reader = Reader::bind();
    let index = Index::bind(reader, documents);

    input(|question: String| {
        let passages = index.search(question);
        let answers = passages.map(|passage| reader.read(passage, question));
        best(answers)
    })
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(ask("weights.bin".into(), vec!["pears are green".into()])).await
}

use std::path::{Path, PathBuf};

use serve_runtime::prelude::*;

#[deployment(num_gpus = 0.5)]
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
struct Shard {
    embedder: Embedder,
    documents: Vec<String>,
}

#[deployment]
impl Shard {
    fn new(embedder: Embedder, documents: Vec<String>) -> Self {
        Shard { embedder, documents }
    }

    async fn search(&self, query: String) -> Result<Vec<String>> {
        let vector = self.embedder.embed(query).await?;
        Ok(self.documents.iter().take(vector.len()).cloned().collect())
    }
}

#[deployment]
fn rank(left: Vec<String>, right: Vec<String>, query: &str) -> Vec<String> {
    left.into_iter().chain(right).filter(|text| text.contains(query)).collect()
}

#[graph(route_prefix = "/search")]
fn shop_search(weights: PathBuf, fruit: Vec<String>, tools: Vec<String>) -> Vec<String> {
    let embedder = Embedder::bind(weights, 64);
    let fruit_shard = Shard::bind(embedder, fruit);
    let tool_shard = Shard::bind(embedder, tools);

    input(|query: String| {
        let left = fruit_shard.search(query);
        let right = tool_shard.search(query);
        rank(left, right, query)
    })
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(shop_search("w.bin".into(), vec!["pear".into()], vec!["saw".into()])).await
}

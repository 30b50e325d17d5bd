use serve_runtime::prelude::*;

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Doc(String);

#[deployment(num_replicas = 2)]
struct Embedder {
    dim: usize,
}

#[deployment]
impl Embedder {
    fn new(dim: usize) -> Self {
        Embedder { dim }
    }

    #[batch(max_batch_size = 8)]
    fn embed(&self, texts: Vec<String>) -> Vec<Vec<f32>> {
        texts.iter().map(|text| vec![text.len() as f32; self.dim]).collect()
    }
}

#[deployment]
struct Index {
    embedder: Handle<Embedder>,
    docs: Vec<String>,
}

#[deployment]
impl Index {
    fn new(embedder: Handle<Embedder>, docs: Vec<String>) -> Self {
        Index { embedder, docs }
    }

    async fn search(&self, query: &str) -> Result<Vec<Docc>> {
        let v = self.embedder.embed(query.to_owned()).await?;
        Ok(self.docs.iter().take(v.len()).cloned().map(Doc).collect())
    }
}

#[deployment]
async fn answer(docs: Vec<Doc>, query: &str) -> String {
    format!("{query}: {}", docs.len())
}

#[graph(route_prefix = "/search")]
fn ask(dim: usize, docs: Vec<String>) -> String {
    let embedder = Embedder::bind(dim);
    let index = Index::bind(embedder, docs);

    input(|query: String| {
        let found = index.search(query);
        answer(found, query)
    })
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(ask(64, vec!["pear".into()])).await
}

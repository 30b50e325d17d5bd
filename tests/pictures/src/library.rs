//! A service as one would write it, with each kind of thing that a picture shows.

use serve_runtime::prelude::*;

/// An image of a page, or of a part of one.
pub type Scan = Vec<u8>;

/// A text as a list of numbers.
pub type Vector = Vec<f32>;

/// What is asked.
#[derive(Debug, Clone)]
pub enum Question {
    /// With words.
    Words(String),
    /// With a picture of the words.
    Picture(Scan),
}

/// Reads pages, in one language.
#[deployment(num_gpus = 0.5, budget_ms = 60)]
pub struct Reader {
    language: String,
}

#[deployment]
impl Reader {
    /// Makes one.
    pub fn new(language: &str) -> Self {
        let language = language.to_owned();
        Reader { language }
    }

    /// Several lines at a time.
    #[batch(max_batch_size = 32)]
    pub fn read(&self, lines: Vec<Scan>, dpis: Vec<u32>) -> Vec<String> {
        let lines = lines.iter().zip(dpis);
        let lines = lines.map(|(line, dpi)| format!("{} {} {dpi}", self.language, line.len()));
        lines.collect()
    }
}

/// Finds the lines of a page.
#[deployment(num_replicas = 2, budget_ms = 20)]
pub fn lines(page: &[u8], margin: u32) -> Vec<Scan> {
    page.chunks(40 + margin as usize)
        .map(<[u8]>::to_vec)
        .collect()
}

/// The text of a page, and the number of its lines.
#[graph]
pub fn page(language: String) -> String {
    let reader = Reader::bind(language);

    route("/text", |page: Scan, dpi: u32, margin: u32| {
        let lines = lines(page, margin);
        let texts = lines.map(|line| reader.read(line, dpi));
        join(texts, "\n")
    });
    route("/size", |page: Scan| -> usize {
        let lines = lines(page, 0);
        lines.len()
    });
}

/// Joins texts.
#[deployment]
pub async fn join(texts: Vec<String>, with: &str) -> String {
    texts.join(with)
}

/// Finds what a text means.
#[deployment(
    num_gpus = 1,
    budget_ms = 30,
    autoscaling_config(min_replicas = 1, max_replicas = 4)
)]
pub struct Embedder {
    weights: String,
}

#[deployment]
impl Embedder {
    /// Makes one.
    pub fn new(weights: &str) -> Self {
        let weights = weights.to_owned();
        Embedder { weights }
    }

    /// Several texts at a time.
    #[batch(max_batch_size = 64, cost = Self::tokens, max_batch_cost = 8192)]
    pub fn embed(&self, texts: Vec<String>) -> Vec<Vector> {
        let weight = self.weights.len() as f32;
        texts
            .iter()
            .map(|text| vec![text.len() as f32, weight])
            .collect()
    }
}

impl Embedder {
    fn tokens(text: &str) -> usize {
        text.len() / 4
    }
}

/// Judges how well texts answer a question.
#[deployment(num_gpus = 0.5, max_queued_requests = 100)]
pub struct Ranker {
    weights: String,
}

#[deployment]
impl Ranker {
    /// Makes one.
    pub fn new(weights: &str) -> Self {
        let weights = weights.to_owned();
        Ranker { weights }
    }

    /// Several pairs at a time.
    #[batch(max_batch_size = 16)]
    pub fn rank(&self, questions: Vec<String>, texts: Vec<String>) -> Vec<f32> {
        let pairs = questions.iter().zip(texts);
        let weight = self.weights.len();
        pairs
            .map(|(question, text)| (question.len() + text.len() * weight) as f32)
            .collect()
    }

    /// How it judges.
    pub async fn about(&self) -> String {
        self.weights.clone()
    }
}

/// Finds passages.
#[deployment(budget_ms = 80)]
pub struct Search {
    embedder: Handle<Embedder>,
    ranker: Handle<Ranker>,
}

#[deployment]
impl Search {
    /// Makes one.
    pub fn new(embedder: Handle<Embedder>, ranker: Handle<Ranker>) -> Self {
        Search { embedder, ranker }
    }

    /// The best passages.
    pub async fn find(&self, question: String, limit: usize) -> Result<Vec<String>> {
        let vector = self.embedder.embed(question.clone()).await?;
        let rank = self.ranker.rank(question.clone(), question).await?;
        Ok(vec![format!("{vector:?} {rank}"); limit])
    }
}

/// Writes answers, with a model for each customer.
#[deployment(num_replicas = 2, num_gpus = 1, budget_ms = 200)]
pub struct Writer;

#[deployment]
impl Writer {
    /// Makes one.
    #[allow(clippy::new_without_default)] // a constructor, which `bind` calls
    pub fn new() -> Self {
        Writer
    }

    /// Loads a customer's model.
    #[multiplexed(max_num_models_per_replica = 8)]
    pub fn adapter(&self, model_id: &str) -> String {
        model_id.to_owned()
    }

    /// Loads the words of a language.
    #[multiplexed(max_num_models_per_replica = 4 / 2)]
    pub fn words(&self, model_id: &str) -> String {
        model_id.to_owned()
    }

    /// Word for word.
    pub fn write(
        &self,
        question: String,
        passages: Vec<String>,
    ) -> Result<impl Iterator<Item = Result<String>>> {
        let adapter = self.adapter("acme")?;
        let words = self.words("en")?;
        Ok(passages
            .into_iter()
            .map(move |passage| Ok(format!("{adapter} {words} {question} {passage}"))))
    }
}

/// Says that there is nothing.
#[deployment]
pub fn regret(question: String) -> impl Iterator<Item = Result<String>> {
    std::iter::once(Ok(format!("nothing about {question}")))
}

/// Answers questions from scanned books, and reads new ones.
#[graph(
    route_prefix = "/library",
    slo_ms = 900,
    request_timeout_s = 5,
    max_gpus = 12
)]
pub fn library(weights: String) -> Streaming<String> {
    let english = PageGraph::bind("en".to_owned());
    let german = PageGraph::bind("de".to_owned());
    let embedder = Embedder::bind(weights.clone());
    let ranker = Ranker::bind(weights);
    let search = Search::bind(embedder.clone(), ranker.clone());
    let writer = Writer::bind();

    route("/ask", |question: Question, limit: usize| {
        let words = match question {
            Question::Words(words) => words,
            Question::Picture(scan) => english.text(scan, 300, 0),
        };
        let passages = search.find(words, limit.min(20));
        if passages.is_empty() {
            regret(words)
        } else {
            writer.write(words, passages)
        }
    });
    route("/read", |pages: Vec<Scan>, dpi: u32| -> Vec<Vector> {
        pages.map(|page| {
            let text = german.text(page, dpi * 2, 12);
            embedder.embed(text)
        })
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use serve_runtime::topology::{Constant, Endpoint};

    #[test]
    fn each_argument_has_its_parameter() {
        let graph = LibraryGraph::TOPOLOGY;
        let of = |name: &str| graph.nodes.iter().position(|node| node.name == name);
        let german = of("german.text").expect("it is called");
        let constants = graph.nodes[german].constants;
        assert_eq!(constants, [Constant::new(2, "12")]);
        let english = of("english.text").expect("it is called");
        let constants = graph.nodes[english].constants;
        let expected = [Constant::new(1, "300"), Constant::new(2, "0")];
        assert_eq!(constants, expected);
        let to_german = graph.edges.iter();
        let to_german = to_german.filter(|edge| edge.to == Endpoint::Node(german));
        let to_german: Vec<_> = to_german.map(|edge| (edge.param, edge.label)).collect();
        assert_eq!(to_german, [(Some(0), "each page"), (Some(1), "dpi * 2")]);
        let answers = graph.edges.iter();
        let mut answers = answers.filter(|edge| matches!(edge.to, Endpoint::Output(_)));
        assert!(answers.all(|edge| edge.param.is_none()));
    }

    #[test]
    fn a_deployment_tells_its_methods_and_its_loaders() {
        let deployments = LibraryGraph::TOPOLOGY.deployments.iter();
        let of = |name: &str| deployments.clone().find(|it| it.variable == name);
        let (ranker, writer) = (of("ranker").expect("bound"), of("writer").expect("bound"));
        let methods: Vec<_> = ranker.methods.iter().map(|method| method.name).collect();
        assert_eq!(methods, ["rank", "about"]);
        let loaders = writer.loaders.iter();
        let loaders: Vec<_> = loaders
            .map(|loader| (loader.name, loader.max_num_models_per_replica))
            .collect();
        assert_eq!(loaders, [("adapter", Some(8)), ("words", None)]);
        let pages = of("german").expect("bound");
        assert_eq!(pages.methods.len(), 2, "one for each entry");
    }
}

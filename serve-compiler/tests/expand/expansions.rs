//! Whole expansions, to be read.

use super::{expand, pretty, snapshot};

#[test]
fn the_type_of_a_deployment() {
    let item = "/// Finds things.
        #[derive(Debug)]
        pub struct Model { weights: Vec<f32> }";
    snapshot!(pretty(expand(
        "deployment(num_replicas = 2, num_cpus = 1)",
        item
    )));
}

#[test]
fn the_impl_block_of_a_deployment() {
    let item = "impl Model {
        /// Loads.
        fn new(weights: &Path, scale: f32) -> Result<Self> { load(weights, scale) }
        /// Looks.
        pub async fn look(&self, image: Shared<Image>, limit: usize) -> Result<Vec<Label>> {
            find(image, limit).await
        }
        fn train(&mut self, image: &Image) { self.learn(image) }
    }";
    snapshot!(pretty(expand("deployment", item)));
}

#[test]
fn a_batched_method() {
    let item = "impl Model {
        fn new() -> Self { Model }
        #[batch(max_batch_size = 8, cost = Self::pixels, max_batch_cost = MOST, group_by = by_size)]
        #[inline]
        fn look(&self, images: Vec<Shared<Image>>, limits: Vec<usize>) -> Result<Vec<Result<Label>>> {
            find(images, limits)
        }
    }";
    snapshot!(pretty(expand("deployment", item)));
}

#[test]
fn a_multiplexed_loader() {
    let item = "impl Translator {
        fn new() -> Self { Translator }
        /// Reads a model.
        #[multiplexed(max_num_models_per_replica = 5)]
        #[inline]
        async fn model(&self, model_id: &str) -> Result<Model> { read(model_id).await }
        async fn run(&self, text: String) -> Result<String> { self.model(&text).await?.run() }
    }";
    snapshot!(pretty(expand("deployment", item)));
}

#[test]
fn streaming_methods() {
    let item = "impl Writer {
        fn new() -> Self { Writer }
        async fn pass(&self, words: Streaming<Word>) -> Result<impl Stream<Item = Result<Word>>> { self.filter(words) }
        fn write(&mut self, prompt: &str) -> impl Iterator<Item = Word> + '_ { self.words(prompt) }
        #[multiplexed]
        async fn model(&self, model_id: &str) -> Result<Model> { read(model_id).await }
    }";
    snapshot!(pretty(expand("deployment", item)));
}

#[test]
fn a_function_as_a_deployment() {
    let item = "pub async fn aggregate(labels: Vec<Label>, score: f32) -> Report {
        Report { labels, score }
    }";
    snapshot!(pretty(expand("deployment", item)));
}

#[test]
fn a_small_graph() {
    let item = r#"
        /// What a photo shows.
        pub fn photo(models: PathBuf) -> Report {
            let downloader = Downloader::bind();
            let model = Model::bind(models.join("model.onnx"), 0.5).num_replicas(2);
            let again = Checker::bind(model);
            input(|url: Url, limit: usize| {
                let image = downloader.run(url);
                let labels = model.look(image, limit);
                let score = again.check(image, labels.len());
                aggregate(labels, score + 0.5)
            })
        }"#;
    snapshot!(pretty(expand("graph(route_prefix = \"/photo\")", item)));
}

#[test]
fn a_graph_with_an_error_keeps_its_names_and_types() {
    let item = "pub fn photo(models: PathBuf) -> Report {
        let downloader = Downloader::bind();
        input(|url: Url, limit| downloader.run(utl))
    }";
    snapshot!(pretty(expand("graph", item)));
}

/// The code for a choice must not grow with the choices before it.
#[test]
fn many_choices_in_a_row() {
    let choice = "let a = if a > 1 { add(a) } else { match a { 0 => add(a), n => n } };";
    let choices = choice.repeat(100);
    let item = format!("fn many() -> i64 {{ input(|a: i64| {{ {choices} a }}) }}");
    assert!(syn::parse2::<syn::File>(expand("graph", &item)).is_ok());
}

//! Graphs that stream, and deployments that have models.

use serve_runtime::prelude::*;

/// Several models in one replica.
#[deployment(num_replicas = 2)]
pub struct Writer;

#[deployment]
impl Writer {
    /// Makes one.
    #[allow(clippy::new_without_default)] // a constructor, which `bind` calls
    pub fn new() -> Self {
        Writer
    }

    /// Loads a model.
    #[multiplexed(max_num_models_per_replica = 2)]
    pub fn model(&self, model_id: &str) -> String {
        model_id.to_owned()
    }

    /// On the replica's thread.
    pub fn write(&self, prompt: String) -> Result<impl Iterator<Item = Result<String>>> {
        let model = self.model("fr")?;
        Ok((0..3).map(move |n| Ok(format!("{model} {prompt} {n}"))))
    }

    /// In place.
    pub async fn read(&self, words: Streaming<String>) -> Result<Vec<String>> {
        words.collect().await
    }
}

/// A function that streams.
#[deployment]
pub async fn shout(words: Streaming<String>) -> impl Stream<Item = Result<String>> {
    words
}

/// Streams on edges, in a choice and for each item.
#[graph]
pub fn telling() -> Streaming<String> {
    let writer = Writer::bind();

    input(|prompts: Vec<String>, last: String, loud: bool| {
        let read = prompts.map(|prompt| writer.read(writer.write(prompt)));
        let words = writer.write(format!("{last} {}", read.len()));
        if loud { shout(words) } else { words }
    })
}

/// A graph that streams in another one.
#[graph]
pub fn relaying() -> Streaming<String> {
    let story = telling::bind();

    input(|prompt: String| shout(story.call(Vec::new(), prompt, true)))
}

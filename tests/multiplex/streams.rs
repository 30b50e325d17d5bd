//! Streaming methods of deployments that have models: they use the replica's models, like other methods.

use futures_util::StreamExt;
use serve_runtime::prelude::*;

use crate::library::{Library, Model, of, wanted};
use crate::support::within;

#[deployment]
struct Writer {
    library: Library,
}

#[deployment]
impl Writer {
    fn new(library: Library) -> Self {
        Writer { library }
    }

    #[multiplexed(max_num_models_per_replica = 2)]
    async fn model(&self, model_id: &str) -> Result<Model> {
        self.library.load(model_id).await
    }

    async fn address(&self) -> usize {
        std::ptr::from_ref(self).addr()
    }

    /// Asks for its model when the first item is polled.
    async fn lazily(&self) -> impl Stream<Item = Result<String>> {
        futures_util::stream::once(async {
            let model = self.model(&wanted()).await?;
            Ok(model.id.clone())
        })
    }

    /// Also asks for its model before each item.
    async fn write(&self) -> Result<impl Stream<Item = Result<String>>> {
        self.model(&wanted()).await?;
        Ok(futures_util::stream::iter(0..2).then(async |n| {
            let model = self.model(&wanted()).await?;
            let at = std::ptr::from_ref(self).addr();
            Ok(format!("{} {n} {at}", model.id))
        }))
    }
}

#[deployment]
struct Machine {
    library: Library,
}

#[deployment]
impl Machine {
    fn new(library: Library) -> Self {
        Machine { library }
    }

    #[multiplexed]
    fn model(&self, model_id: &str) -> Result<Model> {
        tokio::runtime::Handle::current().block_on(self.library.load(model_id))
    }

    fn write(&self) -> impl Iterator<Item = Result<String>> {
        (0..2).map(|n| Ok(format!("{} {n}", self.model(&wanted())?.id)))
    }
}

#[tokio::test]
async fn a_stream_in_place_uses_the_models_of_its_replica() {
    let library = Library::new();
    let writer = deploy(Writer::bind(library.clone()).num_replicas(2));
    let writer = writer.await.unwrap();
    // Without a model, the replicas would take the calls in turn.
    let mut places = Vec::new();
    for _ in 0..4 {
        let written = writer.options(of("a")).write().await.unwrap();
        let written = within(written.collect()).await.unwrap();
        places.push(writer.options(of("a")).address().await.unwrap());
        let at = places[0];
        assert_eq!(written, [format!("a 0 {at}"), format!("a 1 {at}")]);
    }
    assert_eq!(library.loaded(), ["a"]);
}

#[tokio::test]
async fn a_stream_of_a_thread_uses_the_models_of_its_replica() {
    let library = Library::new();
    let machine = deploy(Machine::bind(library.clone())).await.unwrap();
    for _ in 0..2 {
        let written = machine.options(of("a")).write().await.unwrap();
        assert_eq!(within(written.collect()).await.unwrap(), ["a 0", "a 1"]);
    }
    assert_eq!(library.loaded(), ["a"]);
}

#[tokio::test]
async fn a_model_belongs_to_its_replica_while_a_stream_uses_it() {
    let library = Library::new();
    let writer = deploy(Writer::bind(library.clone()).num_replicas(2));
    let writer = writer.await.unwrap();
    // The model has not been loaded, but the next call for it goes to the same replica.
    let first = writer.options(of("a")).lazily().await.unwrap();
    let second = writer.options(of("a")).lazily().await.unwrap();
    for written in [first, second] {
        assert_eq!(within(written.collect()).await.unwrap(), ["a"]);
    }
    assert_eq!(library.loaded(), ["a"]);
}

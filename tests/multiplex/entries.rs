//! The path of the model's id: through a graph, and from a client.

use serde_json::json;
use serve_runtime::prelude::*;

use crate::library::{Library, Model, of, wanted};
use crate::support::http::{Request, serve};
use crate::support::within;

#[deployment(num_replicas = 2)]
struct Translator {
    library: Library,
}

#[deployment]
impl Translator {
    fn new(library: Library) -> Self {
        Translator { library }
    }

    #[multiplexed]
    async fn model(&self, model_id: &str) -> Result<Model> {
        self.library.load(model_id).await
    }

    async fn run(&self, text: String) -> Result<String> {
        let model = self.model(&wanted()).await?;
        Ok(format!("{}: {text}", model.id))
    }
}

#[deployment]
struct Upper {
    library: Library,
}

#[deployment]
impl Upper {
    fn new(library: Library) -> Self {
        Upper { library }
    }

    #[multiplexed]
    fn model(&self, model_id: &str) -> Result<Model> {
        tokio::runtime::Handle::current().block_on(self.library.load(model_id))
    }

    fn run(&self, text: &str) -> Result<String> {
        let model = self.model(&wanted())?;
        Ok(format!("{} {}", model.id, text.to_uppercase()))
    }
}

#[graph]
fn translate(library: Library) -> String {
    let translator = Translator::bind(library.clone());
    let upper = Upper::bind(library);
    input(|text: String| upper.run(translator.run(text)))
}

#[tokio::test]
async fn through_a_graph() {
    let library = Library::new();
    let app = deploy(translate(library.clone())).await.unwrap();
    for _ in 0..3 {
        let answer = app.options(of("fr")).call("tea".into()).await;
        assert_eq!(answer.unwrap(), "fr FR: TEA");
    }
    // Once for each deployment.
    assert_eq!(library.loaded(), ["fr", "fr"]);
    let error = app.options(of("broken")).call("tea".into()).await;
    let error = error.unwrap_err();
    assert_eq!(error.node(), Some("translator.run"));
    assert_eq!(error.message(), "no such model");
}

#[tokio::test]
async fn over_http() {
    let library = Library::new();
    let served = serve(translate(library.clone())).await;
    for _ in 0..3 {
        let request = Request::post("/").header("serve_multiplexed_model_id", "de");
        let answer = request.json(json!("tea")).send(served.address).await;
        assert_eq!(answer.ok(), "de DE: TEA");
    }
    assert_eq!(library.loaded(), ["de", "de"]);
    within(served.stop()).await.unwrap().unwrap();
}

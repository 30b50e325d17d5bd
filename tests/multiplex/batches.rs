//! A batch is for one model.

use futures_util::FutureExt;
use futures_util::future::join_all;
use serve_runtime::prelude::*;

use crate::library::of;
use crate::support::{Stage, at_once, within};

#[deployment]
struct Encoder {
    stage: Stage,
}

#[deployment]
impl Encoder {
    fn new(stage: Stage) -> Self {
        Encoder { stage }
    }

    #[multiplexed]
    fn model(&self, model_id: &str) -> String {
        model_id.to_owned()
    }

    #[batch(max_batch_size = 8, batch_wait_timeout_s = 0)]
    fn encode(&self, texts: Vec<u32>) -> Result<Vec<String>> {
        self.stage.block();
        let request = Request::current();
        let model = self.model(request.model_id().unwrap_or("none"))?;
        Ok(vec![format!("{}{}", *model, texts.len()); texts.len()])
    }
}

#[tokio::test]
async fn a_batch_is_for_one_model() {
    let stage = Stage::new();
    let app = deploy(Encoder::bind(stage.clone())).await.unwrap();
    let busy = app.options(of("fr"));
    let busy = tokio::spawn(async move { busy.encode(0).await });
    stage.entered(1).await;
    let mut calls = Vec::new();
    for (text, model_id) in ["fr", "de", "fr", "de", "fr"].into_iter().enumerate() {
        let app = app.options(of(model_id));
        let mut call = async move { app.encode(text as u32).await.unwrap() }.boxed();
        assert!(at_once(&mut call).await.is_none());
        calls.push(call);
    }
    stage.release(3);
    let results = within(join_all(calls)).await;
    assert_eq!(results, ["fr3", "de2", "fr3", "de2", "fr3"]);
    assert_eq!(within(busy).await.unwrap().unwrap(), "fr1");
}

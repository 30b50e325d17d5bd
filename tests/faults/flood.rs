//! Far more requests over HTTP than the server admits: each is answered, with a result or a refusal.

use futures_util::future::join_all;
use serde_json::json;
use serve_runtime::prelude::*;

use crate::support::http::{Request, answer, serve};
use crate::support::{Count, Stage};

const CLIENTS: usize = 500;
const QUEUED: u32 = 20;

#[deployment(max_queued_requests = QUEUED)]
struct Model {
    stage: Stage,
    made: Count,
}

#[deployment]
impl Model {
    fn new(stage: Stage, made: Count) -> Self {
        Model { stage, made }
    }

    fn run(&self, number: u32) -> u32 {
        self.made.add();
        self.stage.block();
        number
    }
}

#[graph]
fn flooded(stage: Stage, made: Count) -> u32 {
    let model = Model::bind(stage, made);
    input(|number: u32| model.run(number))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_request_of_a_flood_is_answered_once() {
    let (stage, made) = (Stage::new(), Count::new());
    let server = serve(flooded(stage.clone(), made.clone())).await;
    let (address, refused) = (server.address, Count::new());
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let refused = refused.clone();
            tokio::spawn(async move {
                let request = Request::post("/").json(json!(number));
                let answer = answer(request.start(address).await).await;
                if answer.status == 503 {
                    refused.add();
                }
                (number, answer)
            })
        })
        .collect();
    // All but those that run and those in the queue are refused while nothing is answered.
    let places = 1 + QUEUED as usize;
    refused.reaches(CLIENTS - places).await;
    stage.release(CLIENTS);
    let mut results = 0;
    for (number, answer) in join_all(clients).await.into_iter().map(Result::unwrap) {
        match answer.status {
            200 => {
                assert_eq!(answer.ok(), json!(number));
                results += 1;
            }
            status => {
                assert_eq!(status, 503);
                let seconds: u32 = answer.headers["retry-after"].parse().unwrap();
                assert!((1..=60).contains(&seconds), "{seconds}");
            }
        }
    }
    assert_eq!((results, refused.get()), (places, CLIENTS - places));
    assert_eq!(
        made.get(),
        results,
        "a call was made twice, or for no request"
    );
}

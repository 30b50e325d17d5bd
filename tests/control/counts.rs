//! Calls that are made and that wait: how many a status says, and that a shutdown answers them.

use serve_runtime::prelude::*;

use crate::support::{Stage, waits, within};

/// Calls through handles are not requests of the graph.
#[tokio::test]
async fn a_shutdown_answers_calls_that_wait_at_a_handle() {
    let stage = Stage::new();
    let app = deploy(Staged::bind(stage.clone())).await.unwrap();
    let mut calls = Vec::new();
    for _ in 0..3 {
        let handle = Deployed::handle(&app).clone();
        calls.push(Box::pin(async move { handle.run().await }));
        assert!(waits(calls.last_mut().unwrap()).await);
    }
    stage.entered(1).await;
    let shutdown = tokio::spawn(Deployed::shutdown(app));
    tokio::task::yield_now().await;
    stage.release(3);
    for call in calls {
        within(call).await.unwrap();
    }
    within(shutdown).await.unwrap();
}

#[deployment]
struct Staged(Stage);

#[deployment]
impl Staged {
    fn new(stage: Stage) -> Self {
        Staged(stage)
    }

    fn run(&self) {
        self.0.block();
    }
}

#[deployment(max_ongoing_requests = 1)]
struct StagedInPlace(Stage);

#[deployment]
impl StagedInPlace {
    fn new(stage: Stage) -> Self {
        StagedInPlace(stage)
    }

    async fn run(&self) {
        self.0.hold().await;
    }
}

macro_rules! counts_its_calls {
    ($($test:ident: $Name:ident)*) => { $(
        #[tokio::test]
        async fn $test() {
            let stage = Stage::new();
            let app = deploy($Name::bind(stage.clone())).await.unwrap();
            let counted = || {
                let status = Deployed::control(&app).status().remove(0);
                (status.ongoing, status.queued)
            };
            assert_eq!(counted(), (0, 0));
            let mut calls: Vec<_> = (0..3).map(|_| Box::pin(app.run())).collect();
            for call in &mut calls {
                assert!(waits(call).await);
            }
            stage.entered(1).await;
            assert_eq!(counted(), (1, 2));
            stage.release(3);
            for call in calls {
                within(call).await.unwrap();
            }
            assert_eq!(counted(), (0, 0));
        }
    )* };
}

counts_its_calls! {
    a_status_has_the_calls_in_place: StagedInPlace
    a_status_has_the_calls_on_threads: Staged
}

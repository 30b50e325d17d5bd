//! Shutdowns while a deployment is changed, or when it has no replica: they end, and each call is answered.

use std::pin::pin;

use serve_runtime::prelude::*;
use serve_runtime::{ErrorKind, Status};

use crate::support::{Count, Stage, waits, within};

#[deployment]
struct Computing {
    stage: Stage,
}

#[deployment]
impl Computing {
    fn new(stage: Stage) -> Self {
        Computing { stage }
    }

    fn run(&self) {
        self.stage.block();
    }
}

#[deployment(max_ongoing_requests = 1)]
struct InPlace {
    stage: Stage,
}

#[deployment]
impl InPlace {
    fn new(stage: Stage) -> Self {
        InPlace { stage }
    }

    async fn run(&self) {
        self.stage.hold().await;
    }
}

macro_rules! ends {
    ($name:ident, $Name:ident) => {
        mod $name {
            use super::*;

            #[tokio::test]
            async fn no_further_change_is_made_and_waiting_calls_are_served() {
                let stage = Stage::new();
                let app = deploy($Name::bind(stage.clone())).await.unwrap();
                let handle = Deployed::handle(&app).clone();
                let control = Deployed::control(&app)
                    .deployment::<$Name>(stringify!($Name))
                    .unwrap();
                let (mut first, mut second) = (pin!(handle.run()), pin!(handle.run()));
                assert!(waits(&mut first).await);
                stage.entered(1).await;
                assert!(waits(&mut second).await);
                let mut shutdown = pin!(Deployed::shutdown(app));
                assert!(waits(&mut shutdown).await);
                for replicas in [0, 3] {
                    let error = within(control.scale(replicas)).await.unwrap_err();
                    assert_eq!(error.message(), "the deployment has been shut down");
                }
                stage.release(2);
                let all = async { tokio::join!(first, second, shutdown) };
                let (first, second, ()) = within(all).await;
                first.and(second).unwrap();
            }
        }
    };
}

ends!(on_a_thread, Computing);
ends!(in_place, InPlace);

/// Can be built once, and panics in its first call.
#[deployment(max_constructor_retry_count = 1)]
struct Once;

#[deployment]
impl Once {
    fn new(built: Count) -> Result<Self> {
        match built.add() {
            0 => Ok(Once),
            _ => Err(Error::failed("no weights")),
        }
    }

    fn run(&self) {
        panic!("the only one");
    }
}

#[tokio::test]
async fn a_failed_deployment_refuses_calls_also_after_the_shutdown() {
    let app = deploy(Once::bind(Count::new())).await.unwrap();
    let handle = Deployed::handle(&app).clone();
    within(handle.run()).await.unwrap_err();
    let failed = async {
        while Deployed::control(&app).status()[0].status != Status::Unhealthy {
            tokio::task::yield_now().await;
        }
    };
    within(failed).await;
    within(Deployed::shutdown(app)).await;
    let error = within(handle.run()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

//! Constructors that fail for a while, or for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serve_runtime::Status;
use serve_runtime::prelude::*;
use tokio::time::Instant;

use crate::support::Count;

/// Fails a given number of times.
#[deployment(max_constructor_retry_count = 4)]
struct Model;

#[deployment]
impl Model {
    fn new(failures: Arc<AtomicUsize>, attempts: Count) -> Result<Self> {
        attempts.add();
        let one_less = |left: usize| left.checked_sub(1);
        match failures.fetch_update(Ordering::SeqCst, Ordering::SeqCst, one_less) {
            Ok(_) => Err(Error::failed("no weights")),
            Err(_) => Ok(Model),
        }
    }

    async fn run(&self, number: u32) -> u32 {
        assert_ne!(number, 13, "unlucky");
        number
    }
}

#[tokio::test(start_paused = true)]
async fn a_constructor_is_tried_again_after_longer_and_longer_pauses() {
    let (failures, attempts) = (Arc::new(AtomicUsize::new(3)), Count::new());
    let begun = Instant::now();
    let app = deploy(Model::bind(failures, attempts.clone()))
        .await
        .unwrap();
    assert_eq!(attempts.get(), 4);
    let (longest, pauses) = (0.1 + 0.2 + 0.4, begun.elapsed().as_secs_f64());
    assert!(
        (0.8 * longest..longest + 0.01).contains(&pauses),
        "{pauses}"
    );
    assert_eq!(app.run(1).await.unwrap(), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_of_a_replica_that_cannot_be_replaced_are_refused_with_the_cause() {
    let (failures, attempts) = (Arc::new(AtomicUsize::new(0)), Count::new());
    let app = deploy(Model::bind(Arc::clone(&failures), attempts.clone()))
        .await
        .unwrap();
    failures.store(usize::MAX, Ordering::SeqCst);
    app.run(13).await.unwrap_err();
    // This call waits for a replica until it has been tried that often.
    let error = app.run(1).await.unwrap_err().to_string();
    assert!(error.contains("no weights"), "{error}");
    assert_eq!(attempts.get(), 1 + 4);
    let [status] = &Deployed::control(&app).status()[..] else {
        panic!("there is one deployment")
    };
    assert_eq!(status.status, Status::Unhealthy);
    assert!(status.message.contains("no weights"), "{}", status.message);
}

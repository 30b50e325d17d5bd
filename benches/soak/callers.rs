//! Requests in this process: on time, late, or given up by their callers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serve_runtime::Request;
use tokio::time::timeout;

use crate::random::Random;
use crate::{App, Outcomes};

/// Calls until the end, and counts the results.
pub async fn caller(app: App, seed: u64, end: Instant, sent: Arc<AtomicU64>) -> Outcomes {
    let (mut random, mut outcomes) = (Random::new(seed), Outcomes::new());
    while Instant::now() < end {
        let x = random.next();
        sent.fetch_add(1, Ordering::SeqCst);
        let patience = Duration::from_micros(random.below(2_000));
        let call = app.call(x);
        let outcome = match random.below(10) {
            0 => timeout(patience, call).await.ok(),
            1 => {
                let deadline = tokio::time::Instant::now() + patience;
                let request = Request::new("soak").with_deadline(deadline);
                Some(request.scope(call).await)
            }
            // Nothing here takes that long: a call that waits longer has been forgotten.
            _ => Some(
                timeout(Duration::from_secs(60), call)
                    .await
                    .expect("a request hangs"),
            ),
        };
        let name = match outcome {
            None => "vanished".to_owned(),
            Some(Ok(answer)) => {
                assert_eq!(answer, x, "the answer of another request");
                "answered".to_owned()
            }
            Some(Err(error)) => format!("{:?}", error.kind()),
        };
        *outcomes.entry(name).or_default() += 1;
    }
    outcomes
}

//! A whole answer, until its client has taken it.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes};
use tokio::time::Instant;
use tracing::Span;

use super::admission::Place;
use super::clients::Client;

/// An answer that holds the place of its request until it is written, and not only until its writing is begun: so the places
/// limit the memory of answers that wait for their clients.
struct Taken {
    body: Vec<u8>,
    #[expect(dead_code, reason = "dropped with the body")]
    place: Arc<Place>,
    client: Arc<Client>,
    span: Span,
}

/// A body that holds the place until the client has taken it, for which it has that long.
pub(super) fn held(
    body: Vec<u8>,
    place: Arc<Place>,
    client: &Arc<Client>,
    longest: Duration,
) -> Body {
    client.takes(&place, Instant::now().checked_add(longest));
    Body::from(Bytes::from_owner(Taken {
        body,
        place,
        client: Arc::clone(client),
        span: Span::current(),
    }))
}

impl AsRef<[u8]> for Taken {
    fn as_ref(&self) -> &[u8] {
        &self.body
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(why) = self.client.why_cut_off() {
            self.span
                .in_scope(|| tracing::warn!("the answer was cut off: {why}"));
        }
    }
}

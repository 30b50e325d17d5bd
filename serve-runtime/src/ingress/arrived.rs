//! A request as it arrives at an entry.

use std::convert::Infallible;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequest, Request};

use super::clients::Client;
use crate::request::head::Head;

/// The parts of a request. Taken out of it: an extractor of axum's for each would copy the headers.
pub(super) struct Arrived {
    /// With the id that it was assigned.
    pub(super) request: crate::Request,
    pub(super) head: Arc<Head>,
    pub(super) client: Arc<Client>,
    pub(super) body: Body,
}

impl<S: Sync> FromRequest<S> for Arrived {
    type Rejection = Infallible;

    async fn from_request(request: Request, _state: &S) -> Result<Self, Infallible> {
        let (mut parts, body) = request.into_parts();
        // Both were put there on the way to the routes.
        let request = parts.extensions.remove().unwrap_or_default();
        let client = parts.extensions.remove();
        Ok(Arrived {
            request,
            head: Arc::new(Head::from(parts)),
            client: client.unwrap_or_else(|| Arc::new(Client::new())),
            body,
        })
    }
}

//! The paths of the graphs' routes, as clients send them.
//!
//! A client may write a path in several ways: `/café` is sent as `/caf%C3%A9` by a browser and as it is by curl, and
//! `/caf%c3%a9` means the same. The router compares bytes, so the path of a request that means one of the graphs'
//! routes is replaced by the form in which the router has it.

use std::sync::Arc;

use axum::http::uri::PathAndQuery;
use axum::http::{Request, Uri};
use serve_topology::route::sent;

/// The paths of all graphs' routes.
#[derive(Clone)]
pub(crate) struct Paths(Arc<[String]>);

impl Paths {
    pub(super) fn new(all: impl Iterator<Item = String>) -> Self {
        Paths(all.collect())
    }

    pub(super) fn all(&self) -> &[String] {
        &self.0
    }

    /// The request, with the path that the router knows if it means one of the graphs' routes.
    pub(super) fn routed<B>(&self, mut request: Request<B>) -> Request<B> {
        if let Some(uri) = self.uri(request.uri()) {
            *request.uri_mut() = uri;
        }
        request
    }

    fn uri(&self, given: &Uri) -> Option<Uri> {
        let path = sent(given.path());
        if !self.all().contains(&path) {
            return None;
        }
        let with_query = match given.query() {
            Some(query) => format!("{path}?{query}"),
            None => path,
        };
        let mut parts = given.clone().into_parts();
        parts.path_and_query = Some(PathAndQuery::try_from(with_query).ok()?);
        Uri::from_parts(parts).ok()
    }
}

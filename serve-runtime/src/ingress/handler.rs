//! Handles one request: from its body to the response.

use std::any::Any;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::State as Extracted;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serve_topology::Param;

use crate::Error;
use crate::graph::{Entry, Graph};
use crate::ingress::answer::{Problem, json, report};
use crate::ingress::applications::InUse;
use crate::ingress::applications::served::Served;
use crate::ingress::arrived::Arrived;
use crate::ingress::clients::Client;
use crate::ingress::decode::in_background::decode;
use crate::ingress::decode::{Content, Inputs};
use crate::ingress::encode::{Answer, ToJson};
use crate::ingress::headers;
use crate::ingress::serving::Serving;
use crate::ingress::taken;
use crate::panics::isolate;
use crate::request::context::deadline;
use crate::request::deadline::{Terms, within};
use crate::streaming::UntilDeadline;

/// What the routes of one application need.
pub(super) struct Service<G: Graph> {
    pub(super) application: Arc<Served<G>>,
    pub(super) serving: Arc<Serving>,
    /// Until the last request to them is answered.
    pub(super) _in_use: Arc<InUse>,
}

/// Decodes the body, calls the graph and encodes its output.
pub(super) async fn call<E>(
    Extracted(service): Extracted<Arc<Service<E::Graph>>>,
    Arrived {
        request,
        head,
        client,
        body,
    }: Arrived,
) -> Response
where
    E: Entry<Input: Inputs, Output: ToJson>,
{
    let request_timeout = <E::Graph as Graph>::TOPOLOGY.limits.request_timeout;
    let terms = match headers::of(request, &head, request_timeout) {
        Ok(request) => Terms::of_request(request),
        Err(problem) => return problem.into_response(),
    };
    let cut_off = service.serving.cut_off.clone();
    let answer = tokio::select! {
        biased;
        answer = within(Some(terms), isolate(run::<E>(&service, &client, &head.headers, body))) => match answer {
            Ok(answer) => answer.unwrap_or_else(|payload| Err(panicked(payload))),
            // The error names the running node, if the graph has been called by then.
            Err(expired) => Err(report(&expired.into())),
        },
        // Also if the server is gone. The request's future is dropped, and with it everything it works on.
        () = cut_off.reached() => Err(stopped()),
    };
    answer.unwrap_or_else(Problem::into_response)
}

/// Reading an input and writing an output run the user's code, which may panic.
fn panicked(payload: Box<dyn Any + Send>) -> Problem {
    let error = Error::panicked(payload);
    tracing::error!(%error, "reading the input or writing the output panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
}

/// The time of the requests in flight is up.
pub(super) fn stopped() -> Problem {
    Problem::new(
        StatusCode::SERVICE_UNAVAILABLE,
        "the server has been stopped",
    )
}

async fn run<E>(
    service: &Service<E::Graph>,
    client: &Arc<Client>,
    headers: &HeaderMap,
    body: Body,
) -> Result<Response, Problem>
where
    E: Entry<Input: Inputs, Output: ToJson>,
{
    let serving = &*service.serving;
    let handle = service
        .application
        .handle()
        .map_err(|error| report(&error))?;
    let requests = E::Graph::behind(handle).requests();
    let full = |error| report(&error).retry_after(requests.expected_wait(E::INDEX));
    // Checked before the body is read, which is not needed if the request is refused.
    serving.admission.has_room().map_err(full)?;
    requests.refused(E::INDEX).map_err(|error| report(&error))?;
    let body = serving.bodies.read(headers, body, client).await?;
    // Taken only now: a client that sends slowly keeps no place from others.
    let place = Arc::new(serving.admission.enter().map_err(full)?);
    let body = Content::new(headers, body);
    let input = decode(&serving.offload, params::<E>(), body).await?;
    let output = E::call(handle, input)
        .await
        .map_err(|error| report(&error))?;
    let written = match output.answer(headers, serving.floats) {
        Ok(Answer::Whole(body)) => Ok(body),
        Ok(Answer::Large(write)) => serving.offload.run(write).await.flatten(),
        Ok(Answer::Streamed(texts)) => {
            let texts = texts.begun(serving.stream_head_timeout).await;
            let texts = texts.map_err(|error| report(&error))?;
            client.takes(&place, None);
            // A client that stops reading keeps its place until the deadline at most.
            let place = UntilDeadline::new(place, deadline());
            return Ok(texts.answer(place, serving.cut_off.clone()));
        }
        Err(error) => Err(error),
    };
    let body = written.map_err(|error| {
        tracing::error!(%error, "the output cannot be written as JSON");
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal error")
    })?;
    let body = taken::held(body, place, client, serving.transfer_timeout);
    Ok(json(StatusCode::OK, body))
}

/// The parts of a request to an entry.
pub(crate) fn params<E: Entry>() -> &'static [Param<'static>] {
    let entries = <E::Graph as Graph>::TOPOLOGY.entries;
    entries.get(E::INDEX).map_or(&[], |entry| entry.params)
}

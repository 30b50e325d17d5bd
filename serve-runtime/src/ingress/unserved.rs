//! The answers at paths where nothing is served, and to methods that a path does not have.
//!
//! They are made of axum's own, which are empty, and not by a fallback: the user's routes may have one.

use axum::body::{Body, HttpBody};
use axum::http::{Response, StatusCode, Uri, header};
use axum::response::IntoResponse;

use super::answer::Problem;
use super::applications::Hosting;

/// Says in the body of an empty 404 or 405 what is served.
pub(super) fn explained(
    response: Response<Body>,
    uri: &Uri,
    hosting: Option<&Hosting>,
) -> Response<Body> {
    let status = response.status();
    if response.body().size_hint().exact() != Some(0) {
        return response;
    }
    let now = hosting.map(Hosting::now);
    let paths = now.as_ref().map_or(&[][..], |now| now.paths.all());
    let path = uri.path();
    let message = match status {
        StatusCode::NOT_FOUND if paths.is_empty() => format!("nothing is served at `{path}`"),
        StatusCode::NOT_FOUND => format!(
            "nothing is served at `{path}`; the routes are {}",
            paths.join(", ")
        ),
        StatusCode::METHOD_NOT_ALLOWED => match paths.iter().any(|it| it == path) {
            true => "this route takes POST requests".to_owned(),
            false => "this path does not accept that method".to_owned(),
        },
        _ => return response,
    };
    let problem = Problem::new(status, message).into_response();
    let (mut head, _) = response.into_parts();
    head.headers.remove(header::CONTENT_LENGTH);
    head.headers.extend(problem.headers().clone());
    Response::from_parts(head, problem.into_body())
}

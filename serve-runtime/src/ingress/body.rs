//! Reads a request's body as a whole, up to a maximum size.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use tokio::time::timeout;

use super::answer::Problem;

/// How long a client may pause in the middle of a body: its request has a place that others wait for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Reads a body of at most `max` bytes.
pub(super) async fn read(headers: &HeaderMap, body: Body, max: usize) -> Result<Bytes, Problem> {
    is_as_it_is(headers)?;
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0usize;
    let mut next = async || {
        timeout(LONGEST_PAUSE, chunks.next())
            .await
            .map_err(|_| stalled())
    };
    while let Some(chunk) = next().await? {
        let chunk = chunk.map_err(|_| broken())?;
        length += chunk.len();
        if length > max {
            let message = format!("the body is larger than {max} bytes");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message));
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole.into())
}

/// Refuses a compressed body, which would be read as if it were not compressed.
fn is_as_it_is(headers: &HeaderMap) -> Result<(), Problem> {
    let encodings = headers.get_all(header::CONTENT_ENCODING).iter();
    let mut encodings = encodings.map(|encoding| encoding.to_str().unwrap_or_default().trim());
    match encodings
        .find(|encoding| !encoding.is_empty() && !encoding.eq_ignore_ascii_case("identity"))
    {
        None => Ok(()),
        Some(encoding) => Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            format!(
                "the content encoding `{encoding}` is not supported; send the body without one"
            ),
        )),
    }
}

fn stalled() -> Problem {
    let seconds = LONGEST_PAUSE.as_secs();
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        format!("no more of the body has arrived for {seconds} s"),
    )
}

fn broken() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "the body is incomplete")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_of_the_largest_size_is_taken() {
        assert_eq!(
            read(&HeaderMap::new(), Body::from("1234"), 4)
                .await
                .unwrap(),
            "1234"
        );
    }

    #[tokio::test]
    async fn a_larger_one_is_refused() {
        let body = Body::from("12345");
        let problem = read(&HeaderMap::new(), body, 4).await.unwrap_err();
        assert_eq!(
            problem,
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than 4 bytes"
            )
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stops_in_the_middle_is_not_waited_for() {
        let slow = futures_util::stream::iter(["1", "2"]).then(async |part| {
            tokio::time::sleep(LONGEST_PAUSE - Duration::from_secs(1)).await;
            Ok::<_, std::io::Error>(part)
        });
        let whole = read(&HeaderMap::new(), Body::from_stream(slow), 4).await;
        assert_eq!(whole.unwrap(), "12");
        let silent = futures_util::stream::pending::<std::io::Result<Bytes>>();
        let problem = read(&HeaderMap::new(), Body::from_stream(silent), 4).await;
        let message = "no more of the body has arrived for 30 s";
        let expected = Problem::new(StatusCode::REQUEST_TIMEOUT, message);
        assert_eq!(problem.unwrap_err(), expected);
    }

    #[tokio::test]
    async fn a_body_that_is_compressed_is_not_taken_for_its_content() {
        let with = |encoding: &str| {
            let headers = [(header::CONTENT_ENCODING, encoding.parse().unwrap())];
            headers.into_iter().collect::<HeaderMap>()
        };
        read(&with("Identity"), Body::empty(), 4).await.unwrap();
        let problem = read(&with("gzip"), Body::empty(), 4).await.unwrap_err();
        let message = "the content encoding `gzip` is not supported; send the body without one";
        let expected = Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
        assert_eq!(problem, expected);
    }
}

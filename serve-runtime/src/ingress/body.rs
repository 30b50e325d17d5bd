//! Reads a request's body as a whole, up to a maximum size.

use std::future::poll_fn;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use futures_util::StreamExt;
use tokio::time::Instant;

use super::answer::Problem;
use super::clients::Client;
use super::pace::{Pace, TooSlow};
use super::receiving::Receiving;

/// What bodies may take.
pub(super) struct Bodies {
    /// The largest one, in bytes.
    pub(super) max_bytes: usize,
    /// The memory of those that are being received.
    pub(super) receiving: Receiving,
    /// How long one may take in all.
    pub(super) timeout: Duration,
    /// How many bytes of one have to arrive in a second.
    pub(super) min_data_rate: u64,
}

impl Bodies {
    /// Reads a body that the client sends.
    pub(super) async fn read(
        &self,
        headers: &HeaderMap,
        body: Body,
        client: &Client,
    ) -> Result<Bytes, Problem> {
        is_as_it_is(headers)?;
        if length(headers).is_some_and(|length| length > self.max_bytes as u64) {
            return Err(self.too_large());
        }
        let mut received = self.receiving.begin();
        let mut pace = Pace::new(self.min_data_rate, Instant::now().checked_add(self.timeout));
        let mut chunks = body.into_data_stream();
        let mut whole = Vec::new();
        loop {
            client.is_waited_for();
            let chunk = tokio::select! {
                biased;
                chunk = chunks.next() => chunk,
                too_slow = poll_fn(|cx| pace.poll_too_slow(cx)) => return Err(self.late(too_slow)),
            };
            client.has_moved();
            let Some(chunk) = chunk else {
                return Ok(whole.into());
            };
            let chunk = chunk.map_err(|_| broken())?;
            if chunk.len() > self.max_bytes - whole.len() {
                return Err(self.too_large());
            }
            pace.moved(chunk.len());
            let room = received.more(chunk.len());
            room.map_err(|error| Problem::from(&error))?;
            whole.extend_from_slice(&chunk);
        }
    }

    fn too_large(&self) -> Problem {
        let message = format!("the body is larger than {} bytes", self.max_bytes);
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    fn late(&self, too_slow: TooSlow) -> Problem {
        let message = match too_slow {
            TooSlow::Rate(_) => format!("the body arrives too slowly: {too_slow}"),
            TooSlow::Whole => {
                let seconds = self.timeout.as_secs_f64();
                format!("the body has not arrived within {seconds} s")
            }
        };
        Problem::new(StatusCode::REQUEST_TIMEOUT, message)
    }
}

/// The length that the head tells.
fn length(headers: &HeaderMap) -> Option<u64> {
    let length = headers.get(header::CONTENT_LENGTH)?.to_str().ok()?;
    length.parse().ok()
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

fn broken() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "the body is incomplete")
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderName;
    use futures_util::stream;

    use super::*;

    async fn read(
        headers: &[(HeaderName, &str)],
        body: impl Into<Body>,
    ) -> Result<Bytes, (StatusCode, String)> {
        let bodies = Bodies {
            max_bytes: 4,
            receiving: Receiving::new(10, 4),
            timeout: Duration::from_secs(100),
            min_data_rate: 1,
        };
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| (name.clone(), value.parse().unwrap()));
        let headers = headers.collect();
        let read = bodies.read(&headers, body.into(), &Client::new()).await;
        read.map_err(|problem| problem.told())
    }

    fn too_large() -> (StatusCode, String) {
        let message = "the body is larger than 4 bytes";
        (StatusCode::PAYLOAD_TOO_LARGE, message.to_owned())
    }

    #[tokio::test]
    async fn a_body_of_the_largest_size_is_taken_and_a_larger_one_refused() {
        assert_eq!(read(&[], "1234").await.unwrap(), "1234");
        assert_eq!(read(&[], "12345").await.unwrap_err(), too_large());
    }

    #[tokio::test(start_paused = true)]
    async fn a_length_in_the_head_is_enough_to_refuse_a_body() {
        let never = Body::from_stream(stream::pending::<std::io::Result<Bytes>>());
        let read = read(&[(header::CONTENT_LENGTH, "5")], never);
        assert_eq!(read.await.unwrap_err(), too_large());
    }

    /// A body of which a byte comes every so many seconds.
    fn drop_by_drop(seconds: u64, bytes: usize) -> Body {
        let bytes = stream::iter(vec!["x"; bytes]).then(move |byte| async move {
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            Ok::<_, std::io::Error>(byte)
        });
        Body::from_stream(bytes.chain(stream::pending()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_too_slowly_is_not_waited_for() {
        let begun = Instant::now();
        let (status, message) = read(&[], drop_by_drop(2, 4)).await.unwrap_err();
        assert_eq!(status, StatusCode::REQUEST_TIMEOUT);
        let expected = "the body arrives too slowly: fewer than 1 bytes per second for 30 s";
        assert_eq!(message, expected);
        assert_eq!(begun.elapsed(), Duration::from_secs(30));
    }

    #[tokio::test]
    async fn a_body_that_is_compressed_is_not_taken_for_its_content() {
        let with = |encoding| [(header::CONTENT_ENCODING, encoding)];
        read(&with("Identity"), Body::empty()).await.unwrap();
        let problem = read(&with("gzip"), Body::empty()).await.unwrap_err();
        let message = "the content encoding `gzip` is not supported; send the body without one";
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        assert_eq!(problem, (status, message.to_owned()));
    }
}

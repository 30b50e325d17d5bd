//! A request's body, whole and not too large.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use futures_util::StreamExt;

use super::answer::Problem;

/// How much of a body that is too large is read all the same, in bytes. A connection that is closed
/// with bytes unread is reset, and the answer may be lost with it.
const READ_ON: usize = 1024 * 1024;

/// Reads a body of at most `max` bytes.
pub(super) async fn read(body: Body, max: usize) -> Result<Bytes, Problem> {
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    let mut length = 0usize;
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| broken())?;
        length += chunk.len();
        if length <= max {
            whole.extend_from_slice(&chunk);
        } else if length > max.saturating_add(READ_ON) {
            break;
        }
    }
    if length > max {
        let message = format!("the body is larger than {max} bytes");
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, message));
    }
    Ok(whole.into())
}

fn broken() -> Problem {
    Problem::new(StatusCode::BAD_REQUEST, "the body broke off")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_body_of_the_largest_size_is_taken() {
        assert_eq!(read(Body::from("1234"), 4).await.unwrap(), "1234");
    }

    #[tokio::test]
    async fn a_larger_one_is_refused() {
        let problem = read(Body::from("12345"), 4).await.unwrap_err();
        assert_eq!(
            problem,
            Problem::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "the body is larger than 4 bytes"
            )
        );
    }
}

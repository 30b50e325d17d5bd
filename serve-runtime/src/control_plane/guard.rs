//! Who may use the control plane.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use subtle::{Choice, ConstantTimeEq};

/// Refuses what may not use the control plane.
#[derive(Clone)]
pub(crate) struct Guard {
    address: SocketAddr,
    tokens: Arc<[Arc<str>]>,
}

impl Guard {
    /// Without tokens everybody may who can reach the address, which is loopback.
    pub(crate) fn new(address: SocketAddr, tokens: &[Arc<str>]) -> Self {
        Guard {
            address,
            tokens: tokens.into(),
        }
    }

    /// Why a request is refused.
    fn refuses(&self, headers: &HeaderMap) -> Option<Refusal> {
        // A page of another site can make a browser send requests here, and by its own names for this address.
        if !self.is_meant(headers) {
            return Some(Refusal::Host);
        }
        if let Some(origin) = headers.get(header::ORIGIN)
            && !is_same_site(origin, headers.get(header::HOST))
        {
            return Some(Refusal::Origin);
        }
        let is_open = self.tokens.is_empty() || self.knows(headers.get(header::AUTHORIZATION));
        (!is_open).then_some(Refusal::Token)
    }

    /// Whether the request names this address, and not one that a foreign name was made to lead to.
    fn is_meant(&self, headers: &HeaderMap) -> bool {
        // Who can reach another address has a token, which a browser does not send by itself.
        if !self.address.ip().is_loopback() {
            return true;
        }
        let host = headers.get(header::HOST).and_then(|it| it.to_str().ok());
        let Some(authority) = host.and_then(|host| host.parse::<Authority>().ok()) else {
            return false;
        };
        let host = authority.host();
        let address = host.trim_start_matches('[').trim_end_matches(']');
        host.eq_ignore_ascii_case("localhost")
            || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
    }

    /// Whether it is one of the tokens. Takes as long for a wrong one as for a right one.
    fn knows(&self, authorization: Option<&HeaderValue>) -> bool {
        let given = authorization.map_or(&[][..], HeaderValue::as_bytes);
        let Some(given) = given.strip_prefix(b"Bearer ") else {
            return false;
        };
        let known = self.tokens.iter().fold(Choice::from(0), |known, token| {
            known | token.as_bytes().ct_eq(given)
        });
        known.into()
    }
}

fn is_same_site(origin: &HeaderValue, host: Option<&HeaderValue>) -> bool {
    let origin = origin.to_str().ok().and_then(|it| it.parse::<Uri>().ok());
    let origin = origin.as_ref().and_then(Uri::authority);
    let host = host.and_then(|host| host.to_str().ok());
    matches!((origin, host), (Some(origin), Some(host)) if origin.as_str().eq_ignore_ascii_case(host))
}

enum Refusal {
    Host,
    Origin,
    Token,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, why) = match self {
            Refusal::Host => (
                StatusCode::FORBIDDEN,
                "the control plane is asked for by an address of this machine, as in `localhost`",
            ),
            Refusal::Origin => (
                StatusCode::FORBIDDEN,
                "pages of other sites may not use the control plane",
            ),
            Refusal::Token => (
                StatusCode::UNAUTHORIZED,
                "the control plane needs a token: `Authorization: Bearer ..`",
            ),
        };
        let mut response = (status, format!("{why}\n")).into_response();
        if status == StatusCode::UNAUTHORIZED {
            let bearer = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, bearer);
        }
        response
    }
}

/// Lets only those through that may.
pub(super) async fn guarded(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    match guard.refuses(request.headers()) {
        None => next.run(request).await,
        Some(refusal) => refusal.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(address: &str, tokens: &[&str], headers: &[(&'static str, &str)]) -> u16 {
        let tokens: Vec<Arc<str>> = tokens.iter().map(|token| (*token).into()).collect();
        let guard = Guard::new(address.parse().unwrap(), &tokens);
        let headers = headers.iter();
        let headers = headers.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
        let refusal = guard.refuses(&headers.collect());
        refusal.map_or(200, |refusal| refusal.into_response().status().as_u16())
    }

    #[test]
    fn only_this_machines_own_names_reach_a_loopback_address() {
        let status = |host| status("127.0.0.1:8265", &[], &[("host", host)]);
        for own in [
            "127.0.0.1:8265",
            "localhost:8265",
            "LOCALHOST",
            "[::1]:8265",
            "127.0.0.2",
        ] {
            assert_eq!(status(own), 200, "{own}");
        }
        for foreign in [
            "rebound.example:8265",
            "10.0.0.1:8265",
            "localhost.example",
            "",
            "@",
        ] {
            assert_eq!(status(foreign), 403, "{foreign}");
        }
    }

    #[test]
    fn pages_of_other_sites_are_refused() {
        let status = |origin| {
            let headers = [("host", "localhost:8265"), ("origin", origin)];
            status("127.0.0.1:8265", &[], &headers)
        };
        assert_eq!(status("http://localhost:8265"), 200);
        for foreign in [
            "http://localhost:3000",
            "https://evil.example",
            "null",
            "localhost:8265/x",
        ] {
            assert_eq!(status(foreign), 403, "{foreign}");
        }
    }

    #[test]
    fn each_of_the_tokens_is_enough_and_nothing_else_is() {
        let status =
            |headers: &[(&'static str, &str)]| status("10.0.0.1:8265", &["old", "new"], headers);
        for token in ["Bearer old", "Bearer new"] {
            assert_eq!(status(&[("authorization", token)]), 200, "{token}");
        }
        for wrong in [
            "Bearer",
            "Bearer ",
            "Bearer ol",
            "Bearer olds",
            "old",
            "bearer:new",
            "Basic new",
        ] {
            assert_eq!(status(&[("authorization", wrong)]), 401, "{wrong}");
        }
        assert_eq!(status(&[]), 401);
    }
}

//! The HTTP client: timeouts, redirects and the certificates that it trusts.

use std::sync::Arc;

use reqwest::redirect::{Attempt, Policy};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};

use super::error::{DownloadError, RedirectFault};
use super::{Limits, is_web};

/// Some hosts refuse clients that do not identify themselves.
const USER_AGENT: &str = concat!("content_understanding/", env!("CARGO_PKG_VERSION"));

/// A client with these `limits`, except for the size of the body.
///
/// It ignores proxies set in the environment: they cannot reach photos on this machine.
pub(super) fn build(limits: &Limits) -> Result<reqwest::Client, DownloadError> {
    let max_redirects = limits.max_redirects;
    let tls = tls().map_err(|error| DownloadError::Client(error.to_string()))?;
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(limits.connect_timeout)
        .timeout(limits.timeout)
        .redirect(Policy::custom(move |attempt| {
            follow(attempt, max_redirects)
        }))
        .no_proxy()
        .tls_backend_preconfigured(tls)
        .build()
        .map_err(|error| DownloadError::Client(error.to_string()))
}

fn follow(attempt: Attempt<'_>, max_redirects: usize) -> reqwest::redirect::Action {
    // `previous` begins with the URL asked for, which is no redirect.
    if attempt.previous().len() > max_redirects {
        attempt.error(RedirectFault::TooMany)
    } else if !is_web(attempt.url()) {
        let target = attempt.url().clone();
        attempt.error(RedirectFault::Scheme(target))
    } else {
        attempt.follow()
    }
}

/// TLS that trusts Mozilla's certificate authorities, compiled in: a container without
/// certificates of its own must not fail to start.
fn tls() -> Result<ClientConfig, rustls::Error> {
    let roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

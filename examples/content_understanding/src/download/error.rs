//! Errors of downloads, and which of them are the client's fault.

use std::error::Error as StdError;

use reqwest::header::LOCATION;
use reqwest::{Response, StatusCode};
use thiserror::Error;
use url::Url;

use super::{Limits, is_web};

/// Why a photo could not be downloaded. Messages name the URL, without a password in it.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DownloadError {
    /// The HTTP client itself could not be set up.
    #[error("cannot set up the HTTP client: {0}")]
    Client(String),
    /// The URL is of another scheme than `http` or `https`.
    #[error("cannot download {url}: the URL must begin with http:// or https://")]
    Scheme {
        /// The URL asked for.
        url: String,
    },
    /// The URL leads to one of another scheme than `http` or `https`.
    #[error("cannot download {url}: it redirects to {target}, which is neither http nor https")]
    RedirectScheme {
        /// The URL asked for.
        url: String,
        /// The URL that it leads to.
        target: String,
    },
    /// The URL redirects too often.
    #[error("cannot download {url}: it redirects more than {limit} times")]
    TooManyRedirects {
        /// The URL asked for.
        url: String,
        /// The maximum number of redirects followed.
        limit: usize,
    },
    /// The body is larger than a photo may be.
    #[error("cannot download {url}: it is larger than {limit}")]
    TooLarge {
        /// The URL asked for.
        url: String,
        /// The largest body accepted, with its unit.
        limit: String,
    },
    /// The host answered, but not with a photo.
    #[error("cannot download {url}: its host answered {status}")]
    Status {
        /// The URL asked for.
        url: String,
        /// The status of the answer.
        status: StatusCode,
    },
    /// The host took too long.
    #[error("cannot download {url}: it took longer than {seconds} s")]
    Timeout {
        /// The URL asked for.
        url: String,
        /// The longest wait, in seconds.
        seconds: String,
    },
    /// No connection could be made.
    #[error("cannot reach the host of {url}: {reason}")]
    Unreachable {
        /// The URL asked for.
        url: String,
        /// What the network says.
        reason: String,
    },
    /// The connection was made, and broke.
    #[error("cannot download {url}: the connection broke: {reason}")]
    Interrupted {
        /// The URL asked for.
        url: String,
        /// What the network says.
        reason: String,
    },
}

impl DownloadError {
    /// Whether the client must send another URL; if not, the fault is at the photo's host or in the
    /// network, and the same URL may work later.
    pub fn is_invalid_input(&self) -> bool {
        matches!(
            self,
            Self::Scheme { .. } | Self::RedirectScheme { .. } | Self::TooLarge { .. }
        )
    }

    /// The error as the client gets it.
    pub(super) fn tell(self) -> serve_runtime::Error {
        if self.is_invalid_input() {
            serve_runtime::Error::invalid_input(self)
        } else {
            serve_runtime::Error::upstream(self)
        }
    }

    pub(super) fn scheme(url: &Url) -> Self {
        Self::Scheme { url: shown(url) }
    }

    /// For an answer that is no success. The client hands back a redirect where it cannot follow
    /// it, to `file:///photo.png` for one.
    pub(super) fn refused(asked: &Url, response: &Response) -> Self {
        let url = shown(asked);
        match redirect_target(response) {
            Some(target) if !is_web(&target) => {
                let target = shown(&target);
                Self::RedirectScheme { url, target }
            }
            _ => {
                let status = response.status();
                Self::Status { url, status }
            }
        }
    }

    pub(super) fn too_large(url: &Url, limits: &Limits) -> Self {
        Self::TooLarge {
            url: shown(url),
            limit: size(limits.max_bytes),
        }
    }

    pub(super) fn from_client(asked: &Url, error: &reqwest::Error, limits: &Limits) -> Self {
        let url = shown(asked);
        match RedirectFault::behind(error) {
            Some(RedirectFault::Scheme(target)) => {
                let target = shown(target);
                return Self::RedirectScheme { url, target };
            }
            Some(RedirectFault::TooMany) => {
                let limit = limits.max_redirects;
                return Self::TooManyRedirects { url, limit };
            }
            None => {}
        }
        if error.is_timeout() {
            let limit = if error.is_connect() {
                limits.connect_timeout.min(limits.timeout)
            } else {
                limits.timeout
            };
            let seconds = limit.as_secs_f64().to_string();
            return Self::Timeout { url, seconds };
        }
        let reason = innermost(error);
        if error.is_connect() {
            Self::Unreachable { url, reason }
        } else {
            Self::Interrupted { url, reason }
        }
    }
}

/// Why a redirect was not followed; travels through the client inside its own error.
#[derive(Debug, Error)]
pub(super) enum RedirectFault {
    #[error("the redirect leads to {0}")]
    Scheme(Url),
    #[error("there are too many redirects")]
    TooMany,
}

impl RedirectFault {
    fn behind(error: &reqwest::Error) -> Option<&Self> {
        causes(error).find_map(|cause| cause.downcast_ref())
    }
}

fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

fn redirect_target(response: &Response) -> Option<Url> {
    let location = response.headers().get(LOCATION)?.to_str().ok()?;
    response.url().join(location).ok()
}

/// The first cause: the layers above it only say "error sending request".
fn innermost(error: &reqwest::Error) -> String {
    match causes(error).last() {
        Some(cause) => cause.to_string(),
        None => error.to_string(),
    }
}

/// `url` as it may be shown: a name and a password in it are for its host alone.
fn shown(url: &Url) -> String {
    if url.username().is_empty() && url.password().is_none() {
        return url.to_string();
    }
    let mut url = url.clone();
    // Fails only for URLs that cannot hold a name or a password.
    let _ = url.set_username("");
    let _ = url.set_password(None);
    url.to_string()
}

fn size(bytes: usize) -> String {
    const KIB: usize = 1 << 10;
    const MIB: usize = 1 << 20;
    match bytes {
        MIB.. => format!("{} MiB", bytes / MIB),
        KIB.. => format!("{} KiB", bytes / KIB),
        _ => format!("{bytes} bytes"),
    }
}

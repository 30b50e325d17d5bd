//! Fetches a photo from the web, without trusting the web.

mod client;
mod error;

use std::time::Duration;

use bytes::Bytes;
use serve_runtime::prelude::*;
use url::Url;

pub use error::DownloadError;

/// Downloads photos over HTTP and HTTPS.
///
/// It connects to whatever address a URL names, private ones included, because its users serve
/// photos from their own machines. Where strangers may send URLs, put a firewall around it that
/// keeps it from reaching what they must not.
#[deployment(max_ongoing_requests = 64)]
#[derive(Clone, Debug)]
pub struct Downloader {
    client: reqwest::Client,
    limits: Limits,
}

#[deployment]
impl Downloader {
    /// A downloader with the default [`Limits`].
    pub fn new() -> Result<Self, DownloadError> {
        Self::with_limits(Limits::default())
    }

    /// The body behind `url`. An error tells the sender of the URL whose fault it is.
    pub async fn run(&self, url: Url) -> Result<Bytes> {
        self.download(url).await.map_err(DownloadError::tell)
    }
}

// Kept apart from the methods that a graph can call.
impl Downloader {
    /// A downloader with limits of your own.
    pub fn with_limits(limits: Limits) -> Result<Self, DownloadError> {
        let client = client::build(&limits)?;
        Ok(Self { client, limits })
    }

    /// The body behind `url`.
    ///
    /// Redirects are followed; any answer but a 2xx is an error.
    pub async fn download(&self, url: Url) -> Result<Bytes, DownloadError> {
        if !is_web(&url) {
            return Err(DownloadError::scheme(&url));
        }
        let fault = |error: reqwest::Error| DownloadError::from_client(&url, &error, &self.limits);
        let response = self.client.get(url.clone()).send().await.map_err(fault)?;
        if !response.status().is_success() {
            return Err(DownloadError::refused(&url, &response));
        }
        self.read_body(&url, response).await
    }

    /// Counts the bytes as they arrive: a `Content-Length` may be missing or wrong. It is only used
    /// to refuse a body early that it says is too large.
    async fn read_body(
        &self,
        url: &Url,
        mut response: reqwest::Response,
    ) -> Result<Bytes, DownloadError> {
        let limit = self.limits.max_bytes;
        let announced = response.content_length().unwrap_or(0);
        if announced > limit as u64 {
            return Err(DownloadError::too_large(url, &self.limits));
        }
        let mut body = Vec::with_capacity(announced as usize);
        let fault = |error: reqwest::Error| DownloadError::from_client(url, &error, &self.limits);
        while let Some(chunk) = response.chunk().await.map_err(fault)? {
            if body.len() + chunk.len() > limit {
                return Err(DownloadError::too_large(url, &self.limits));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body.into())
    }
}

/// The limits of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest wait for a connection.
    pub connect_timeout: Duration,
    /// The longest wait for everything: connection, redirects and the whole body.
    pub timeout: Duration,
    /// The largest body, in bytes.
    pub max_bytes: usize,
    /// The maximum number of redirects followed.
    pub max_redirects: usize,
}

impl Default for Limits {
    /// 10 seconds each, 20 MiB, 5 redirects.
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(10),
            max_bytes: 20 << 20,
            max_redirects: 5,
        }
    }
}

/// Whether `url` is of a scheme that is downloaded here.
fn is_web(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

//! The head of the HTTP request that a request came as.

use std::sync::Arc;

use axum::http::{self, HeaderMap, Method, Uri};

use crate::request::context::Request;

/// The head of an HTTP request. It is not printed: headers have secrets.
pub(crate) struct Head {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
}

impl From<http::request::Parts> for Head {
    /// Without its extensions, which keep a part of the server.
    fn from(parts: http::request::Parts) -> Self {
        Head {
            method: parts.method,
            uri: parts.uri,
            headers: parts.headers,
        }
    }
}

/// The HTTP request that it came as, in every node, in place or on a thread, in batches and in streams. All are `None` for
/// a request that came not over HTTP, as one of a handle or of a test has, unless it was given one
/// [there](Request::with_http).
impl Request {
    /// The headers that the client and the proxies on the way have sent.
    ///
    /// They have secrets, such as `Authorization`; the runtime never prints them. Not even [`Debug`](std::fmt::Debug) of a
    /// request does.
    ///
    /// ```
    /// use serve_runtime::prelude::*;
    ///
    /// #[deployment]
    /// async fn greeting() -> &'static str {
    ///     let request = Request::current();
    ///     let language = request.headers().and_then(|headers| headers.get("accept-language"));
    ///     match language.and_then(|language| language.to_str().ok()) {
    ///         Some(language) if language.starts_with("fr") => "Bonjour",
    ///         _ => "Hello",
    ///     }
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let app = deploy(greeting::bind()).await?;
    /// assert_eq!(app.call().await?, "Hello");
    /// # Ok(())
    /// # }
    /// ```
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.head().map(|head| &head.headers)
    }

    /// The method: a graph's routes take `POST`.
    pub fn method(&self) -> Option<&Method> {
        self.head().map(|head| &head.method)
    }

    /// The path, as `/-/routes` lists it: `/caf%C3%A9`, however the client has written it. So it can be compared.
    pub fn path(&self) -> Option<&str> {
        self.head().map(|head| head.uri.path())
    }

    /// The query, as the client has sent it: `page=2&size=10` of `/items?page=2&size=10`. `None` also if the request has none.
    pub fn query(&self) -> Option<&str> {
        self.head()?.uri.query()
    }

    /// A copy of the request with the head of an HTTP request: for tests, and for calls in a server of your own.
    ///
    /// ```
    /// use serve_runtime::axum::http;
    /// use serve_runtime::prelude::*;
    ///
    /// #[deployment]
    /// async fn page() -> Option<String> {
    ///     Request::current().query().map(str::to_owned)
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<()> {
    /// let app = deploy(page::bind()).await?;
    /// let http = http::Request::get("/items?page=2").body(()).unwrap();
    /// let request = Request::new("1").with_http(http);
    /// assert_eq!(request.scope(app.call()).await?.as_deref(), Some("page=2"));
    /// # Ok(())
    /// # }
    /// ```
    #[must_use]
    pub fn with_http<B>(&self, request: http::Request<B>) -> Self {
        let (parts, _body) = request.into_parts();
        self.with_head(Arc::new(Head::from(parts)))
    }
}

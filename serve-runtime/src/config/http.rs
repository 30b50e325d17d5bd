//! Where HTTP is served.

use serde::Deserialize;

use super::origin::Origin;

/// Where HTTP is served. What is left out is as the program sets it.
///
/// It counts when the server starts, and the command line and the environment come before it.
#[derive(Clone, Default, PartialEq, Deserialize)]
#[serde(remote = "Self", deny_unknown_fields)]
#[non_exhaustive]
pub struct HttpOptions {
    /// The address to listen on, or a name of one.
    #[serde(default)]
    pub host: Option<String>,
    /// The port to listen on; 0 takes any free port.
    #[serde(default)]
    pub port: Option<u16>,
    /// Has no meaning here.
    #[serde(default)]
    pub root_path: Option<String>,
    /// Has no meaning here: a graph has a `request_timeout_s` of its own.
    #[serde(default)]
    pub request_timeout_s: Option<f64>,
    /// Has no meaning here.
    #[serde(default)]
    pub keep_alive_timeout_s: Option<f64>,
    /// Has no meaning here: the server speaks plain HTTP.
    #[serde(default)]
    pub ssl_certfile: Option<String>,
    /// Has no meaning here: the server speaks plain HTTP.
    #[serde(default)]
    pub ssl_keyfile: Option<String>,
    /// Has no meaning here: the server speaks plain HTTP.
    #[serde(default)]
    pub ssl_keyfile_password: Option<String>,
    /// Has no meaning here: the server speaks plain HTTP.
    #[serde(default)]
    pub ssl_ca_certs: Option<String>,
    #[serde(skip)]
    pub(super) origin: Origin,
}

impl HttpOptions {
    /// Options that set nothing.
    pub fn new() -> Self {
        HttpOptions::default()
    }

    /// Sets the address.
    #[must_use]
    pub fn host(mut self, host: impl Into<String>) -> Self {
        self.host = Some(host.into());
        self
    }

    /// Sets the port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }
}

#[cfg(feature = "http")]
impl HttpOptions {
    /// Sets the options that are given.
    ///
    /// # Errors
    ///
    /// If the host is neither an address nor the name of one.
    pub(crate) fn apply_to(&self, options: &mut crate::ServerOptions) -> crate::Result<()> {
        if let Some(host) = &self.host {
            let address = crate::ServerOptions::address(host);
            options.host = address.map_err(|wrong| {
                let host = self.origin.node().get("host");
                let source = host.and_then(|host| host.sources().first().copied());
                let host = source.unwrap_or(self.host.as_deref().unwrap_or_default());
                let place = self.origin.place_of("host");
                crate::Error::invalid_input(format!("{place}the `host` `{host}`: {wrong}"))
            })?;
        }
        options.port = self.port.unwrap_or(options.port);
        Ok(())
    }
}

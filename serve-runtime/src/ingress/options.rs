//! The options of a server.

use std::net::{IpAddr, Ipv4Addr, ToSocketAddrs};
use std::time::Duration;

use crate::{Error, Result};

/// The options of a server.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ServerOptions {
    /// The address to listen on; 127.0.0.1 by default.
    pub host: IpAddr,
    /// The port to listen on, 0 for any free port; 8000 by default.
    pub port: u16,
    /// The largest request body accepted, in bytes; 10 MiB by default.
    pub max_body_bytes: usize,
    /// How many requests may be in flight, from the end of their body until their answer is taken, at least 1; the next
    /// one is answered with 503. 1,000 by default.
    ///
    /// The bodies that are being received may take as much memory as so many bodies of the largest size.
    pub max_ongoing_requests: usize,
    /// How many connections may be open, at least 1; the next one has to wait. 10,000 by default.
    ///
    /// The system has a limit of its own, often of 1,024 descriptors: `ulimit -n`.
    pub max_connections: usize,
    /// How many bytes in a second a client has to send of a body, and take of an answer, while the server waits for it;
    /// 240 by default, 0 for no limit. It is measured over 30 s; then a body is answered with 408, and the connection of
    /// an answer is closed.
    pub min_data_rate: u64,
    /// How long a client may take to send a body, and to take an answer that is not a stream; 5 min by default.
    pub transfer_timeout: Duration,
    /// How long the head of a response waits for the first item of its stream, so that an error in its place has a status
    /// of its own; 1 s by default.
    pub stream_head_timeout: Duration,
    /// Whether an answer with a NaN or an infinity, which JSON does not have, is a 500, and its place is logged; not by
    /// default: it is written as `null`.
    pub refuse_non_finite: bool,
    /// How long the server goes on as before when it is told to stop, except that `/-/healthz` answers 503: so long as load
    /// balancers take to notice, or they send requests to a server that is gone. 0 by default.
    pub shutdown_delay: Duration,
    /// How long requests in flight may take after the server begins to shut down; 20 s by default.
    pub graceful_shutdown_timeout: Duration,
}

impl Default for ServerOptions {
    fn default() -> Self {
        ServerOptions {
            host: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 8000,
            max_body_bytes: 10 * 1024 * 1024,
            max_ongoing_requests: 1000,
            max_connections: 10_000,
            min_data_rate: 240,
            transfer_timeout: Duration::from_secs(5 * 60),
            stream_head_timeout: Duration::from_secs(1),
            refuse_non_finite: false,
            shutdown_delay: Duration::ZERO,
            graceful_shutdown_timeout: Duration::from_secs(20),
        }
    }
}

impl ServerOptions {
    /// The default options.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the address.
    #[must_use]
    pub fn host(mut self, host: impl Into<IpAddr>) -> Self {
        self.host = host.into();
        self
    }

    /// Sets the port.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Sets the largest body.
    #[must_use]
    pub fn max_body_bytes(mut self, max_body_bytes: usize) -> Self {
        self.max_body_bytes = max_body_bytes;
        self
    }

    /// Sets the maximum number of requests in flight.
    #[must_use]
    pub fn max_ongoing_requests(mut self, max_ongoing_requests: usize) -> Self {
        self.max_ongoing_requests = max_ongoing_requests;
        self
    }

    /// Sets the maximum number of open connections.
    #[must_use]
    pub fn max_connections(mut self, max_connections: usize) -> Self {
        self.max_connections = max_connections;
        self
    }

    /// Sets how many bytes in a second a client has to send or take.
    #[must_use]
    pub fn min_data_rate(mut self, min_data_rate: u64) -> Self {
        self.min_data_rate = min_data_rate;
        self
    }

    /// Sets how long a client may take to send a body, and to take an answer that is not a stream.
    #[must_use]
    pub fn transfer_timeout(mut self, transfer_timeout: Duration) -> Self {
        self.transfer_timeout = transfer_timeout;
        self
    }

    /// Sets how long the head of a response waits for the first item of its stream.
    #[must_use]
    pub fn stream_head_timeout(mut self, stream_head_timeout: Duration) -> Self {
        self.stream_head_timeout = stream_head_timeout;
        self
    }

    /// Sets whether an answer with a NaN or an infinity is an error.
    #[must_use]
    pub fn refuse_non_finite(mut self, refuse_non_finite: bool) -> Self {
        self.refuse_non_finite = refuse_non_finite;
        self
    }

    /// Sets how long the server goes on as before when it is told to stop.
    #[must_use]
    pub fn shutdown_delay(mut self, shutdown_delay: Duration) -> Self {
        self.shutdown_delay = shutdown_delay;
        self
    }

    /// Sets how long requests in flight may take after the server begins to shut down.
    #[must_use]
    pub fn graceful_shutdown_timeout(mut self, graceful_shutdown_timeout: Duration) -> Self {
        self.graceful_shutdown_timeout = graceful_shutdown_timeout;
        self
    }

    /// The address that is written so, or that this name has; of several an IPv4 address, as the default is one.
    #[cfg_attr(not(any(feature = "cli", feature = "config")), allow(dead_code))]
    pub(crate) fn address(text: &str) -> Result<IpAddr, String> {
        let found = (text, 0).to_socket_addrs();
        let found = found.map_err(|error| format!("no address is found: {error}"))?;
        let found: Vec<IpAddr> = found.map(|address| address.ip()).collect();
        let first = found.iter().find(|address| address.is_ipv4());
        let first = first.or(found.first()).copied();
        first.ok_or_else(|| "it has no address".to_owned())
    }

    /// A server with a maximum of 0 would refuse every request.
    pub(super) fn check(&self) -> Result<()> {
        for (name, max) in [
            ("max_ongoing_requests", self.max_ongoing_requests),
            ("max_connections", self.max_connections),
        ] {
            if max == 0 {
                let message = format!("`{name}` must be a whole number of at least 1, but is 0");
                return Err(Error::invalid_input(message));
            }
        }
        Ok(())
    }
}

//! The control plane: an address of its own at which a server is watched and changed.
//!
//! It answers as Ray Serve's does, so that Ray's own command line works with it, at the same paths and with the same bodies
//! (`ray/dashboard/modules/serve/serve_head.py` of Ray 2.60):
//!
//! | request | answer |
//! |---|---|
//! | `GET /api/serve/applications/` | the state of every application, deployment and replica: Ray's `ServeInstanceDetails` |
//! | `PUT /api/serve/applications/` | brings a [configuration](crate::config) into force, as JSON or YAML: 200 once it is checked, 400 with what is wrong, and where; nothing changes then |
//! | `POST /api/config/plan` | what that would change: `{"steps": [{"app": .., "deployment": .., "how": .., "changes": [..]}]}` |
//! | `DELETE /api/serve/applications/` | 200; every application is deleted once its requests are answered |
//! | `DELETE /api/applications/{app}` | the same for one of them |
//! | `POST /api/v1/applications/{app}/deployments/{deployment}/scale` | sets the number of replicas: `{"target_num_replicas": 2}`; 412 unless the application has `external_scaler_enabled: true` |
//! | `POST /api/node/{app}/{deployment}/scale` | the same, for operators: without that |
//! | `GET /api/ray/version` | the version of Ray that it answers as |
//! | `GET /api/openapi/{app}` | the routes of one application, as OpenAPI |
//! | `GET /-/livez`, `/-/healthz` | as at the server's own address |
//!
//! `{deployment}` of a graph in a graph has its `/` as `%2F`: `ocr%2Fdetector`.
//!
//! # Who may
//!
//! At a loopback address, whatever runs on the machine; a web page from elsewhere may not, as `Host` and `Origin` tell.
//! At another address only with a token, `Authorization: Bearer ..`; several may be valid at a time, so that they can be
//! replaced. The health needs none.

mod answers;
mod details;
mod guard;
mod router;

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;

pub(crate) use self::guard::Guard;
pub(crate) use self::router::router;
use crate::{Error, Result};

/// The address of Ray's dashboard, which has its control plane.
#[cfg(feature = "cli")]
pub(crate) const DEFAULT_PORT: u16 = 8265;

/// Where a control plane listens, and who may use it.
#[derive(Clone)]
pub(crate) struct ControlPlane {
    pub(crate) address: SocketAddr,
    pub(crate) tokens: Vec<Arc<str>>,
    /// Whether the server does without it, if its address is taken.
    pub(crate) is_optional: bool,
}

impl ControlPlane {
    /// # Errors
    ///
    /// If the address cannot be listened on, or could be reached from elsewhere without a token.
    pub(crate) async fn listen(&self) -> Result<Option<TcpListener>> {
        let address = self.address;
        if !address.ip().is_loopback() && self.tokens.is_empty() {
            return Err(Error::invalid_input(format!(
                "the control plane at {address} can be reached from other machines, and needs a token\n\
                 help: set the environment variable `SERVE_CONTROL_TOKEN`, or listen on 127.0.0.1"
            )));
        }
        match TcpListener::bind(address).await {
            Ok(listener) => Ok(Some(listener)),
            Err(error) if self.is_optional => {
                tracing::warn!(
                    "there is no control plane: cannot listen on {address}: {error}; choose another address with --control"
                );
                Ok(None)
            }
            Err(error) => Err(Error::invalid_input(format!(
                "the control plane cannot listen on {address}: {error}"
            ))),
        }
    }
}

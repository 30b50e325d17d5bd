//! The listener of the control plane.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::task::JoinSet;

use super::applications::Hosting;
use super::connections::Connections;
use crate::Result;
use crate::control_plane::{ControlPlane, Guard, router};

/// How many connections may be open: those of operators and of what scales.
const MAX_CONNECTIONS: usize = 100;

/// How many bytes a client has to take in a second.
const MIN_DATA_RATE: u64 = 240;

/// A control plane that is served until this is dropped.
pub(super) struct Served {
    pub(super) address: SocketAddr,
    _task: JoinSet<()>,
}

/// Serves it, also while the server starts and stops.
pub(super) async fn serve(control: ControlPlane, hosting: &Arc<Hosting>) -> Result<Option<Served>> {
    let Some(listener) = control.listen().await? else {
        return Ok(None);
    };
    let address = listener.local_addr()?;
    let connections = Connections {
        router: router(hosting, Guard::new(address, &control.tokens)),
        hosting: None,
        clients: Arc::default(),
        max_connections: MAX_CONNECTIONS,
        min_data_rate: MIN_DATA_RATE,
    };
    let mut task = JoinSet::new();
    task.spawn(connections.serve(listener, std::future::pending()));
    Ok(Some(Served {
        address,
        _task: task,
    }))
}

//! The life of the server: bind, start the replicas, serve, drain, stop.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinSet;

use super::{AddLayer, Server};
use crate::ingress::applications::{Dispatch, Hosting, MakeRoutes, Stop};
use crate::ingress::clients::Clients;
use crate::ingress::connections::Connections;
#[cfg(feature = "control")]
use crate::ingress::control_plane;
use crate::ingress::cut_off::{CutOff, GiveUp, cut_off};
use crate::ingress::options::ServerOptions;
use crate::ingress::serving::Serving;
use crate::ingress::{management, read_on, request_id, shutdown};
use crate::resources::LazyLedger;
use crate::{Error, ErrorKind, Result};

/// How long the clients of requests that are given up may take to receive that they are.
const LAST_WORDS: Duration = Duration::from_secs(1);

impl Server {
    /// Serves until SIGINT or SIGTERM. Then it accepts no new requests, answers the requests in flight, and returns.
    /// A second signal ends the process at once.
    ///
    /// # Errors
    ///
    /// If the address cannot be listened on, a replica cannot be started, two applications have one name, or
    /// routes overlap.
    pub async fn run(self) -> Result<()> {
        let stop = shutdown::requested()?;
        self.run_until(stop).await
    }

    /// Like [`Server::run`], but until `stop` resolves.
    ///
    /// # Errors
    ///
    /// As [`Server::run`].
    pub async fn run_until(self, stop: impl Future<Output = ()> + Send + 'static) -> Result<()> {
        let options = self.options;
        options.check()?;
        let (give_up, is_cut_off) = cut_off();
        let clients: Arc<Clients> = Arc::default();
        let serving = Arc::new(Serving::new(&options, is_cut_off, Arc::clone(&clients)));
        let timeout = options.graceful_shutdown_timeout;
        let ledger = LazyLedger::from(self.ledger);
        let hosting = Hosting::new(
            self.applications,
            #[cfg(feature = "config")]
            self.programs,
            Arc::clone(&serving),
            ledger,
            timeout,
        )?;
        let stop_at_the_end = Stop(Arc::clone(&hosting));
        #[cfg(feature = "control")]
        hosting.keep_in(self.store);
        #[cfg(feature = "config")]
        if let Some(config) = self.accepted {
            hosting.accept(config);
        }
        let router = router(&hosting, &serving, self.routes, self.layers)?;
        let listener = listen(self.listener, &options).await?;
        let address = listener.local_addr()?;
        hosting.listens(address);
        let (stopping, mut stopped) = watch::channel(false);
        let connections = Connections {
            router,
            hosting: Some(Arc::clone(&hosting)),
            clients,
            max_connections: options.max_connections,
            min_data_rate: options.min_data_rate,
        };
        let serving = connections.serve(listener, async move {
            // An error means that the sender is gone: the server should stop then as well.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        });
        let mut servers = JoinSet::new(); // aborts them when dropped
        servers.spawn(serving);
        #[cfg(feature = "control")]
        let control = match self.control {
            Some(control) => control_plane::serve(control, &hosting).await?,
            None => None,
        };

        #[cfg(feature = "config")]
        let mut reloads = JoinSet::new();
        #[cfg(feature = "config")]
        if let Some(read) = self.reload {
            reloads.spawn(crate::ingress::reload::on_hangup(
                read,
                Arc::clone(&hosting),
            )?);
        }

        let mut stop = std::pin::pin!(stop);
        let is_started = tokio::select! {
            started = hosting.start() => {
                started?;
                true
            }
            () = &mut stop => false,
        };
        if is_started {
            #[cfg(feature = "config")]
            hosting.keep().await?;
            for application in hosting.applications() {
                tracing::info!(%address, application = application.name(), "ready");
            }
            #[cfg(feature = "control")]
            if let Some(control) = &control {
                tracing::info!(address = %control.address, "the control plane is there");
            }
            if let Some(on_ready) = self.on_ready {
                on_ready(address);
            }
            stop.await;
            hosting.stopping();
            if !options.shutdown_delay.is_zero() {
                let delay = options.shutdown_delay;
                tracing::info!(?delay, "stopping: no longer healthy");
                tokio::time::sleep(delay).await;
            }
            tracing::info!("stopping: waiting for the requests in flight");
        }
        #[cfg(feature = "config")]
        drop(reloads);
        let _ = stopping.send(true);
        let drained = drain(servers, &hosting, timeout, &give_up).await;
        drop(stop_at_the_end);
        drained
    }
}

async fn listen(
    bound: Option<std::net::TcpListener>,
    options: &ServerOptions,
) -> Result<TcpListener> {
    if let Some(bound) = bound {
        bound.set_nonblocking(true)?;
        return Ok(TcpListener::from_std(bound)?);
    }
    let address = SocketAddr::new(options.host, options.port);
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(
            ErrorKind::InvalidInput,
            format!("cannot listen on {address}: {error}; choose another --host or --port"),
        )
    })
}

fn router(
    hosting: &Arc<Hosting>,
    serving: &Serving,
    routes: Vec<MakeRoutes>,
    layers: Vec<AddLayer>,
) -> Result<Router> {
    let management = management::router(Arc::clone(hosting), serving.floats);
    hosting.add_routes(routes, &management)?;
    let all = Router::new().fallback_service(Dispatch(Arc::clone(hosting)));
    let all = layers.into_iter().fold(all, |all, layer| layer(all));
    Ok(outermost(all.merge(management), serving.cut_off.clone()))
}

/// What surrounds each request, whatever answers it.
pub(in crate::ingress) fn outermost(router: Router, cut_off: CutOff) -> Router {
    router
        .layer(axum::middleware::from_fn_with_state(
            cut_off,
            request_id::assign,
        ))
        .layer(axum::middleware::map_request(read_on::to_the_end))
}

/// Waits for connections and calls to end, up to the timeout. Then they are given up.
async fn drain(
    mut servers: JoinSet<()>,
    hosting: &Hosting,
    timeout: Duration,
    give_up: &GiveUp,
) -> Result<()> {
    let (closed, connections) = oneshot::channel();
    let mut ended = std::pin::pin!(async {
        let served = servers.join_next().await;
        let _ = closed.send(());
        hosting.shutdown().await;
        served
    });
    if let Ok(ended) = tokio::time::timeout(timeout, ended.as_mut()).await {
        return match ended {
            Some(Err(error)) => Err(Error::unavailable(error)),
            _ => Ok(()),
        };
    }
    tracing::warn!(
        ?timeout,
        "stopped with requests in flight: they exceeded the shutdown timeout"
    );
    // Before the replicas are dropped: what fails with them is given up, and did not fail by itself.
    give_up.now();
    // The process may end as soon as this returns.
    let _ = tokio::time::timeout(LAST_WORDS, async {
        tokio::select! {
            _ = ended => {}
            _ = connections => {}
        }
    })
    .await;
    Ok(())
}

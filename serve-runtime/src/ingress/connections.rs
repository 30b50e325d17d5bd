//! Connections, from accept to close.
//!
//! Does what `axum::serve` does, but limits the time that a client may take to send a request's head.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use futures_util::TryFutureExt;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::client;
use super::paths::Paths;
use super::unserved::explained;

/// How long a connection may wait for the complete head of a request, whether its client is silent or
/// slow. Proxies must drop idle connections earlier, or they send requests into a connection that is being closed:
/// nginx's `keepalive_timeout` is as long, and AWS's load balancers have 60 s.
const LONGEST_HEAD: Duration = Duration::from_secs(75);

/// Serves connections until `stop` resolves, and then waits for their requests.
pub(super) async fn serve<L: Listener<Io = TcpStream>>(
    mut listener: L,
    router: Router,
    paths: Paths,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEAD);
    let (stopping, _) = watch::channel(false);
    // Each connection holds a receiver.
    let (open, is_open) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let (connection, _address) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(move |request| {
            let request = paths.routed(request);
            let uri = request.uri().clone();
            let answer = router.call(request);
            answer.map_ok(move |answer| explained(answer, &uri, paths))
        });
        let (connection, client) = client::watched(connection);
        let connection = http.serve_connection(TokioIo::new(connection), service);
        let (mut stopping, is_open) = (stopping.subscribe(), is_open.clone());
        let served = async move {
            let mut connection = pin!(connection.with_upgrades());
            let stopped = tokio::select! {
                ended = connection.as_mut() => Some(ended),
                _ = stopping.wait_for(|stopping| *stopping) => None,
            };
            let ended = match stopped {
                Some(ended) => ended,
                None => {
                    connection.as_mut().graceful_shutdown();
                    connection.await
                }
            };
            if let Err(error) = ended {
                tracing::debug!(%error, "a connection failed");
            }
        };
        tokio::spawn(async move {
            tokio::select! {
                biased;
                () = served => {}
                // Drops the connection, and with it the request that is in flight on it.
                () = client.ended() => {}
            }
            drop(is_open);
        });
    }
    drop((listener, is_open));
    stopping.send_replace(true);
    open.closed().await;
}

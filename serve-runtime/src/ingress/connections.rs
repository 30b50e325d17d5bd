//! Connections, from accepted to closed.
//!
//! As `axum::serve`, which gives a client all the time in the world to send a request's head.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::serve::Listener;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::sync::watch;

/// How long a connection is kept for a request whose head has not come as a whole, whether its client is silent or
/// slow. Longer than proxies keep theirs, which would otherwise send requests into one that is just closed: nginx's
/// `keepalive_timeout` is as long, and AWS's load balancers have 60 s.
const LONGEST_HEAD: Duration = Duration::from_secs(75);

/// Serves connections until `stop` is over, and then waits for the requests that they have.
pub(super) async fn serve<L: Listener>(
    mut listener: L,
    router: Router,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEAD);
    let (stopping, _) = watch::channel(false);
    // Each connection has an end of it.
    let (open, is_open) = watch::channel(());
    let mut stop = pin!(stop);
    loop {
        let (connection, _address) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        let service = TowerToHyperService::new(router.clone());
        let connection = http.serve_connection(TokioIo::new(connection), service);
        let (mut stopping, is_open) = (stopping.subscribe(), is_open.clone());
        tokio::spawn(async move {
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
                tracing::debug!(%error, "a connection broke off");
            }
            drop(is_open);
        });
    }
    drop((listener, is_open));
    stopping.send_replace(true);
    open.closed().await;
}

//! Connections, from accept to close.
//!
//! Does what `axum::serve` does, but limits how many there are and how long their clients may take.

use std::future::Future;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::http::{HeaderValue, StatusCode, header};
use futures_util::TryFutureExt;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use serve_topology::route::is_sent_so;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, timeout};

use super::applications::Hosting;
use super::clients::Clients;
use super::connection::watched;
use super::unserved::explained;

/// How long a connection may wait for the complete head of a request, whether its client is silent or
/// slow. Proxies must drop idle connections earlier, or they send requests into a connection that is being closed:
/// nginx's `keepalive_timeout` is as long, and AWS's load balancers have 60 s.
const LONGEST_HEAD: Duration = Duration::from_secs(75);

/// How long a connection stays open without a request when the server stops: its client may have sent one by then.
const LINGER: Duration = Duration::from_millis(250);

/// The same of a connection on which there has been none. As its client has just connected, there will be one.
const LINGER_NEW: Duration = Duration::from_secs(1);

/// How often it is tried again to accept, while there is no room.
const RETRY: Duration = Duration::from_millis(100);

/// How often it is told that there is none.
const TOLD_EVERY: Duration = Duration::from_secs(10);

/// How many bytes the system holds for a client that does not take them. So it is seen soon that one takes none, and
/// the memory for it is little. What is on its way to the client does not count.
#[cfg(any(target_os = "linux", target_os = "android"))]
const UNSENT: u32 = 128 * 1024;

/// What is served on connections.
pub(super) struct Connections {
    pub(super) router: Router,
    /// The applications whose paths there are, unless it is the control plane.
    pub(super) hosting: Option<Arc<Hosting>>,
    pub(super) clients: Arc<Clients>,
    /// How many may be open.
    pub(super) max_connections: usize,
    /// How many bytes a client has to take in a second.
    pub(super) min_data_rate: u64,
}

/// What every connection needs.
struct Shared {
    connections: Connections,
    http: http1::Builder,
    /// Whether the server stops.
    stopping: watch::Sender<bool>,
}

impl Connections {
    /// Serves connections until `stop` resolves, and then waits for their requests.
    pub(super) async fn serve(self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let places = self.max_connections.min(Semaphore::MAX_PERMITS);
        let mut accepting = Accepting {
            listener,
            places: Arc::new(Semaphore::new(places)),
            clients: Arc::clone(&self.clients),
            accepted: None,
            told: None,
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(LONGEST_HEAD);
        let shared = Arc::new(Shared {
            connections: self,
            http,
            stopping: watch::Sender::new(false),
        });
        // Each connection holds a receiver.
        let (open, is_open) = watch::channel(());
        let spawn = |connection: TcpStream, place: Option<OwnedSemaphorePermit>| {
            let (shared, is_open) = (Arc::clone(&shared), is_open.clone());
            tokio::spawn(async move {
                shared.connection(connection).await;
                drop((place, is_open));
            });
        };
        let mut stop = pin!(stop);
        loop {
            tokio::select! {
                (connection, place) = accepting.next() => spawn(connection, Some(place)),
                () = &mut stop => break,
            }
        }
        // They have connected by now, and perhaps sent a request.
        for connection in accepting.rest() {
            spawn(connection, None);
        }
        drop(is_open);
        shared.stopping.send_replace(true);
        open.closed().await;
    }
}

impl Shared {
    /// Serves one connection until it ends.
    async fn connection(&self, connection: TcpStream) {
        set_options(&connection);
        let peer = connection.peer_addr().ok();
        let Connections {
            router,
            hosting,
            clients,
            min_data_rate,
            ..
        } = &self.connections;
        let present = clients.enter();
        let client = present.client();
        let router = TowerToHyperService::new(router.clone());
        let service = service_fn(|request| {
            let mut request = match hosting {
                // Nearly all are sent as the router has them.
                Some(hosting) if !is_sent_so(request.uri().path()) => {
                    hosting.now().paths.routed(request)
                }
                _ => request,
            };
            request.extensions_mut().insert(Arc::clone(client));
            if let Some(peer) = peer {
                request.extensions_mut().insert(ConnectInfo(peer));
            }
            let uri = request.uri().clone();
            let answer = router.call(request);
            answer.map_ok(move |answer| {
                let mut answer = explained(answer, &uri, hosting.as_deref());
                let is_upgrade = answer.status() == StatusCode::SWITCHING_PROTOCOLS;
                if *self.stopping.borrow() && !is_upgrade {
                    let close = HeaderValue::from_static("close");
                    answer.headers_mut().insert(header::CONNECTION, close);
                }
                answer
            })
        });
        let (connection, presence) = watched(connection, Arc::clone(client), *min_data_rate);
        let connection = self
            .http
            .serve_connection(TokioIo::new(connection), service);
        let served = async {
            let mut connection = pin!(connection.with_upgrades());
            let mut stopping = self.stopping.subscribe();
            let idle = async {
                let _ = stopping.wait_for(|stopping| *stopping).await;
                client.is_silent_for(LINGER, LINGER_NEW).await;
            };
            let ended = tokio::select! {
                biased; // a request that has come is begun
                ended = connection.as_mut() => Some(ended),
                () = idle => None,
            };
            let ended = match ended {
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
        // The others drop the connection, and with it the request that is in flight on it.
        tokio::select! {
            biased;
            () = served => {}
            () = presence.ended() => {}
            () = client.is_cut_off() => {
                let why = client.why_cut_off();
                tracing::debug!(why, "a connection was cut off");
            }
        }
    }
}

/// Accepts connections while there is room for them.
struct Accepting {
    listener: TcpListener,
    places: Arc<Semaphore>,
    clients: Arc<Clients>,
    /// The one that waits for a place: no client has to leave before it is there.
    accepted: Option<TcpStream>,
    /// When it was last told that there is no room.
    told: Option<Instant>,
}

impl Accepting {
    /// The next connection, and its place among the others.
    async fn next(&mut self) -> (TcpStream, OwnedSemaphorePermit) {
        loop {
            if self.accepted.is_some() {
                let place = self.place().await;
                if let Some(connection) = self.accepted.take() {
                    return (connection, place);
                }
            }
            match self.listener.accept().await {
                Ok((connection, _address)) => self.accepted = Some(connection),
                Err(error) if is_of_one_connection(&error) => {}
                // Above all, that the process has no descriptors left.
                Err(error) => {
                    self.tell(format_args!(
                        "cannot accept connections: {error} (`ulimit -n` is how many descriptors there may be)"
                    ));
                    self.clients.make_room();
                    sleep(RETRY).await;
                }
            }
        }
    }

    /// A place, perhaps that of a client which has kept the server waiting.
    async fn place(&mut self) -> OwnedSemaphorePermit {
        loop {
            let places = Arc::clone(&self.places);
            if let Ok(place) = Arc::clone(&places).try_acquire_owned() {
                return place;
            }
            if !self.clients.make_room() {
                self.tell(format_args!("as many connections are open as may be"));
            }
            if let Ok(Ok(place)) = timeout(RETRY, places.acquire_owned()).await {
                return place;
            }
        }
    }

    /// The connections that wait to be accepted. After them no more are.
    fn rest(self) -> Vec<TcpStream> {
        let Ok(listener) = self.listener.into_std() else {
            return Vec::new();
        };
        let accepted = std::iter::from_fn(|| listener.accept().ok());
        let accepted = accepted.filter_map(|(connection, _)| {
            connection.set_nonblocking(true).ok()?;
            TcpStream::from_std(connection).ok()
        });
        self.accepted.into_iter().chain(accepted).collect()
    }

    fn tell(&mut self, why: std::fmt::Arguments<'_>) {
        let now = Instant::now();
        if self.told.is_none_or(|told| told + TOLD_EVERY <= now) {
            self.told = Some(now);
            tracing::warn!("{why}: those that come now have to wait");
        }
    }
}

/// Whether the client has left, rather than that none can be accepted.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

fn set_options(connection: &TcpStream) {
    // Responses are small and written whole: waiting to fill a packet would only delay them.
    if let Err(error) = connection.set_nodelay(true) {
        tracing::debug!(%error, "cannot set TCP_NODELAY");
    }
    #[cfg(any(target_os = "linux", target_os = "android"))]
    if let Err(error) = socket2::SockRef::from(connection).set_tcp_notsent_lowat(UNSENT) {
        tracing::debug!(%error, "cannot set TCP_NOTSENT_LOWAT");
    }
}

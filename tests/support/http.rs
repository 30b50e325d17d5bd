//! A server in this process, and a client that writes HTTP by hand.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use serde_json::Value;
use serve_runtime::ingress::{Serve, Server, ServerOptions};
use serve_runtime::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use super::within;

/// A server that runs until it is stopped.
pub struct Served {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<()>>,
}

/// Serves on a free port, and waits until every replica is ready.
pub async fn serve<G>(application: Application<G>) -> Served
where
    G: Serve,
{
    serve_with(application, |_| {}).await
}

pub async fn serve_with<G>(
    application: Application<G>,
    options: impl FnOnce(&mut ServerOptions),
) -> Served
where
    G: Serve,
{
    let mut given = ServerOptions::default();
    given.port = 0;
    options(&mut given);
    serve_all(Server::new().application(application).options(given)).await
}

/// Serves, on a free port if it is so set, and waits until every replica is ready.
pub async fn serve_all(server: Server) -> Served {
    let (ready, address) = oneshot::channel();
    let (stop, stopped) = oneshot::channel();
    let server = server.on_ready(move |address| {
        let _ = ready.send(address);
    });
    let server = tokio::spawn(server.run_until(async move { drop(stopped.await) }));
    let address = within(address).await.unwrap();
    Served {
        address,
        stop,
        server,
    }
}

impl Served {
    /// Posts JSON to the graph at `/`.
    pub async fn post(&self, body: Value) -> Answer {
        self.post_to("/", body).await
    }

    pub async fn post_to(&self, path: &str, body: Value) -> Answer {
        Request::post(path).json(body).send(self.address).await
    }

    /// Posts a body of another kind.
    pub async fn post_as(
        &self,
        path: &str,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let request = Request::post(path).header("content-type", content_type);
        request.body(body).send(self.address).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        Request::new("GET", path).send(self.address).await
    }

    /// Stops the server; it ends when the requests in flight are answered.
    pub fn stop(self) -> JoinHandle<Result<()>> {
        let _ = self.stop.send(());
        self.server
    }
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Answer {
    /// The body of a success, as JSON.
    #[track_caller]
    pub fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{self:?}");
        self.json()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn id(&self) -> &str {
        &self.headers["x-request-id"]
    }
}

/// A request, as its bytes.
pub struct Request {
    head: Vec<u8>,
    body: Vec<u8>,
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        Request::to("test", method, path)
    }

    /// One to a server by that name.
    pub fn to(host: &str, method: &str, path: &str) -> Self {
        let head = format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n");
        Request {
            head: head.into_bytes(),
            body: Vec::new(),
        }
    }

    pub fn post(path: &str) -> Self {
        Request::new("POST", path)
    }

    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Self {
        self.head.extend_from_slice(name.as_bytes());
        self.head.extend_from_slice(b": ");
        self.head.extend_from_slice(value.as_ref());
        self.head.extend_from_slice(b"\r\n");
        self
    }

    pub fn json(self, body: Value) -> Self {
        self.header("content-type", "application/json")
            .body(body.to_string())
    }

    /// A form of parts: a name, a content type, and the content.
    pub fn form<'p>(self, parts: impl IntoIterator<Item = (&'p str, &'p str, Vec<u8>)>) -> Self {
        let mut body = Vec::new();
        for (name, content_type, bytes) in parts {
            let head = format!(
                "--edge\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\
                 content-type: {content_type}\r\n\r\n"
            );
            body.extend([head.as_bytes(), &bytes, b"\r\n"].concat());
        }
        body.extend_from_slice(b"--edge--\r\n");
        self.header("content-type", "multipart/form-data; boundary=edge")
            .body(body)
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it, and returns the connection: read the answer from it, or drop it to hang up.
    pub async fn start(self, address: SocketAddr) -> TcpStream {
        let mut connection = within(TcpStream::connect(address)).await.unwrap();
        let length = format!("content-length: {}\r\n\r\n", self.body.len());
        let whole = [self.head, length.into_bytes(), self.body].concat();
        within(connection.write_all(&whole)).await.unwrap();
        connection
    }

    pub async fn send(self, address: SocketAddr) -> Answer {
        answer(self.start(address).await).await
    }
}

/// Reads the answer to the end of the connection.
pub async fn answer(mut connection: TcpStream) -> Answer {
    let mut whole = String::new();
    within(connection.read_to_string(&mut whole)).await.unwrap();
    let (head, body) = whole.split_once("\r\n\r\n").unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    Answer {
        status: status.parse().unwrap(),
        headers: headers
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect(),
        body: body.to_owned(),
    }
}

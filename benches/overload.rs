//! Five times as many requests as can be answered, over HTTP: how many are answered, how soon the rest is
//! refused, and how many wait meanwhile. Run it with `cargo bench -p serve-benches --bench overload`.

#![allow(
    missing_debug_implementations,
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used
)]

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serve_runtime::ingress::{Server, ServerOptions};
use serve_runtime::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until};

const REPLICAS: u32 = 4;
const QUEUED: u32 = 8;
/// The time of a call, so that the capacity does not depend on the machine.
const SERVICE: Duration = Duration::from_millis(10);
const CONNECTIONS: usize = 100;
const LASTS: Duration = Duration::from_secs(5);

static ADMITTED: AtomicUsize = AtomicUsize::new(0);
static BEGUN: AtomicUsize = AtomicUsize::new(0);
static DEEPEST: AtomicUsize = AtomicUsize::new(0);

/// Counts the requests that are admitted, and the maximum that wait.
#[deployment]
pub async fn admit(x: u64) -> u64 {
    let admitted = ADMITTED.fetch_add(1, Ordering::SeqCst) + 1;
    let waiting = admitted.saturating_sub(BEGUN.load(Ordering::SeqCst));
    DEEPEST.fetch_max(waiting, Ordering::SeqCst);
    x
}

#[deployment(num_replicas = REPLICAS, max_queued_requests = QUEUED)]
pub struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    pub fn run(&self, x: u64) -> u64 {
        BEGUN.fetch_add(1, Ordering::SeqCst);
        std::thread::sleep(SERVICE);
        x
    }
}

#[graph]
pub fn pipeline() -> u64 {
    let model = Model::bind();
    input(|x: u64| model.run(admit(x)))
}

/// The results of the requests of one run.
#[derive(Default)]
struct Came {
    sent: usize,
    answered: usize,
    /// How long each refusal took.
    refused: Vec<Duration>,
}

/// A server on threads of its own.
fn server() -> SocketAddr {
    let (ready, address) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let server = Server::new()
            .application(pipeline())
            .options(ServerOptions::new().port(0))
            .on_ready(move |address| ready.send(address).unwrap());
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime
            .block_on(server.run_until(std::future::pending()))
            .unwrap();
    });
    address.recv().unwrap()
}

/// `connections` clients, each of which sends a request every `every`, or as soon as it is answered.
async fn load(address: SocketAddr, connections: usize, every: Option<Duration>) -> Came {
    let end = Instant::now() + LASTS;
    let client = move |number: usize| async move {
        let mut connection = TcpStream::connect(address).await.unwrap();
        connection.set_nodelay(true).unwrap();
        let mut came = Came::default();
        let mut next =
            Instant::now() + every.unwrap_or_default() * number as u32 / connections as u32;
        while Instant::now() < end {
            if let Some(every) = every {
                sleep_until(next).await;
                next += every;
            }
            let x = (number * 1_000_000 + came.sent) as u64;
            let begun = Instant::now();
            came.sent += 1;
            match request(&mut connection, x).await {
                (200, body) => {
                    assert_eq!(body, x.to_string(), "the answer of another request");
                    came.answered += 1;
                }
                (503, _) => came.refused.push(begun.elapsed()),
                other => panic!("{other:?}"),
            }
        }
        came
    };
    let clients: Vec<_> = (0..connections)
        .map(|number| tokio::spawn(client(number)))
        .collect();
    let mut all = Came::default();
    for client in clients {
        let came = client.await.unwrap();
        all.sent += came.sent;
        all.answered += came.answered;
        all.refused.extend(came.refused);
    }
    all.refused.sort();
    all
}

async fn request(connection: &mut TcpStream, x: u64) -> (u16, String) {
    let body = x.to_string();
    let length = body.len();
    let head = "POST / HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json";
    let request = format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}");
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    loop {
        assert_ne!(
            connection.read_buf(&mut answer).await.unwrap(),
            0,
            "hung up"
        );
        let text = String::from_utf8_lossy(&answer);
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let head = head.to_ascii_lowercase();
        let length = head.split("content-length: ").nth(1).unwrap();
        let length: usize = length.lines().next().unwrap().parse().unwrap();
        if body.len() >= length {
            return (head[9..12].parse().unwrap(), body.to_owned());
        }
    }
}

/// The memory of the process, in KiB.
fn memory() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let number = line.and_then(|line| line.split_whitespace().next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn main() {
    let address = server();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        // As many as run and wait, so that no replica is ever idle.
        let alone = load(address, (REPLICAS + QUEUED) as usize, None).await;
        let capacity = alone.answered as f64 / LASTS.as_secs_f64();
        println!("capacity: {capacity:.0} answers a second");

        let every = Duration::from_secs_f64(CONNECTIONS as f64 / (5.0 * capacity));
        load(address, CONNECTIONS, Some(every)).await; // by then, the memory that the process keeps is allocated
        DEEPEST.store(0, Ordering::SeqCst);
        let before = memory();
        let came = load(address, CONNECTIONS, Some(every)).await;
        let grown = memory() - before;
        let seconds = LASTS.as_secs_f64();
        let goodput = came.answered as f64 / seconds;
        println!(
            "offered: {:.2} times that",
            came.sent as f64 / seconds / capacity
        );
        println!("goodput: {:.3} of the capacity", goodput / capacity);
        let at = |part: f64| {
            let last = came.refused.len().saturating_sub(1);
            let refusal = came.refused.get((last as f64 * part) as usize);
            refusal.map_or(0.0, |took| took.as_secs_f64() * 1e3)
        };
        let (p50, p99, p999, max) = (at(0.5), at(0.99), at(0.999), at(1.0));
        println!(
            "refused in: p50 {p50:.2} ms, p99 {p99:.2} ms, p99.9 {p999:.2} ms, max {max:.2} ms"
        );
        let deepest = DEEPEST.load(Ordering::SeqCst);
        println!(
            "admitted and not begun: at most {deepest}, of {}",
            REPLICAS + QUEUED
        );
        println!("memory: {grown:+} KiB");
        let (sent, answered, refused) = (came.sent, came.answered, came.refused.len());
        println!("sent {sent} = answered {answered} + refused {refused}");
        assert_eq!(sent, answered + refused);
        assert!(deepest <= (REPLICAS + QUEUED) as usize);
    });
}

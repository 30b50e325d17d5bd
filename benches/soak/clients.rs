//! Requests over HTTP: read at once, slowly, half-way or not at all; and SIGHUP, with files of every kind.

use std::net::SocketAddr;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

use crate::Outcomes;
use crate::changes::{bad, good};
use crate::random::Random;

/// The content of the file that SIGHUP applies.
pub type File = Arc<Mutex<String>>;

/// More than any request here takes, unless it is forgotten.
const TOO_LONG: Duration = Duration::from_secs(60);

/// Sends requests until the end, and counts the results.
pub async fn client(
    address: SocketAddr,
    seed: u64,
    end: Instant,
    sent: Arc<AtomicU64>,
) -> Outcomes {
    let (mut random, mut outcomes) = (Random::new(seed), Outcomes::new());
    while Instant::now() < end {
        sent.fetch_add(1, Ordering::SeqCst);
        let outcome = timeout(TOO_LONG, request(address, &mut random)).await;
        let outcome = outcome.expect("a request over HTTP hangs");
        *outcomes.entry(outcome).or_default() += 1;
    }
    outcomes
}

async fn request(address: SocketAddr, random: &mut Random) -> String {
    let Ok(mut connection) = TcpStream::connect(address).await else {
        return "HTTP refused".to_owned();
    };
    let x = random.below(1 << 50);
    let wait = Duration::from_millis(random.below(50));
    match random.below(20) {
        0..10 => {
            let _ = send(&mut connection, "/all", &x.to_string(), Duration::ZERO).await;
            one_answer(connection, x).await
        }
        10 | 11 => {
            let _ = send(&mut connection, "/all", &x.to_string(), wait).await;
            one_answer(connection, x).await
        }
        12 | 13 => {
            let _ = send(&mut connection, "/all", &x.to_string(), Duration::ZERO).await;
            sleep(wait / 10).await;
            "HTTP left".to_owned()
        }
        14 => {
            let _ = timeout(wait, send(&mut connection, "/all", &x.to_string(), wait)).await;
            "HTTP left while sending".to_owned()
        }
        15..18 => {
            let count = random.below(300) as usize;
            let _ = send(
                &mut connection,
                "/items",
                &count.to_string(),
                Duration::ZERO,
            )
            .await;
            whole_stream(connection, count).await
        }
        18 => {
            let _ = send(&mut connection, "/items", "100000", Duration::ZERO).await;
            let _ = connection.read(&mut [0; 10_000]).await;
            "HTTP left a stream".to_owned()
        }
        _ => {
            let _ = send(&mut connection, "/items", "100000", Duration::ZERO).await;
            sleep(wait * 100).await;
            "HTTP did not read a stream".to_owned()
        }
    }
}

/// Sends a request, with a pause before each byte of its body.
async fn send(
    connection: &mut TcpStream,
    path: &str,
    body: &str,
    pause: Duration,
) -> std::io::Result<()> {
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: soak\r\ncontent-type: application/json\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).await?;
    if pause.is_zero() {
        return connection.write_all(body.as_bytes()).await;
    }
    for byte in body.bytes() {
        sleep(pause).await;
        connection.write_all(&[byte]).await?;
    }
    Ok(())
}

async fn read(mut connection: TcpStream) -> String {
    let mut bytes = Vec::new();
    // An error is an answer that is cut off, which its length shows.
    let _ = connection.read_to_end(&mut bytes).await;
    String::from_utf8(bytes).unwrap()
}

/// Each request has one answer, and its own.
async fn one_answer(connection: TcpStream, x: u64) -> String {
    let answer = read(connection).await;
    let status = answer.split(' ').nth(1);
    let status = status.unwrap_or_else(|| panic!("no answer: {answer:?}"));
    let (_, body) = answer.split_once("\r\n\r\n").expect("a whole head");
    assert!(!body.is_empty(), "{answer}");
    if status == "200" {
        assert_eq!(body, x.to_string(), "the answer of another request");
    }
    format!("HTTP {status}")
}

/// A stream is whole, or says that it is not.
async fn whole_stream(connection: TcpStream, count: usize) -> String {
    let answer = read(connection).await;
    let status = answer.split(' ').nth(1);
    let status = status.unwrap_or_else(|| panic!("no answer: {answer:?}"));
    if status != "200" {
        return format!("HTTP stream {status}");
    }
    let items = answer.matches("xxx\"\n").count();
    let is_whole = answer.ends_with("\r\n0\r\n\r\n") && !answer.contains("{\"error\"");
    assert_eq!(is_whole, items == count, "{items} of {count}: {answer}");
    match is_whole {
        true => "HTTP stream".to_owned(),
        false => "HTTP stream cut off".to_owned(),
    }
}

/// Applies files of every kind, until the end.
pub async fn hang_up(file: File, seed: u64, end: Instant) -> u64 {
    let (mut random, mut made) = (Random::new(seed), 0);
    while Instant::now() < end {
        let text = match random.below(2) {
            0 => good(&mut random, "everything/"),
            _ => bad(&mut random, "everything/"),
        };
        apply(&file, text);
        made += 1;
        sleep(Duration::from_millis(200 + random.below(2_000))).await;
    }
    made
}

/// Applies a file, unless it is refused.
pub fn apply(file: &File, text: String) {
    *file.lock().unwrap() = text;
    let id = std::process::id().to_string();
    let killed = Command::new("kill").args(["-HUP", &id]).status();
    assert!(killed.expect("a program `kill`").success());
}

/// Whether the server says that all its deployments are well.
pub async fn is_healthy(address: SocketAddr) -> bool {
    let Ok(mut connection) = TcpStream::connect(address).await else {
        return false;
    };
    let probe = b"GET /-/healthz HTTP/1.1\r\nhost: soak\r\nconnection: close\r\n\r\n";
    connection.write_all(probe).await.is_ok()
        && read(connection).await.ends_with(r#"{"status":"ok"}"#)
}

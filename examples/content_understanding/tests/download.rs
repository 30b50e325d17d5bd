//! Downloads over real connections, from servers that misbehave.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use content_understanding::download::{DownloadError, Downloader, Limits};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use url::Url;

/// Serves every connection with `answer`, on its own task, until the test ends.
async fn serve<F>(answer: impl Fn(TcpStream) -> F + Send + 'static) -> SocketAddr
where
    F: Future<Output = std::io::Result<()>> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            // The request is of no interest, but must be read before it is answered.
            let _ = stream.read(&mut [0; 4096]).await;
            tokio::spawn(answer(stream));
        }
    });
    address
}

/// A server that sends these bytes and hangs up.
async fn serve_bytes(answer: impl Into<Vec<u8>>) -> SocketAddr {
    let answer = answer.into();
    serve(move |mut stream| {
        let answer = answer.clone();
        async move { stream.write_all(&answer).await }
    })
    .await
}

fn url(address: SocketAddr) -> Url {
    format!("http://{address}/photo.png").parse().unwrap()
}

fn downloader() -> Downloader {
    Downloader::with_limits(Limits {
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(5),
        max_bytes: 16 << 10,
        max_redirects: 5,
    })
    .unwrap()
}

async fn failure(url: Url) -> DownloadError {
    let error = downloader().download(url).await.unwrap_err();
    println!("{error}");
    error
}

#[tokio::test]
async fn a_body_arrives_whole() {
    let body: Vec<u8> = (0..16 << 10).map(|i| i as u8).collect();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
    let address = serve_bytes([head.as_bytes(), &body].concat()).await;
    assert_eq!(downloader().download(url(address)).await.unwrap(), body);
    // The default limits set up as well.
    assert_eq!(
        Downloader::new()
            .unwrap()
            .download(url(address))
            .await
            .unwrap(),
        body
    );
}

#[tokio::test]
async fn only_the_web_is_downloaded() {
    for address in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/photo.png",
        "data:,photo",
    ] {
        let error = failure(address.parse().unwrap()).await;
        assert!(matches!(error, DownloadError::Scheme { .. }), "{error}");
        assert!(error.is_invalid_input());
        assert!(error.to_string().contains(address), "{error}");
    }
}

#[tokio::test]
async fn a_refusal_names_its_status() {
    let address = serve_bytes("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n").await;
    let error = failure(url(address)).await;
    assert!(matches!(error, DownloadError::Status { .. }), "{error}");
    assert!(!error.is_invalid_input());
    assert!(error.to_string().contains("404 Not Found"), "{error}");
    assert!(error.to_string().contains(url(address).as_str()), "{error}");
}

#[tokio::test]
async fn redirects_are_followed() {
    let photo = serve_bytes("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nphoto").await;
    let redirect = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\n\r\n", url(photo));
    let address = serve_bytes(redirect).await;
    assert_eq!(downloader().download(url(address)).await.unwrap(), "photo");
}

#[tokio::test]
async fn a_redirect_cannot_leave_the_web() {
    for target in ["file:///etc/passwd", "ftp://127.0.0.1/photo.png"] {
        let answer = format!("HTTP/1.1 302 Found\r\nlocation: {target}\r\n\r\n");
        let error = failure(url(serve_bytes(answer).await)).await;
        assert!(
            matches!(error, DownloadError::RedirectScheme { .. }),
            "{error}"
        );
        assert!(error.is_invalid_input());
        assert!(error.to_string().contains(target), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_in_a_circle_ends() {
    let answer = "HTTP/1.1 302 Found\r\nlocation: /again.png\r\ncontent-length: 0\r\n\r\n";
    let error = failure(url(serve_bytes(answer).await)).await;
    assert!(
        matches!(error, DownloadError::TooManyRedirects { limit: 5, .. }),
        "{error}"
    );
    assert!(!error.is_invalid_input());
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let address = serve(|mut stream| async move {
        stream
            .write_all(b"HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n")
            .await?;
        loop {
            stream.write_all(&[0; 1 << 10]).await?;
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
    let error = failure(url(address)).await;
    assert!(matches!(error, DownloadError::TooLarge { .. }), "{error}");
    assert!(error.is_invalid_input());
    assert!(error.to_string().contains("16 KiB"), "{error}");
}

#[tokio::test]
async fn a_body_announced_as_too_large_is_not_waited_for() {
    let address = serve(|mut stream| async move {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n";
        stream.write_all(head).await?;
        std::future::pending().await
    })
    .await;
    let start = Instant::now();
    let error = failure(url(address)).await;
    assert!(matches!(error, DownloadError::TooLarge { .. }), "{error}");
    assert!(start.elapsed() < Duration::from_secs(4));
}

#[tokio::test]
async fn a_body_that_breaks_off_is_not_a_photo() {
    let answer = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbeginning";
    let error = failure(url(serve_bytes(answer).await)).await;
    assert!(
        matches!(error, DownloadError::Interrupted { .. }),
        "{error}"
    );
    assert!(!error.is_invalid_input());
}

#[tokio::test]
async fn a_port_without_a_server_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let error = failure(url(address)).await;
    assert!(
        matches!(error, DownloadError::Unreachable { .. }),
        "{error}"
    );
    assert!(!error.is_invalid_input());
    assert!(error.to_string().contains("refused"), "{error}");
}

#[tokio::test]
async fn a_host_that_falls_silent_times_out() {
    // Silent before the answer, and in the middle of it.
    for head in [
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nbeginning",
    ] {
        let address = serve(move |mut stream| async move {
            stream.write_all(head.as_bytes()).await?;
            std::future::pending().await
        })
        .await;
        let limits = Limits {
            timeout: Duration::from_millis(200),
            ..Limits::default()
        };
        let downloader = Downloader::with_limits(limits).unwrap();
        let error = downloader.download(url(address)).await.unwrap_err();
        assert!(matches!(error, DownloadError::Timeout { .. }), "{error}");
        assert!(!error.is_invalid_input());
        assert!(error.to_string().contains("0.2 s"), "{error}");
    }
}

#[tokio::test]
async fn the_client_still_works_after_a_failed_handshake() {
    // The server does not speak TLS.
    let address = serve_bytes("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nphoto").await;
    let secure = format!("https://{address}/photo.png").parse().unwrap();
    let error = failure(secure).await;
    assert!(
        matches!(error, DownloadError::Unreachable { .. }),
        "{error}"
    );
    assert_eq!(downloader().download(url(address)).await.unwrap(), "photo");
}

#[tokio::test]
async fn a_password_is_not_repeated() {
    let address = serve_bytes("HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\n\r\n").await;
    let secret = format!("http://name:secret@{address}/photo.png")
        .parse()
        .unwrap();
    let error = failure(secret).await;
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

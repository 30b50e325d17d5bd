//! The program as its clients see it.
#![allow(clippy::unwrap_used)] // a test that cannot continue fails

use std::process::Stdio;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};
use tokio::time::timeout;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

/// The program, and its address.
async fn program() -> (Child, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_in_axum"))
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    (child, line.strip_prefix("http://").unwrap().to_owned())
}

async fn answer(address: &str, request: String) -> String {
    let mut connection = TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).await.unwrap();
    answer
}

fn post(path: &str, token: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: 5\r\n\r\n\"tea\""
    )
}

const WORDS: [&str; 9] = [
    "you", "asked", "about", "tea", "and", "this", "is", "the", "answer",
];

#[tokio::test]
async fn the_graph_is_behind_the_login_and_streams_over_the_socket() {
    let checked = async {
        let (_program, address) = program().await;
        let home = answer(
            &address,
            "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n".into(),
        );
        assert!(home.await.ends_with("welcome"));
        let refused = answer(&address, post("/ai/answer", "Bearer milk")).await;
        assert!(refused.starts_with("HTTP/1.1 401"), "{refused}");
        let told = answer(&address, post("/ai/answer", "Bearer tea")).await;
        assert!(told.starts_with("HTTP/1.1 200"), "{told}");
        for word in WORDS {
            assert!(told.contains(&format!("\"{word}\"\n")), "{told}");
        }

        let chat = format!("ws://{address}/chat");
        let refused = connect_async(&chat).await.unwrap_err().to_string();
        assert!(refused.contains("401"), "{refused}");
        let mut request = chat.into_client_request().unwrap();
        let token = "Bearer tea".parse().unwrap();
        request.headers_mut().insert("authorization", token);
        let (mut socket, _) = connect_async(request).await.unwrap();
        for _ in 0..2 {
            socket.send("tea".into()).await.unwrap();
            for word in WORDS {
                let said = socket.next().await.unwrap().unwrap();
                assert_eq!(said.to_text().unwrap(), word);
            }
        }
    };
    timeout(Duration::from_secs(60), checked).await.unwrap();
}

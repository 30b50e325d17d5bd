//! A graph in an axum program that exists already: behind its login, and word by word over a WebSocket of its own.

use std::time::Duration;

use axum::Router;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use futures::{Stream, StreamExt, stream};
use serve_runtime::prelude::*;

#[deployment]
async fn draft(question: String) -> String {
    format!("you asked about {question} and this is the answer")
}

#[deployment]
async fn speak(text: String) -> impl Stream<Item = String> {
    let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
    stream::iter(words).then(|word| async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        word
    })
}

/// Answers a question.
#[graph(route_prefix = "/answer")]
fn answers() -> Streaming<String> {
    input(|question: String| speak(draft(question)))
}

/// The login of the program.
async fn login(request: Request, next: Next) -> Response {
    match request.headers().get("authorization") {
        Some(token) if token == "Bearer tea" => next.run(request).await,
        _ => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn chat(State(graph): State<AnswersGraphHandle>, socket: WebSocketUpgrade) -> Response {
    socket.on_upgrade(|socket| converse(graph, socket))
}

/// Each text is a question. A client that leaves ends the work for it.
async fn converse(graph: AnswersGraphHandle, mut socket: WebSocket) {
    while let Some(Ok(Message::Text(question))) = socket.recv().await {
        let mut words = match graph.call(question.to_string()).await {
            Ok(words) => words,
            Err(error) => return drop(socket.send(error.to_string().into()).await),
        };
        while let Some(Ok(word)) = words.next().await {
            let Ok(()) = socket.send(word.into()).await else {
                return;
            };
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let app = deploy(answers()).await?;
    let program = Router::new()
        .route("/chat", any(chat))
        .with_state(Deployed::handle(&app).clone())
        .nest("/ai", Deployed::router(&app)) // POST /ai/answer
        .layer(from_fn(login))
        .route("/", get(|| async { "welcome" }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("http://{}", listener.local_addr()?);
    let stop = async { drop(tokio::signal::ctrl_c().await) };
    axum::serve(listener, program)
        .with_graceful_shutdown(stop)
        .await?;
    Deployed::shutdown(app).await;
    Ok(())
}

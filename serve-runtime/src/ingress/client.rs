//! The client at the other end of a connection, who may leave.
//!
//! hyper notices that by reading. It does not read on while there are bytes behind a request - a line end, or the
//! next request - so that the request would go on for a client that has left. The readiness of the socket says so
//! without reading.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, Interest, ReadBuf};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::time::sleep;

/// How long a client that has closed its side is still answered: some do so as soon as they have sent their request. Also
/// how often one that has sent more than is read is looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection, for hyper to read and write.
pub(super) struct Connection {
    // A half, as a `TcpStream` itself cannot be shared and written to.
    read: Arc<OwnedReadHalf>,
    write: OwnedWriteHalf,
}

/// Tells when the client has left.
pub(super) struct Presence(Arc<OwnedReadHalf>);

/// A connection, and who is at its other end.
pub(super) fn watched(stream: TcpStream) -> (Connection, Presence) {
    let (read, write) = stream.into_split();
    let read = Arc::new(read);
    let presence = Presence(Arc::clone(&read));
    (Connection { read, write }, presence)
}

impl Presence {
    /// Resolves when the client has left.
    pub(super) async fn ended(self) {
        loop {
            match self.0.ready(Interest::READABLE).await {
                Ok(ready) if ready.is_read_closed() => break,
                // There is something to read, perhaps for long.
                Ok(_) => sleep(PAUSE).await,
                // The runtime stops.
                Err(_) => std::future::pending().await,
            }
        }
        sleep(PAUSE).await;
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        into: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let stream: &TcpStream = (*self.read).as_ref();
        loop {
            ready!(stream.poll_read_ready(cx))?;
            match stream.try_read(into.initialize_unfilled()) {
                Ok(count) => {
                    into.advance(count);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.write).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.write).poll_write_vectored(cx, bytes)
    }

    fn is_write_vectored(&self) -> bool {
        self.write.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.write).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.write).poll_shutdown(cx)
    }
}

//! A connection, whose client may leave, or may not take what is written to it.
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

use super::clients::Client;
use super::pace::Pace;

/// How long a client that has closed its side is still answered: some do so as soon as they have sent their request. Also
/// how often one that has sent more than is read is looked at.
const PAUSE: Duration = Duration::from_millis(100);

/// A connection, for hyper to read and write.
pub(super) struct Connection {
    // A half, as a `TcpStream` itself cannot be shared and written to.
    read: Arc<OwnedReadHalf>,
    write: OwnedWriteHalf,
    client: Arc<Client>,
    /// Of what is written.
    pace: Pace,
}

/// Tells when the client has left.
pub(super) struct Presence(Arc<OwnedReadHalf>);

/// A connection, and whether its client is still there, who has to take the answers at that rate in bytes per second.
pub(super) fn watched(
    stream: TcpStream,
    client: Arc<Client>,
    min_data_rate: u64,
) -> (Connection, Presence) {
    let (read, write) = stream.into_split();
    let read = Arc::new(read);
    let presence = Presence(Arc::clone(&read));
    let connection = Connection {
        read,
        write,
        client,
        pace: Pace::new(min_data_rate, None),
    };
    (connection, presence)
}

impl Connection {
    /// Waits no longer for a client that takes nothing, or too little.
    fn paced(
        &mut self,
        cx: &mut Context<'_>,
        written: Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(bytes)) => {
                self.client.has_moved();
                self.pace.moved(*bytes);
            }
            Poll::Ready(Err(_)) => {}
            Poll::Pending => {
                self.client.is_waited_for();
                self.pace.set_until(self.client.takes_until());
                let too_slow = ready!(self.pace.poll_too_slow(cx));
                let why = format!("it took its answer too slowly: {too_slow}");
                self.client.cut_off(&*why);
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, why)));
            }
        }
        written
    }
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
                    self.client.has_sent();
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
        let written = Pin::new(&mut self.write).poll_write(cx, bytes);
        self.paced(cx, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.write).poll_write_vectored(cx, bytes);
        self.paced(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.write.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // There is nothing left to write.
        self.pace.rests();
        Pin::new(&mut self.write).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.write).poll_shutdown(cx)
    }
}

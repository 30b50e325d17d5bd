//! The producers of the tests: they stream numbers, in place and on a thread, and count them.

use futures_util::StreamExt;
use serve_runtime::prelude::*;
use tokio::sync::{Mutex, mpsc};

use crate::support::Count;

/// The receiver of the test's commands, which the only replica takes.
pub type Orders = Shared<std::sync::Mutex<Option<mpsc::UnboundedReceiver<u32>>>>;

/// The test's commands to a producer.
pub type Sender = mpsc::UnboundedSender<u32>;

pub fn orders() -> (Sender, Orders) {
    let (sender, received) = mpsc::unbounded_channel();
    (sender, Shared::new(std::sync::Mutex::new(Some(received))))
}

/// Lets the tests watch a producer.
#[derive(Clone)]
pub struct Seen {
    pub made: Count,
    pub dropped: Count,
}

impl Seen {
    pub fn new() -> Self {
        Seen {
            made: Count::new(),
            dropped: Count::new(),
        }
    }
}

#[deployment]
pub struct Forwarder {
    received: Mutex<mpsc::UnboundedReceiver<u32>>,
}

#[deployment]
impl Forwarder {
    pub fn new(received: Orders) -> Self {
        let received = received.lock().unwrap().take().unwrap();
        Forwarder {
            received: Mutex::new(received),
        }
    }

    /// The items that the test sends, until it hangs up.
    pub async fn forward(&self, from: u32) -> impl Stream<Item = u32> {
        futures_util::stream::unfold(&self.received, move |received| async move {
            let number = received.lock().await.recv().await?;
            Some((from + number, received))
        })
    }
}

/// Counts up in place.
#[deployment]
pub struct Counting {
    seen: Seen,
}

#[deployment]
impl Counting {
    pub fn new(seen: Seen) -> Self {
        Counting { seen }
    }

    pub async fn count(&self, to: u32) -> Result<impl Stream<Item = Result<u32>>> {
        if to == 0 {
            return Err(Error::invalid_input("nothing to count"));
        }
        let gone = self.seen.dropped.on_drop();
        Ok(futures_util::stream::iter(0..to).map(move |n| {
            let _ = &gone;
            self.seen.made.add();
            match n {
                13 => Err(Error::upstream("bad luck")),
                66 => panic!("order 66"),
                n => Ok(n),
            }
        }))
    }
}

/// Counts up on a thread.
#[deployment]
pub struct Machine {
    seen: Seen,
}

#[deployment]
impl Machine {
    pub fn new(seen: Seen) -> Self {
        Machine { seen }
    }

    pub fn count(&mut self, to: u32) -> impl Iterator<Item = Result<u32>> {
        let gone = self.seen.dropped.on_drop();
        (0..to).map(move |n| {
            let _ = &gone;
            self.seen.made.add();
            match n {
                13 => Err(Error::upstream("bad luck")),
                66 => panic!("order 66"),
                n => Ok(n),
            }
        })
    }
}

#[deployment]
pub async fn double(numbers: Streaming<u32>) -> Streaming<u32> {
    numbers.map(|n| 2 * n)
}

//! What the requests to all applications of a server share.

use std::sync::Arc;
use std::time::Duration;

use super::admission::Admission;
use super::body::Bodies;
use super::clients::Clients;
use super::cut_off::CutOff;
use super::floats::Floats;
use super::offload::Offload;
use super::options::ServerOptions;
use super::receiving::Receiving;

/// The limits and the state that the requests to all applications of a server share.
pub(crate) struct Serving {
    pub(super) admission: Admission,
    pub(super) bodies: Bodies,
    /// How long a client may take for a whole answer.
    pub(super) transfer_timeout: Duration,
    /// How long the head of a stream waits for its first item.
    pub(super) stream_head_timeout: Duration,
    pub(super) offload: Offload,
    /// What a float of an answer can be.
    pub(crate) floats: Floats,
    /// When the time of the requests in flight is up.
    pub(super) cut_off: CutOff,
}

impl Serving {
    pub(super) fn new(options: &ServerOptions, cut_off: CutOff, clients: Arc<Clients>) -> Self {
        Serving {
            admission: Admission::new(options.max_ongoing_requests, clients),
            bodies: Bodies {
                max_bytes: options.max_body_bytes,
                receiving: Receiving::new(options.max_ongoing_requests, options.max_body_bytes),
                timeout: options.transfer_timeout,
                min_data_rate: options.min_data_rate,
            },
            transfer_timeout: options.transfer_timeout,
            stream_head_timeout: options.stream_head_timeout,
            offload: Offload::new(),
            floats: Floats::new(options.refuse_non_finite),
            cut_off,
        }
    }
}

//! The moment at which the server gives up the requests in flight.

use tokio::sync::watch;

/// Tells when the time of the requests in flight is up.
#[derive(Clone)]
pub(super) struct CutOff(watch::Receiver<bool>);

/// Gives up the requests in flight. Dropping it does so as well: the server is gone then.
pub(super) struct GiveUp(watch::Sender<bool>);

pub(super) fn cut_off() -> (GiveUp, CutOff) {
    let (give_up, cut_off) = watch::channel(false);
    (GiveUp(give_up), CutOff(cut_off))
}

impl GiveUp {
    pub(super) fn now(&self) {
        self.0.send_replace(true);
    }
}

impl CutOff {
    /// Resolves at that moment.
    pub(super) async fn reached(mut self) {
        let _ = self.0.wait_for(|is_cut_off| *is_cut_off).await;
    }

    pub(super) fn is_reached(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}

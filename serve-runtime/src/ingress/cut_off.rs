//! The moment at which the server gives up the requests in flight.

use tokio::sync::watch;

/// Tells when the time of the requests in flight is up, if it ever is.
#[derive(Clone)]
pub(super) struct CutOff(Option<watch::Receiver<bool>>);

/// Gives up the requests in flight. Dropping it does so as well: the server is gone then.
pub(super) struct GiveUp(watch::Sender<bool>);

pub(super) fn cut_off() -> (GiveUp, CutOff) {
    let (give_up, cut_off) = watch::channel(false);
    (GiveUp(give_up), CutOff(Some(cut_off)))
}

impl GiveUp {
    pub(super) fn now(&self) {
        self.0.send_replace(true);
    }
}

impl CutOff {
    /// For requests that another server serves, which ends them itself.
    pub(super) fn never() -> Self {
        CutOff(None)
    }

    /// Resolves at that moment.
    pub(super) async fn reached(self) {
        match self.0 {
            Some(mut cut_off) => drop(cut_off.wait_for(|is_cut_off| *is_cut_off).await),
            None => std::future::pending().await,
        }
    }

    pub(super) fn is_reached(&self) -> bool {
        let cut_off = self.0.as_ref();
        cut_off.is_some_and(|cut_off| *cut_off.borrow() || cut_off.has_changed().is_err())
    }
}

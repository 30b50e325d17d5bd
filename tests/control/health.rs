//! `check_health`: a replica that fails it is replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serve_runtime::prelude::*;

use crate::support::{Count, OnDrop, within};

#[derive(Clone)]
struct Ward {
    built: Count,
    dropped: Count,
    checks: Arc<AtomicUsize>,
    /// Checks that failed.
    failures: Arc<AtomicUsize>,
    /// The first replica fails its checks from then on.
    ill: Arc<AtomicBool>,
}

impl Ward {
    fn new() -> Self {
        Ward {
            built: Count::new(),
            dropped: Count::new(),
            checks: Arc::default(),
            failures: Arc::default(),
            ill: Arc::default(),
        }
    }
}

macro_rules! patients {
    ($($Name:ident($timeout:literal) { $($items:tt)* })*) => { $(
        #[deployment(health_check_period_s = 0.005, health_check_timeout_s = $timeout)]
        struct $Name {
            ward: Ward,
            number: usize,
            _dropped: OnDrop,
        }

        #[deployment]
        impl $Name {
            fn new(ward: Ward) -> Self {
                let (number, _dropped) = (ward.built.add(), ward.dropped.on_drop());
                $Name { ward, number, _dropped }
            }

            $($items)*
        }

        impl $Name {
            fn is_well(&self) -> bool {
                self.ward.checks.fetch_add(1, Ordering::SeqCst);
                let is_ill = self.number == 0 && self.ward.ill.load(Ordering::SeqCst);
                self.ward.failures.fetch_add(usize::from(is_ill), Ordering::SeqCst);
                !is_ill
            }
        }
    )* };
}

patients! {
    InPlace(1000) {
        async fn number(&self) -> usize {
            self.number
        }

        fn check_health(&self) -> Result<()> {
            self.is_well().then_some(()).ok_or_else(|| Error::failed("ill"))
        }
    }
    Computing(1000) {
        fn number(&self) -> usize {
            self.number
        }

        fn check_health(&self) -> Result<()> {
            self.is_well().then_some(()).ok_or_else(|| Error::failed("ill"))
        }
    }
    Silent(0.02) {
        async fn number(&self) -> usize {
            self.number
        }

        async fn check_health(&self) {
            if !self.is_well() {
                std::future::pending().await
            }
        }
    }
    Panicking(1000) {
        async fn number(&self) -> usize {
            self.number
        }

        fn check_health(&self) {
            assert!(self.is_well(), "ill");
        }
    }
}

patients! {
    // A success, and then two failures in a row.
    Sickly(1000) {
        async fn number(&self) -> usize {
            self.number
        }

        fn check_health(&self) -> Result<()> {
            self.is_well();
            match self.ward.checks.load(Ordering::SeqCst) % 3 {
                1 => Ok(()),
                _ => Err(Error::failed("ill")),
            }
        }
    }
}

/// Waits until the replicas have been checked `checks` more times.
async fn until_checked(ward: &Ward, checks: usize) {
    let until = ward.checks.load(Ordering::SeqCst) + checks;
    within(async {
        while ward.checks.load(Ordering::SeqCst) < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    })
    .await;
}

macro_rules! is_replaced {
    ($Name:ident) => {{
        let ward = Ward::new();
        let app = deploy($Name::bind(ward.clone())).await.unwrap();
        until_checked(&ward, 4).await;
        assert_eq!(app.number().await.unwrap(), 0);
        assert_eq!(ward.built.get(), 1);
        ward.ill.store(true, Ordering::SeqCst);
        ward.built.reaches(2).await;
        within(async { while app.number().await.unwrap() == 0 {} }).await;
        assert_eq!(ward.failures.load(Ordering::SeqCst), 3);
        until_checked(&ward, 4).await;
        assert_eq!(ward.built.get(), 2);
    }};
}

#[tokio::test]
async fn after_three_failures_in_place() {
    is_replaced!(InPlace);
}

#[tokio::test]
async fn after_three_failures_on_a_thread() {
    is_replaced!(Computing);
}

#[tokio::test]
async fn after_three_checks_without_an_answer() {
    is_replaced!(Silent);
}

#[tokio::test]
async fn after_three_panics() {
    is_replaced!(Panicking);
}

#[tokio::test]
async fn a_replica_that_recovers_stays() {
    let ward = Ward::new();
    let _app = deploy(Sickly::bind(ward.clone())).await.unwrap();
    until_checked(&ward, 12).await;
    assert_eq!(ward.built.get(), 1);
}

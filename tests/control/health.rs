//! `check_health`: a replica that is not well is replaced.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use serve_runtime::prelude::*;

use crate::support::{Count, OnDrop};

#[derive(Clone)]
struct Ward {
    built: Count,
    dropped: Count,
    checks: Arc<AtomicUsize>,
    /// The first replica is ill from then on.
    ill: Arc<AtomicBool>,
}

impl Ward {
    fn new() -> Self {
        Ward {
            built: Count::new(),
            dropped: Count::new(),
            checks: Arc::default(),
            ill: Arc::default(),
        }
    }
}

macro_rules! patients {
    ($($Name:ident($timeout:literal) { $($items:tt)* })*) => { $(
        #[deployment(health_check_period_s = 5, health_check_timeout_s = $timeout)]
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
                self.number > 0 || !self.ward.ill.load(Ordering::SeqCst)
            }
        }
    )* };
}

patients! {
    InPlace(1e9) {
        async fn number(&self) -> usize {
            self.number
        }

        fn check_health(&self) -> Result<()> {
            self.is_well().then_some(()).ok_or_else(|| Error::failed("ill"))
        }
    }
    Computing(1e9) {
        fn number(&self) -> usize {
            self.number
        }

        fn check_health(&self) -> Result<()> {
            self.is_well().then_some(()).ok_or_else(|| Error::failed("ill"))
        }
    }
    Silent(2) {
        async fn number(&self) -> usize {
            self.number
        }

        async fn check_health(&self) {
            if !self.is_well() {
                std::future::pending().await
            }
        }
    }
    Panicking(1e9) {
        async fn number(&self) -> usize {
            self.number
        }

        fn check_health(&self) {
            assert!(self.is_well(), "ill");
        }
    }
}

/// Lets time pass until the replicas have been asked `checks` times more. The answers come from threads,
/// which take no time on this clock.
async fn until_checked(ward: &Ward, checks: usize) {
    let until = ward.checks.load(Ordering::SeqCst) + checks;
    while ward.checks.load(Ordering::SeqCst) < until {
        tokio::time::sleep(Duration::from_millis(100)).await;
        std::thread::yield_now();
    }
}

macro_rules! is_replaced {
    ($Name:ident) => {{
        let ward = Ward::new();
        let app = deploy($Name::bind(ward.clone())).await.unwrap();
        until_checked(&ward, 4).await;
        assert_eq!(app.number().await.unwrap(), 0);
        assert_eq!(ward.built.get(), 1);
        ward.ill.store(true, Ordering::SeqCst);
        until_checked(&ward, 2).await;
        assert_eq!(ward.built.get(), 1, "two failures are not enough");
        until_checked(&ward, 1).await;
        while app.number().await.unwrap() == 0 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(ward.built.get(), 2);
    }};
}

#[tokio::test(start_paused = true)]
async fn after_three_failures_in_place() {
    is_replaced!(InPlace);
}

#[tokio::test(start_paused = true)]
async fn after_three_failures_on_a_thread() {
    is_replaced!(Computing);
}

// An answer comes from a thread, which the clock does not wait for: here there is none to come.
#[tokio::test(start_paused = true)]
async fn after_three_checks_without_an_answer() {
    let ward = Ward::new();
    ward.ill.store(true, Ordering::SeqCst);
    let app = deploy(Silent::bind(ward.clone())).await.unwrap();
    let begun = tokio::time::Instant::now();
    while app.number().await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let seconds = begun.elapsed().as_secs();
    assert!((21..25).contains(&seconds), "3 x (5 + 2), but {seconds}");
}

#[tokio::test(start_paused = true)]
async fn after_three_panics() {
    is_replaced!(Panicking);
}

#[tokio::test(start_paused = true)]
async fn one_that_recovers_stays() {
    let ward = Ward::new();
    let _app = deploy(InPlace::bind(ward.clone())).await.unwrap();
    for _ in 0..4 {
        ward.ill.store(true, Ordering::SeqCst);
        until_checked(&ward, 2).await;
        ward.ill.store(false, Ordering::SeqCst);
        until_checked(&ward, 1).await;
    }
    assert_eq!(ward.built.get(), 1);
}

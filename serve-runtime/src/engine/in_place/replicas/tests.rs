use std::sync::atomic::AtomicUsize;

use futures_util::FutureExt;

use crate::engine::in_place::replicas::*;
use crate::engine::in_place::usage::Usage;
use crate::resources::Grant;

fn replica(id: u64) -> RefCount<Replica<()>> {
    let grant = Grant::nothing(&"Model".into(), 0);
    RefCount::new(Replica::new(
        ReplicaId(id),
        (),
        Usage::new(None),
        Arc::new(grant),
    ))
}

fn of(number: u64) -> Replicas<()> {
    let replicas = Replicas::new();
    for id in 0..number {
        replicas.add(replica(id));
    }
    replicas
}

#[test]
fn calls_go_to_the_least_loaded() {
    let replicas = of(2);
    let claims = [0, 1, 2, 3].map(|_| replicas.claim(None, Access::Any).unwrap());
    let at = |id| {
        claims
            .iter()
            .filter(move |claim| claim.replica.id == ReplicaId(id))
    };
    assert_eq!((at(0).count(), at(1).count()), (2, 2));
    assert_eq!(replicas.ongoing(), 4);
    drop(claims);
    assert_eq!(replicas.ongoing(), 0);
}

#[test]
fn a_call_goes_where_its_model_is() {
    let (replicas, [fr, de]) = (of(2), ["fr", "de"].map(Arc::<str>::from));
    let claim = |model| replicas.claim_for_model(model, Some(2), Access::Any);
    let at = |claimed: &Option<(Claim<()>, ModelHold)>| {
        let (claim, _) = claimed.as_ref().expect("a replica with room");
        claim.replica.id
    };
    let (first, again, other) = (claim(&fr), claim(&fr), claim(&de));
    assert_eq!(at(&first), at(&again));
    assert_ne!(at(&first), at(&other));
    // There is no room left where it is.
    assert_eq!(at(&claim(&fr)), at(&other));
    assert!(
        replicas
            .claim_for_model(&fr, Some(0), Access::Any)
            .is_none()
    );
}

#[test]
fn a_limit_is_strict() {
    for number in [1, 2] {
        let replicas = of(number);
        let claims: Vec<_> = (0..number)
            .map(|_| replicas.claim(Some(1), Access::Any).unwrap())
            .collect();
        assert!(replicas.claim(Some(1), Access::Any).is_none());
        drop(claims);
        assert!(replicas.claim(Some(1), Access::Any).is_some());
    }
}

#[test]
fn a_removed_replica_is_not_called_and_is_dropped_with_its_last_call() {
    for number in [1, 2] {
        let replicas = of(number);
        let claim = replicas.claim(None, Access::Any).unwrap();
        let id = claim.replica.id;
        drop(replicas.remove(id).unwrap());
        assert!(replicas.remove(id).is_none());
        assert!(
            replicas
                .claim(None, Access::Any)
                .is_none_or(|claim| claim.replica.id != id)
        );
        let replica = claim.replica.downgrade();
        drop(claim);
        assert_eq!(replica.approximate_count(), 0);
    }
}

#[test]
fn a_replica_that_comes_after_the_first_is_found() {
    let replicas = of(1);
    drop(replicas.remove(ReplicaId(0)));
    replicas.add(replica(1));
    assert_eq!(
        replicas.claim(None, Access::Any).unwrap().replica.id,
        ReplicaId(1)
    );
    replicas.clear();
    assert!(replicas.claim(None, Access::Any).is_none());
}

#[test]
fn a_paused_replica_is_not_called_until_it_is_resumed() {
    for number in [1, 2] {
        let replicas = of(number);
        let id = ReplicaId(0);
        let paused = replicas.pause(id).unwrap();
        assert_eq!(replicas.len() as u64, number - 1);
        assert!(
            replicas
                .claim(None, Access::Any)
                .is_none_or(|claim| claim.replica.id != id)
        );
        assert!(
            replicas
                .claim_for_model(&"fr".into(), None, Access::Any)
                .is_none_or(|(claim, _)| claim.replica.id != id)
        );
        assert!(replicas.resume(id));
        assert_eq!(replicas.len() as u64, number);
        let claims: Vec<_> = (0..number)
            .map(|_| replicas.claim(None, Access::Any).unwrap())
            .collect();
        assert!(claims.iter().any(|claim| claim.replica.id == id));
        drop((claims, paused, replicas.remove(id)));
        assert!(!replicas.resume(id), "it has been taken out");
        assert!(
            replicas
                .claim(None, Access::Any)
                .is_none_or(|claim| claim.replica.id != id)
        );
    }
}

#[tokio::test]
async fn waiting_until_idle_does_not_wait_for_a_removed_replica() {
    let replicas = of(2);
    let _claims = [0, 1].map(|_| replicas.claim(None, Access::Any).unwrap());
    let mut idle = Box::pin(replicas.wait_idle());
    assert!((&mut idle).now_or_never().is_none());
    drop(replicas.remove(ReplicaId(0)));
    assert!((&mut idle).now_or_never().is_none());
    // Nor for a paused one, which is waited for where it is paused.
    let _paused = replicas.pause(ReplicaId(1));
    assert_eq!(replicas.ongoing(), 0);
    assert!(replicas.resume(ReplicaId(1)));
    drop(replicas.remove(ReplicaId(1)));
    assert!((&mut idle).now_or_never().is_some());
}

/// How many calls are in flight, and whether any may be.
#[derive(Default)]
struct Instance {
    calls: AtomicUsize,
    shut: AtomicBool,
}

impl Instance {
    /// While no call may be in flight.
    fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
        for _ in 0..5 {
            assert_eq!(self.calls.load(Ordering::SeqCst), 0);
            std::thread::yield_now();
        }
        self.shut.store(false, Ordering::SeqCst);
    }

    fn call(&self) {
        self.calls.fetch_add(1, Ordering::SeqCst);
        assert!(
            !self.shut.load(Ordering::SeqCst),
            "a call at a replica that takes none"
        );
        self.calls.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Replicas come, are paused and resumed and go, while calls come and go.
#[tokio::test]
async fn no_call_is_at_a_paused_replica_and_none_stays_counted() {
    let (replicas, over) = (
        Arc::new(Replicas::<Instance>::new()),
        Arc::new(AtomicBool::new(false)),
    );
    let callers = [None, Some(1), None].map(|limit| {
        let (replicas, over) = (Arc::clone(&replicas), Arc::clone(&over));
        std::thread::spawn(move || {
            let mut made = 0_usize;
            while !over.load(Ordering::SeqCst) {
                if let Some(claim) = replicas.claim(limit, Access::Any) {
                    claim.replica.instance().call();
                    drop(claim);
                    replicas.notify_released();
                    made += 1;
                }
                std::thread::yield_now();
            }
            made
        })
    });
    let replica = |id| {
        let grant = Grant::nothing(&"Model".into(), 0);
        let replica = Replica::new(
            ReplicaId(id),
            Instance::default(),
            Usage::new(None),
            Arc::new(grant),
        );
        RefCount::new(replica)
    };
    replicas.add(replica(0));
    for round in 1..2_000 {
        replicas.add(replica(round));
        let paused = replicas.pause(ReplicaId(round)).unwrap();
        replicas.wait_until_held_by(&paused, 2).await;
        paused.instance().shut();
        drop(paused);
        replicas.notify_released();
        assert!(replicas.resume(ReplicaId(round)));
        let removed = replicas.remove(ReplicaId(round - 1)).unwrap();
        replicas.wait_until_held_by(&removed, 1).await;
        removed.instance().shut();
    }
    over.store(true, Ordering::SeqCst);
    let made = callers.map(|caller| caller.join().unwrap());
    assert!(made.iter().all(|made| *made > 0), "{made:?}");
    replicas.wait_idle().await;
    assert_eq!(replicas.ongoing(), 0);
}

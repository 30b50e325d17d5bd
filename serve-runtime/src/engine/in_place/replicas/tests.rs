use std::sync::atomic::AtomicUsize;

use futures_util::FutureExt;

use crate::engine::in_place::replicas::*;
use crate::resources::Grant;

fn replica(id: u64) -> Arc<Replica<()>> {
    let grant = Grant::nothing(&"Model".into(), 0);
    Replica::new(ReplicaId(id), (), Arc::new(grant))
}

fn set(replicas: u64) -> Set<()> {
    let set = Set::new();
    for id in 0..replicas {
        set.add(replica(id));
    }
    set
}

#[test]
fn calls_go_to_the_least_loaded() {
    let set = set(2);
    let places = [0, 1, 2, 3].map(|_| set.enter(None).unwrap());
    let at = |id| {
        places
            .iter()
            .filter(move |place| place.replica.id == ReplicaId(id))
    };
    assert_eq!((at(0).count(), at(1).count()), (2, 2));
    assert_eq!(set.ongoing(), 4);
    drop(places);
    assert_eq!(set.ongoing(), 0);
}

#[test]
fn a_call_goes_where_its_model_is() {
    let (set, [fr, de]) = (set(2), ["fr", "de"].map(Arc::<str>::from));
    let enter = |model| set.enter_for(model, Some(2));
    let at = |entered: &Option<(Place<()>, Held)>| {
        let (place, _) = entered.as_ref().expect("a place");
        place.replica.id
    };
    let (first, again, other) = (enter(&fr), enter(&fr), enter(&de));
    assert_eq!(at(&first), at(&again));
    assert_ne!(at(&first), at(&other));
    // There is no room left where it is.
    assert_eq!(at(&enter(&fr)), at(&other));
    assert!(set.enter_for(&fr, Some(0)).is_none());
}

#[test]
fn a_limit_is_strict() {
    for replicas in [1, 2] {
        let set = set(replicas);
        let places: Vec<_> = (0..replicas).map(|_| set.enter(Some(1)).unwrap()).collect();
        assert!(set.enter(Some(1)).is_none());
        drop(places);
        assert!(set.enter(Some(1)).is_some());
    }
}

#[test]
fn a_removed_replica_is_not_called_and_goes_with_its_last_call() {
    for replicas in [1, 2] {
        let set = set(replicas);
        let place = set.enter(None).unwrap();
        let id = place.replica.id;
        drop(set.remove(id).unwrap());
        assert!(set.remove(id).is_none());
        assert!(set.enter(None).is_none_or(|place| place.replica.id != id));
        let replica = Arc::downgrade(&place.replica);
        drop(place);
        assert_eq!(replica.strong_count(), 0);
    }
}

#[test]
fn who_comes_after_the_first_is_found() {
    let set = set(1);
    drop(set.remove(ReplicaId(0)));
    set.add(replica(1));
    assert_eq!(set.enter(None).unwrap().replica.id, ReplicaId(1));
    set.clear();
    assert!(set.enter(None).is_none());
}

#[test]
fn one_that_rests_is_not_called_until_it_wakes() {
    for replicas in [1, 2] {
        let set = set(replicas);
        let id = ReplicaId(0);
        let resting = set.rest(id).unwrap();
        assert_eq!(set.len() as u64, replicas - 1);
        assert!(set.enter(None).is_none_or(|place| place.replica.id != id));
        assert!(
            set.enter_for(&"fr".into(), None)
                .is_none_or(|(place, _)| place.replica.id != id)
        );
        assert!(set.wake(id));
        assert_eq!(set.len() as u64, replicas);
        let places: Vec<_> = (0..replicas).map(|_| set.enter(None).unwrap()).collect();
        assert!(places.iter().any(|place| place.replica.id == id));
        drop((places, resting, set.remove(id)));
        assert!(!set.wake(id), "it has been taken out");
        assert!(set.enter(None).is_none_or(|place| place.replica.id != id));
    }
}

#[tokio::test]
async fn who_waits_until_none_works_does_not_wait_for_one_that_is_gone() {
    let set = set(2);
    let _places = [0, 1].map(|_| set.enter(None).unwrap());
    let mut idle = Box::pin(set.is_idle());
    assert!((&mut idle).now_or_never().is_none());
    drop(set.remove(ReplicaId(0)));
    assert!((&mut idle).now_or_never().is_none());
    // Nor for one that is looked after by who has it rest.
    let _resting = set.rest(ReplicaId(1));
    assert_eq!(set.ongoing(), 0);
    assert!(set.wake(ReplicaId(1)));
    drop(set.remove(ReplicaId(1)));
    assert!((&mut idle).now_or_never().is_some());
}

/// Who is at a replica, and whether anybody may be.
#[derive(Default)]
struct Room {
    guests: AtomicUsize,
    shut: AtomicBool,
}

impl Room {
    /// While nobody may be there.
    fn shut(&self) {
        self.shut.store(true, Ordering::SeqCst);
        for _ in 0..5 {
            assert_eq!(self.guests.load(Ordering::SeqCst), 0);
            std::thread::yield_now();
        }
        self.shut.store(false, Ordering::SeqCst);
    }

    fn visit(&self) {
        self.guests.fetch_add(1, Ordering::SeqCst);
        assert!(
            !self.shut.load(Ordering::SeqCst),
            "a call at a replica that takes none"
        );
        self.guests.fetch_sub(1, Ordering::SeqCst);
    }
}

/// Replicas come, rest, wake and go, while calls come and go.
#[tokio::test]
async fn none_is_at_a_replica_that_takes_none_and_none_stays_counted() {
    let (set, over) = (
        Arc::new(Set::<Room>::new()),
        Arc::new(AtomicBool::new(false)),
    );
    let callers = [None, Some(1), None].map(|limit| {
        let (set, over) = (Arc::clone(&set), Arc::clone(&over));
        std::thread::spawn(move || {
            let mut made = 0_usize;
            while !over.load(Ordering::SeqCst) {
                if let Some(place) = set.enter(limit) {
                    place.replica.instance().visit();
                    drop(place);
                    set.let_go();
                    made += 1;
                }
                std::thread::yield_now();
            }
            made
        })
    });
    let room = |id| {
        let grant = Grant::nothing(&"Model".into(), 0);
        Replica::new(ReplicaId(id), Room::default(), Arc::new(grant))
    };
    set.add(room(0));
    for round in 1..2_000 {
        set.add(room(round));
        let resting = set.rest(ReplicaId(round)).unwrap();
        set.is_held_by(&resting, 2).await;
        resting.instance().shut();
        drop(resting);
        set.let_go();
        assert!(set.wake(ReplicaId(round)));
        let gone = set.remove(ReplicaId(round - 1)).unwrap();
        set.is_held_by(&gone, 1).await;
        gone.instance().shut();
    }
    over.store(true, Ordering::SeqCst);
    let made = callers.map(|caller| caller.join().unwrap());
    assert!(made.iter().all(|made| *made > 0), "{made:?}");
    set.is_idle().await;
    assert_eq!(set.ongoing(), 0);
}

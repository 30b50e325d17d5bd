//! What the requests of an entry are sure to need.

use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use crate::request::admission::Places;
use crate::util::lock;

/// The places that each request of an entry takes at a deployment.
#[derive(Debug, Clone)]
pub(crate) struct Need {
    pub(crate) places: Arc<Places>,
    /// How many calls of a request can be in flight at one time.
    pub(crate) calls: usize,
}

/// The needs of an entry's requests. A request takes only places whose number is limited, as few are; which these
/// are can change while requests are in flight, and each gives back what it has taken.
#[derive(Debug, Default)]
pub(crate) struct Needs {
    /// All there can be.
    all: Mutex<Vec<Need>>,
    limited: Limited,
}

/// Those that are limited, and what replaced them when others were: a list that only grows, by one for each change
/// of a configuration that limits another deployment.
#[derive(Debug, Default)]
struct Limited {
    needs: OnceLock<Box<[Need]>>,
    next: OnceLock<Box<Limited>>,
}

/// Which places a request has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Taken(usize);

impl Needs {
    /// Sets all there can be, when the graph is deployed.
    pub(crate) fn set(&self, all: Vec<Need>) {
        *lock(&self.all) = all;
    }

    /// Takes note of which places are limited.
    pub(crate) fn update(&self) {
        let all = lock(&self.all);
        let limited = all.iter().filter(|need| need.places.are_limited());
        let limited: Box<[Need]> = limited.cloned().collect();
        let is_same = |now: &[Need]| {
            let mut pairs = now.iter().zip(&limited);
            now.len() == limited.len()
                && pairs.all(|(one, other)| Arc::ptr_eq(&one.places, &other.places))
        };
        let (_, latest) = self.limited.latest();
        match latest.needs.get() {
            None => _ = latest.needs.set(limited), // cannot fail: `all` is locked
            Some(now) if is_same(now) => {}
            Some(_) => {
                let next = Limited {
                    needs: OnceLock::from(limited),
                    next: OnceLock::new(),
                };
                let _ = latest.next.set(Box::new(next));
            }
        }
    }

    /// Takes the places of a request. One that does not find all of them takes none.
    #[inline]
    pub(crate) fn take(&self) -> Result<Taken, &Need> {
        let (number, latest) = self.limited.latest();
        match latest.needs() {
            [] => Ok(Taken(number)),
            needs => take(needs).map(|()| Taken(number)),
        }
    }

    #[inline]
    pub(crate) fn give_back(&self, Taken(number): Taken) {
        let mut list = std::iter::successors(Some(&self.limited), |list| {
            list.next.get().map(|next| &**next)
        });
        if let Some(taken) = list.nth(number) {
            give_back(taken.needs());
        }
    }

    /// Something that a request needs and would not get.
    pub(crate) fn lacking(&self) -> Option<&Need> {
        lacking(self.limited.latest().1.needs())
    }

    /// How long calls will wait at the slowest of the deployments. Only for those that are refused: it takes a lock.
    pub(crate) fn expected_wait(&self) -> Option<Duration> {
        let all = lock(&self.all);
        let waits = all.iter().map(|need| need.places.expected_wait().get());
        waits.flatten().max()
    }

    /// Whether some of the places are limited.
    pub(crate) fn are_limited(&self) -> bool {
        !self.limited.latest().1.needs().is_empty()
    }
}

impl Limited {
    #[inline]
    fn latest(&self) -> (usize, &Limited) {
        let (mut number, mut latest) = (0, self);
        while let Some(next) = latest.next.get() {
            (number, latest) = (number + 1, next);
        }
        (number, latest)
    }

    #[inline]
    fn needs(&self) -> &[Need] {
        self.needs.get().map_or(&[], |needs| needs)
    }
}

/// A request that will be refused takes nothing, not even for a moment, unless another one is faster.
fn take(needs: &[Need]) -> Result<(), &Need> {
    if let Some(lacking) = lacking(needs) {
        return Err(lacking);
    }
    for (index, need) in needs.iter().enumerate() {
        if !need.places.take(need.calls) {
            give_back(&needs[..index]);
            return Err(need);
        }
    }
    Ok(())
}

fn lacking(needs: &[Need]) -> Option<&Need> {
    needs.iter().find(|need| !need.places.has(need.calls))
}

fn give_back(needs: &[Need]) {
    needs
        .iter()
        .for_each(|need| need.places.give_back(need.calls));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn need(name: &str, calls: usize, number: Option<usize>) -> Need {
        let places = Arc::new(Places::new(name.to_owned()));
        places.set_number(number);
        Need { places, calls }
    }

    fn needs(all: &[&Need]) -> Needs {
        let needs = Needs::default();
        needs.set(all.iter().map(|need| (*need).clone()).collect());
        needs.update();
        needs
    }

    #[test]
    fn a_request_takes_all_that_it_needs_or_nothing() {
        let (wide, narrow) = (need("wide", 1, Some(3)), need("narrow", 2, Some(3)));
        let needs = needs(&[&wide, &narrow]);
        let first = needs.take().unwrap();
        assert_eq!(needs.take().unwrap_err().calls, 2);
        needs.give_back(first);
        assert!(wide.places.has(3) && narrow.places.has(3));
    }

    #[test]
    fn entries_share_the_places_of_a_deployment() {
        let model = need("model", 1, Some(1));
        let (one, other) = (needs(&[&model]), needs(&[&model]));
        let first = one.take().unwrap();
        assert!(other.take().is_err() && other.lacking().is_some());
        one.give_back(first);
        assert!(other.take().is_ok());
    }

    #[test]
    fn a_request_gives_back_what_it_took_whatever_is_limited_by_then() {
        let model = need("model", 1, None);
        let needs = needs(&[&model]);
        assert!(!needs.are_limited());
        let before = needs.take().unwrap();
        model.places.set_number(Some(1));
        needs.update();
        assert!(needs.are_limited());
        let limited = needs.take().unwrap();
        assert!(needs.take().is_err());
        needs.give_back(before); // it took none
        assert!(needs.take().is_err());
        model.places.set_number(None);
        needs.update();
        needs.give_back(limited);
        model.places.set_number(Some(1));
        needs.update();
        assert!(needs.take().is_ok());
    }
}

//! The calls that wait to be put into a batch, the oldest first.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::batch::item::{Item, Place};

/// What bounds a batch.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// At least 1.
    pub(super) size: usize,
    pub(super) cost: u64,
}

/// A batch that is being put together.
pub(super) struct Hand<A, T> {
    pub(super) items: Vec<Item<A, T>>,
    bounds: Bounds,
    cost: u64,
    /// The next call of its group does not fit in, so none after it may.
    closed: bool,
}

/// The calls that wait.
pub(super) struct Line<A, T>(VecDeque<Item<A, T>>);

impl<A, T> Default for Line<A, T> {
    fn default() -> Self {
        Line(VecDeque::new())
    }
}

impl<A, T> Hand<A, T> {
    pub(super) fn new(bounds: Bounds) -> Self {
        Hand {
            items: Vec::new(),
            bounds,
            cost: 0,
            closed: false,
        }
    }

    /// Whether nothing more can come in.
    pub(super) fn is_full(&self) -> bool {
        self.closed || self.items.len() >= self.bounds.size || self.cost >= self.bounds.cost
    }

    fn is_of_its_group(&self, item: &Item<A, T>) -> bool {
        match (self.items.first().map(|first| &first.group), &item.group) {
            (Some(Some(group)), Some(other)) => group.is(other),
            _ => true,
        }
    }

    /// Takes a call in, or gives it back. The first one always fits.
    pub(super) fn take(&mut self, item: Item<A, T>) -> Option<Item<A, T>> {
        if self.closed || !self.is_of_its_group(&item) {
            return Some(item);
        }
        let cost = self.cost.saturating_add(item.cost);
        let fits = self.items.len() < self.bounds.size && cost <= self.bounds.cost;
        if !fits && !self.items.is_empty() {
            self.closed = true;
            return Some(item);
        }
        item.place.take();
        self.cost = cost;
        self.items.push(item);
        None
    }
}

impl<A, T> Line<A, T> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// A call comes last. Those before it whose callers have gone are given back, to be dropped
    /// without a lock.
    pub(super) fn push(&mut self, item: Item<A, T>) -> Vec<Item<A, T>> {
        let mut gone = Vec::new();
        while let Some(first) = self.0.pop_front_if(|first| first.is_gone()) {
            gone.push(first);
        }
        self.0.push_back(item);
        gone
    }

    /// Takes a call out.
    pub(super) fn remove(&mut self, place: &Arc<Place>) -> Option<Item<A, T>> {
        let is_it = |item: &Item<A, T>| Arc::ptr_eq(&item.place, place);
        let at = self.0.iter().position(is_it)?;
        let item = self.0.remove(at)?;
        item.place.take();
        Some(item)
    }

    /// Puts into a batch what fits, in order: within a group, no call comes before an older one. Those
    /// whose callers have gone are given back, to be dropped without a lock.
    pub(super) fn fill(&mut self, hand: &mut Hand<A, T>) -> Vec<Item<A, T>> {
        let (mut gone, mut stay) = (Vec::new(), Vec::new());
        while !hand.is_full() {
            match self.0.pop_front() {
                None => break,
                Some(item) if item.is_gone() => gone.push(item),
                Some(item) => stay.extend(hand.take(item)),
            }
        }
        for item in stay.into_iter().rev() {
            self.0.push_front(item);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::group::Group;
    use crate::batch::item::{Answer, Asked};

    type Waiting = Answer<()>;

    fn item(name: u32, cost: u64, group: Option<u32>) -> (Item<u32, ()>, Waiting) {
        Item::new(Asked {
            arguments: name,
            cost,
            group: group.map(Group::of),
        })
    }

    fn line(items: Vec<(Item<u32, ()>, Waiting)>) -> (Line<u32, ()>, Vec<Waiting>) {
        let mut line = Line::default();
        let push = |(item, waiting)| {
            line.push(item);
            waiting
        };
        let waiting = items.into_iter().map(push).collect();
        (line, waiting)
    }

    fn batch(line: &mut Line<u32, ()>, size: usize, cost: u64) -> Vec<u32> {
        let mut hand = Hand::new(Bounds { size, cost });
        line.fill(&mut hand);
        hand.items.iter().map(|item| item.arguments).collect()
    }

    #[test]
    fn the_oldest_come_first_up_to_the_size() {
        let (mut line, _waiting) = line((1..=5).map(|name| item(name, 1, None)).collect());
        assert_eq!(batch(&mut line, 3, u64::MAX), [1, 2, 3]);
        assert_eq!(batch(&mut line, 3, u64::MAX), [4, 5]);
        assert!(line.is_empty());
    }

    #[test]
    fn a_cost_is_kept_to_and_nobody_is_overtaken_for_it() {
        let costs = [(1, 4), (2, 9), (3, 1), (4, 20)];
        let items = costs.map(|(name, cost)| item(name, cost, None));
        let (mut line, _waiting) = line(items.into());
        assert_eq!(batch(&mut line, 8, 10), [1]);
        assert_eq!(batch(&mut line, 8, 10), [2, 3]);
        assert_eq!(batch(&mut line, 8, 10), [4]); // too much by itself, and has to run some time
    }

    #[test]
    fn groups_do_not_mix_and_keep_their_order() {
        let groups = [(1, 'a'), (2, 'b'), (3, 'a'), (4, 'c'), (5, 'b'), (6, 'a')];
        let items = groups.map(|(name, group)| item(name, 1, Some(group as u32)));
        let (mut line, _waiting) = line(items.into());
        assert_eq!(batch(&mut line, 2, u64::MAX), [1, 3]);
        assert_eq!(batch(&mut line, 2, u64::MAX), [2, 5]);
        assert_eq!(batch(&mut line, 2, u64::MAX), [4]);
        assert_eq!(batch(&mut line, 2, u64::MAX), [6]);
    }

    #[test]
    fn who_has_gone_is_left_out() {
        let (mut line, mut waiting) = line((1..=4).map(|name| item(name, 1, None)).collect());
        waiting.remove(1);
        assert_eq!(batch(&mut line, 3, u64::MAX), [1, 3, 4]);
    }

    #[test]
    fn who_has_gone_gives_way_to_who_comes() {
        let (mut line, mut waiting) = line((1..=3).map(|name| item(name, 1, None)).collect());
        waiting.drain(..2);
        let (last, _waiting) = item(4, 1, None);
        assert_eq!(line.push(last).len(), 2);
    }

    #[test]
    fn a_call_that_is_refused_is_not_in_a_batch() {
        let (mut line, waiting) = line((1..=2).map(|name| item(name, 1, None)).collect());
        let first = line.remove(waiting[0].place()).unwrap();
        assert_eq!(first.arguments, 1);
        assert_eq!(batch(&mut line, 2, u64::MAX), [2]);
    }
}

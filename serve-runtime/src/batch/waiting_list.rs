//! The calls that wait for a batch, the oldest first, and which of them a batch takes.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::batch::item::{Item, TicketState};

/// How large a batch may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// At least 1.
    pub(super) size: usize,
    pub(super) cost: u64,
}

/// A batch that is being put together.
pub(super) struct BatchBuilder<A, T> {
    pub(super) items: Vec<Item<A, T>>,
    bounds: Bounds,
    cost: u64,
    /// The next call of its group does not fit in, so later ones may not overtake it.
    closed: bool,
}

/// The calls that wait.
pub(super) struct WaitingList<A, T>(VecDeque<Item<A, T>>);

impl<A, T> Default for WaitingList<A, T> {
    fn default() -> Self {
        WaitingList(VecDeque::new())
    }
}

impl<A, T> BatchBuilder<A, T> {
    pub(super) fn new(bounds: Bounds) -> Self {
        BatchBuilder {
            items: Vec::new(),
            bounds,
            cost: 0,
            closed: false,
        }
    }

    /// Whether no further call can be added.
    pub(super) fn is_full(&self) -> bool {
        self.closed || self.items.len() >= self.bounds.size || self.cost >= self.bounds.cost
    }

    fn is_same_group(&self, item: &Item<A, T>) -> bool {
        match (self.items.first().map(|first| &first.group), &item.group) {
            (Some(Some(group)), Some(other)) => group.matches(other),
            _ => true,
        }
    }

    /// Adds a call, or returns it. The first one always fits.
    pub(super) fn add(&mut self, item: Item<A, T>) -> Option<Item<A, T>> {
        if self.closed || !self.is_same_group(&item) {
            return Some(item);
        }
        let cost = self.cost.saturating_add(item.cost);
        let fits = self.items.len() < self.bounds.size && cost <= self.bounds.cost;
        if !fits && !self.items.is_empty() {
            self.closed = true;
            return Some(item);
        }
        item.ticket.void();
        self.cost = cost;
        self.items.push(item);
        None
    }
}

impl<A, T> WaitingList<A, T> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Appends a call. Returns the oldest ones whose callers have gone, to be dropped without a lock.
    pub(super) fn push(&mut self, item: Item<A, T>) -> Vec<Item<A, T>> {
        let mut gone = Vec::new();
        while let Some(first) = self.0.pop_front_if(|first| first.is_gone()) {
            gone.push(first);
        }
        self.0.push_back(item);
        gone
    }

    /// Takes a call out.
    pub(super) fn remove(&mut self, ticket: &Arc<TicketState>) -> Option<Item<A, T>> {
        let is_it = |item: &Item<A, T>| Arc::ptr_eq(&item.ticket, ticket);
        let at = self.0.iter().position(is_it)?;
        let item = self.0.remove(at)?;
        item.ticket.void();
        Some(item)
    }

    /// Moves what fits into a batch, in order: within a group, no call overtakes an older one. Returns those
    /// whose callers have gone, to be dropped without a lock.
    pub(super) fn fill(&mut self, batch: &mut BatchBuilder<A, T>) -> Vec<Item<A, T>> {
        let (mut gone, mut staying) = (Vec::new(), Vec::new());
        while !batch.is_full() {
            match self.0.pop_front() {
                None => break,
                Some(item) if item.is_gone() => gone.push(item),
                Some(item) => staying.extend(batch.add(item)),
            }
        }
        for item in staying.into_iter().rev() {
            self.0.push_front(item);
        }
        gone
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::batch::asked::Asked;
    use crate::batch::group::Group;
    use crate::batch::item::Answer;

    type Waiting = Answer<()>;

    fn item(name: u32, cost: u64, group: Option<u32>) -> (Item<u32, ()>, Waiting) {
        Item::new(Asked {
            arguments: name,
            cost,
            group: group.map(Group::of),
        })
    }

    fn list(items: Vec<(Item<u32, ()>, Waiting)>) -> (WaitingList<u32, ()>, Vec<Waiting>) {
        let mut list = WaitingList::default();
        let push = |(item, waiting)| {
            list.push(item);
            waiting
        };
        let waiting = items.into_iter().map(push).collect();
        (list, waiting)
    }

    fn batch(list: &mut WaitingList<u32, ()>, size: usize, cost: u64) -> Vec<u32> {
        let mut batch = BatchBuilder::new(Bounds { size, cost });
        list.fill(&mut batch);
        batch.items.iter().map(|item| item.arguments).collect()
    }

    #[test]
    fn the_oldest_come_first_up_to_the_size() {
        let (mut list, _waiting) = list((1..=5).map(|name| item(name, 1, None)).collect());
        assert_eq!(batch(&mut list, 3, u64::MAX), [1, 2, 3]);
        assert_eq!(batch(&mut list, 3, u64::MAX), [4, 5]);
        assert!(list.is_empty());
    }

    #[test]
    fn a_cost_limit_is_strict_and_no_call_is_overtaken_for_it() {
        let costs = [(1, 4), (2, 9), (3, 1), (4, 20)];
        let items = costs.map(|(name, cost)| item(name, cost, None));
        let (mut list, _waiting) = list(items.into());
        assert_eq!(batch(&mut list, 8, 10), [1]);
        assert_eq!(batch(&mut list, 8, 10), [2, 3]);
        assert_eq!(batch(&mut list, 8, 10), [4]); // too much by itself, but has to run some time
    }

    #[test]
    fn groups_do_not_mix_and_keep_their_order() {
        let groups = [(1, 'a'), (2, 'b'), (3, 'a'), (4, 'c'), (5, 'b'), (6, 'a')];
        let items = groups.map(|(name, group)| item(name, 1, Some(group as u32)));
        let (mut list, _waiting) = list(items.into());
        assert_eq!(batch(&mut list, 2, u64::MAX), [1, 3]);
        assert_eq!(batch(&mut list, 2, u64::MAX), [2, 5]);
        assert_eq!(batch(&mut list, 2, u64::MAX), [4]);
        assert_eq!(batch(&mut list, 2, u64::MAX), [6]);
    }

    #[test]
    fn a_call_whose_caller_has_gone_is_left_out() {
        let (mut list, mut waiting) = list((1..=4).map(|name| item(name, 1, None)).collect());
        waiting.remove(1);
        assert_eq!(batch(&mut list, 3, u64::MAX), [1, 3, 4]);
    }

    #[test]
    fn calls_whose_callers_have_gone_are_dropped_for_a_new_one() {
        let (mut list, mut waiting) = list((1..=3).map(|name| item(name, 1, None)).collect());
        waiting.drain(..2);
        let (last, _waiting) = item(4, 1, None);
        assert_eq!(list.push(last).len(), 2);
    }

    #[test]
    fn a_call_that_is_refused_is_not_in_a_batch() {
        let (mut list, waiting) = list((1..=2).map(|name| item(name, 1, None)).collect());
        let first = list.remove(waiting[0].ticket()).unwrap();
        assert_eq!(first.arguments, 1);
        assert_eq!(batch(&mut list, 2, u64::MAX), [2]);
    }
}

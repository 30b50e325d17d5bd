//! The GPUs and cores, which are handed out by number.

use std::collections::BTreeSet;

use super::amount::Amount;

/// The free part of each GPU, by its number.
#[derive(Debug, Clone)]
pub(super) struct Gpus(Vec<Amount>);

/// The GPUs that one replica needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GpuNeed {
    None,
    /// Less than one GPU; other replicas may have the rest.
    Part(Amount),
    /// Whole GPUs, which no other replica shares.
    Whole(usize),
}

impl GpuNeed {
    /// `None` for an amount above one that is not whole: no replica can have that.
    pub(super) fn of(amount: Amount) -> Option<Self> {
        match amount.as_whole() {
            Some(0) => Some(GpuNeed::None),
            Some(count) => Some(GpuNeed::Whole(count)),
            None if amount < Amount::ONE => Some(GpuNeed::Part(amount)),
            None => None,
        }
    }

    /// The size to sort by: the needs that are hardest to place are placed first.
    pub(super) fn size(self) -> Amount {
        match self {
            GpuNeed::None => Amount::NONE,
            GpuNeed::Part(part) => part,
            GpuNeed::Whole(count) => Amount::whole(count),
        }
    }
}

/// A share of a GPU, or all of it: its number and the amount.
pub(super) type GpuShare = (usize, Amount);

impl Gpus {
    pub(super) fn new(count: usize) -> Self {
        Gpus(vec![Amount::ONE; count])
    }

    pub(super) fn free(&self) -> &[Amount] {
        &self.0
    }

    /// Takes what is needed, if it is free. A part is taken from the GPU with the least left over, so that other
    /// GPUs stay whole.
    pub(super) fn take(&mut self, need: GpuNeed) -> Option<Vec<GpuShare>> {
        let shares = match need {
            GpuNeed::None => Vec::new(),
            GpuNeed::Part(part) => {
                let fitting = self.0.iter().enumerate().filter(|(_, free)| **free >= part);
                let (gpu, _) = fitting.min_by_key(|(_, free)| **free)?;
                vec![(gpu, part)]
            }
            GpuNeed::Whole(count) => {
                let whole = |(_, free): &(usize, &Amount)| **free == Amount::ONE;
                let whole = self.0.iter().enumerate().filter(whole);
                let shares = whole.take(count).map(|(gpu, _)| (gpu, Amount::ONE));
                let shares: Vec<GpuShare> = shares.collect();
                (shares.len() == count).then_some(shares)?
            }
        };
        for (gpu, share) in &shares {
            self.0[*gpu] = self.0[*gpu].minus(*share);
        }
        Some(shares)
    }

    pub(super) fn give_back(&mut self, shares: &[GpuShare]) {
        for (gpu, share) in shares {
            self.0[*gpu] = self.0[*gpu].plus(*share);
        }
    }
}

/// The cores that are not reserved for a replica.
#[derive(Debug, Clone)]
pub(super) struct Cores(BTreeSet<usize>);

impl Cores {
    pub(super) fn new(cores: &[usize]) -> Self {
        Cores(cores.iter().copied().collect())
    }

    /// Takes `count` cores with adjacent numbers where possible; none at all if there are too few.
    pub(super) fn take(&mut self, count: usize) -> Vec<usize> {
        if self.0.len() < count {
            return Vec::new();
        }
        let cores: Vec<usize> = self.0.iter().take(count).copied().collect();
        for core in &cores {
            self.0.remove(core);
        }
        cores
    }

    pub(super) fn give_back(&mut self, cores: &[usize]) {
        self.0.extend(cores);
    }
}

//! Deployments whose calls run on threads: with `&mut self`, in batches, and beside calls in place.

use serve_runtime::prelude::*;

use crate::calls::{note, try_note};
use crate::nodes::Item;
use crate::wakes::wait;

/// On threads only. Calls that change it, alone or together with others, and calls that read it.
#[deployment]
pub struct Mill {
    turns: u64,
}

#[deployment]
impl Mill {
    pub fn new() -> Self {
        Mill { turns: 0 }
    }

    /// Each call of a batch has a result of its own.
    #[batch(max_batch_size = 4)]
    pub fn grind(&mut self, items: Vec<Item>, by: Vec<u64>) -> Vec<Result<Item>> {
        self.turns += 1;
        let ground = items.into_iter().zip(by).map(|(item, by)| {
            try_note("grind", (&item, by))?;
            Ok(item.with(by))
        });
        ground.collect()
    }

    pub fn sift(&mut self, mut items: Vec<Item>, least: u64) -> Result<Vec<Item>> {
        try_note("sift", (&items, least))?;
        self.turns += 1;
        items.retain(|item| item.number % 5 >= least % 5);
        Ok(items)
    }

    pub fn halve(&self, item: Shared<Item>) -> (Item, u64) {
        note("halve", &item);
        (item.with(2), item.number / 2)
    }
}

impl Mill {
    pub fn plain_grind(&mut self, item: Item, by: u64) -> Result<Item> {
        self.grind(vec![item], vec![by]).remove(0)
    }
}

/// Batches on a thread, beside calls in place that change the same replica.
#[deployment]
pub struct Depot {
    entered: u64,
}

#[deployment]
impl Depot {
    pub fn new() -> Self {
        Depot { entered: 0 }
    }

    /// One error is that of the whole batch.
    #[batch(max_batch_size = 3)]
    pub fn pack(&self, items: Vec<Shared<Item>>, by: Vec<u64>) -> Result<Vec<Option<Item>>> {
        let packed = items.iter().zip(by).map(|(item, by)| {
            try_note("pack", (item, by))?;
            Ok((by % 4 > 0).then(|| item.with(by)))
        });
        packed.collect()
    }

    pub async fn enter(&mut self, item: Item, number: u64) -> Result<Item> {
        try_note("enter", (&item, number))?;
        self.entered += 1;
        wait(self.entered + number).await;
        Ok(item.with(number + 1))
    }
}

impl Depot {
    pub fn plain_pack(&self, item: Shared<Item>, by: u64) -> Result<Option<Item>> {
        Ok(self.pack(vec![item], vec![by])?.remove(0))
    }
}

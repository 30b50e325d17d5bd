//! The functions that the programs call. Every call is counted, with its arguments.

use serve_runtime::prelude::*;

use crate::calls::{note, try_note};
use crate::life::Tag;
use crate::wakes::wait;

#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub number: u64,
    pub tag: Tag,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Even(Item),
    Odd { item: Item, times: u64 },
    Nothing,
}

impl From<u64> for Item {
    fn from(number: u64) -> Self {
        Item {
            number,
            tag: Tag::new(),
        }
    }
}

impl Item {
    /// A small number, so that patterns and guards take different arms.
    pub(crate) fn with(&self, number: u64) -> Item {
        let number = self.number.wrapping_mul(31).wrapping_add(number) % 1009;
        let tag = format!("{}{}", self.tag.text(), number % 3);
        let tag: String = tag.chars().rev().take(6).collect();
        Item {
            number,
            tag: Tag::from(tag),
        }
    }
}

#[deployment]
pub async fn grow(item: Item, by: u64) -> Item {
    note("grow", (&item, by));
    wait(by).await;
    item.with(by)
}

#[deployment]
pub async fn merge(left: &Item, right: Item) -> Result<Item> {
    try_note("merge", (left, &right))?;
    Ok(left.with(right.number))
}

#[deployment]
pub fn crunch(item: &Item, rounds: u64) -> Result<Item> {
    try_note("crunch", (item, rounds))?;
    Ok((0..rounds % 4).fold(item.clone(), |item, round| item.with(round)))
}

#[deployment]
pub async fn gather(items: &[Item], first: Shared<Item>) -> Item {
    note("gather", (items, &first));
    items
        .iter()
        .fold((*first).clone(), |all, item| all.with(item.number))
}

#[deployment]
pub async fn or_else(maybe: Option<Item>, number: u64) -> Item {
    note("or_else", (&maybe, number));
    let tag = Tag::new();
    maybe.unwrap_or(Item { number, tag })
}

#[deployment]
pub async fn weigh(item: &Item) -> u64 {
    note("weigh", item);
    wait(item.number).await;
    item.number / 2
}

#[deployment]
pub fn total(items: Vec<Item>) -> u64 {
    note("total", &items);
    items.iter().map(|item| item.number % 100).sum()
}

#[deployment(max_ongoing_requests = 1)]
pub async fn narrow(number: u64, other: u64) -> u64 {
    note("narrow", (number, other));
    wait(number).await;
    number.wrapping_mul(3) ^ other
}

#[deployment]
pub async fn rank(kind: &Kind) -> Result<u64> {
    try_note("rank", kind)?;
    Ok(match kind {
        Kind::Even(item) => item.number,
        Kind::Odd { times, .. } => *times,
        Kind::Nothing => 7,
    })
}

#[deployment]
pub async fn spread(item: Item, over: u64) -> Vec<Item> {
    note("spread", (&item, over));
    (0..over % 4).map(|number| item.with(number)).collect()
}

#[deployment]
pub async fn pad(mut items: Vec<Item>, number: u64) -> Vec<Item> {
    note("pad", (&items, number));
    items.truncate(3);
    items.extend(items.first().map(|item| item.with(number)));
    items
}

#[deployment]
pub async fn pick(items: &[Item], at: u64) -> Option<Item> {
    note("pick", (items, at));
    items.get(at as usize % 3).cloned()
}

#[deployment]
pub async fn find(item: Shared<Item>, number: u64) -> Result<Option<Item>> {
    try_note("find", (&item, number))?;
    wait(number).await;
    Ok((item.number % 2 != number % 2).then(|| item.with(number)))
}

#[deployment]
pub async fn split(item: Shared<Item>) -> (Item, u64) {
    note("split", &item);
    (item.with(1), item.number % 10)
}

#[deployment]
pub async fn swap(pair: (Item, u64), number: u64) -> (Item, u64) {
    note("swap", (&pair, number));
    (pair.0.with(number), pair.0.number ^ pair.1)
}

#[deployment]
pub async fn classify(item: Item) -> Kind {
    note("classify", &item);
    let times = item.number % 5;
    match item.number % 3 {
        0 => Kind::Even(item),
        1 => Kind::Odd { item, times },
        _ => Kind::Nothing,
    }
}

#[deployment]
pub fn change(kind: Kind, number: u64) -> Result<Kind> {
    try_note("change", (&kind, number))?;
    Ok(match kind {
        Kind::Even(item) if number.is_multiple_of(2) => Kind::Even(item.with(number)),
        Kind::Even(item) | Kind::Odd { item, .. } => Kind::Odd {
            item,
            times: number,
        },
        Kind::Nothing => Kind::Nothing,
    })
}

/// In place and on a thread, one call at a time for one of its methods.
#[deployment]
pub struct Worker {
    salt: u64,
    stamped: u64,
}

#[deployment]
impl Worker {
    pub fn new(salt: u64) -> Self {
        Worker { salt, stamped: 0 }
    }

    pub async fn mix(&self, item: Item, number: u64) -> Item {
        note("mix", (self.salt, &item, number));
        wait(number).await;
        item.with(self.salt ^ number)
    }

    pub fn press(&self, item: &Item) -> Result<Item> {
        try_note("press", (self.salt, item))?;
        Ok(item.with(self.salt))
    }

    pub async fn stamp(&mut self, number: u64) -> u64 {
        note("stamp", number);
        self.stamped += 1;
        wait(self.stamped).await;
        number % 64 + self.salt
    }
}

/// In place.
#[deployment]
pub struct Clerk {
    tag: String,
}

#[deployment]
impl Clerk {
    pub fn new(tag: &str) -> Self {
        Clerk { tag: tag.into() }
    }

    pub async fn peek(&self, item: &Item, items: &[Item]) -> u64 {
        note("peek", (item, items));
        wait(items.len() as u64).await;
        item.number + items.len() as u64
    }

    pub async fn copy(&self, mut item: Item, times: u64) -> Result<Vec<Item>> {
        try_note("copy", (&item, times))?;
        item.tag.push(&self.tag);
        Ok(vec![item; times as usize % 3])
    }
}

/// On threads, with a state that stays on one thread.
#[deployment]
pub struct Miner {
    depth: std::rc::Rc<u64>,
}

#[deployment]
impl Miner {
    pub fn new(depth: u64) -> Self {
        let depth = depth.into();
        Miner { depth }
    }

    pub fn dig(&mut self, item: &Item, number: u64) -> Item {
        note("dig", (item, number));
        item.with(number ^ *self.depth)
    }
}

/// Calls another deployment through a handle; plain Rust calls it directly.
#[deployment]
pub struct Holder {
    worker: Handle<Worker>,
}

#[deployment]
impl Holder {
    pub fn new(worker: Handle<Worker>) -> Self {
        Holder { worker }
    }

    pub async fn through(&self, item: Item, number: u64) -> Result<Item> {
        self.worker.mix(item, number).await
    }
}

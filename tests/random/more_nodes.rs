//! Functions that are called in a fixed form: their values are read once, or are not `Clone`. `generate/functions.rs`
//! has the forms, and here is each in plain Rust.

use serve_runtime::prelude::*;

use crate::calls::{note, try_note};
use crate::nodes::{Item, narrow};
use crate::wakes::wait;

/// Not `Clone`.
#[derive(Debug)]
pub struct Sealed(Item);

#[deployment]
pub async fn seal(item: Item, number: u64) -> Result<Sealed> {
    try_note("seal", (&item, number))?;
    wait(number).await;
    Ok(Sealed(item.with(number)))
}

#[deployment]
pub fn open(sealed: Sealed) -> Item {
    note("open", &sealed);
    sealed.0
}

#[deployment]
pub async fn weigh_sealed(sealed: &Sealed) -> u64 {
    note("weigh_sealed", sealed);
    wait(sealed.0.number + 1).await;
    sealed.0.number / 3
}

#[deployment]
pub fn peek_sealed(sealed: Shared<Sealed>) -> Result<u64> {
    try_note("peek_sealed", &sealed)?;
    Ok(sealed.0.tag.len() as u64)
}

pub async fn plain_sealed(item: Item, number: u64) -> Result<Item> {
    Ok(open(seal(item, number).await?))
}

pub async fn plain_shared_seal(item: Item, number: u64) -> Result<u64> {
    let sealed = Shared::new(seal(item, number).await?);
    let weight = weigh_sealed(&sealed).await;
    Ok(narrow(weight, peek_sealed(sealed)?).await)
}

/// Fails before its stream begins, or in it.
#[deployment]
pub fn pour(item: Item, number: u64) -> Result<impl Iterator<Item = Result<Item>>> {
    try_note("pour", (&item, number))?;
    Ok((0..number % 7).map(move |number| {
        try_note("pour an item", (&item, number))?;
        Ok(item.with(number))
    }))
}

#[deployment]
pub async fn trickle(item: Item, number: u64) -> impl Stream<Item = Item> {
    note("trickle", (&item, number));
    wait(number).await;
    futures_util::stream::unfold((item, number % 4), |(item, left)| async move {
        note("trickle an item", (&item, left));
        wait(left).await;
        let next = item.with(left);
        (left > 0).then_some((item, (next, left.saturating_sub(1))))
    })
}

#[deployment]
pub async fn fold(mut items: Streaming<Item>) -> Result<Item> {
    note("fold", ());
    let mut all = Item::from(7);
    while let Some(item) = items.next().await {
        all = all.with(item?.number);
    }
    Ok(all)
}

pub async fn plain_poured(item: Item, number: u64) -> Result<Item> {
    let items = pour(item, number)?;
    fold(Streaming::of_results(futures_util::stream::iter(items))).await
}

pub async fn plain_trickled(item: Item, number: u64) -> Result<Item> {
    fold(Streaming::new(trickle(item, number).await)).await
}

/// Calls of one request may be made together.
#[deployment]
#[batch(max_batch_size = 3)]
pub fn rate(items: Vec<Item>, by: Vec<u64>) -> Vec<u64> {
    let rated = items.iter().zip(&by).map(|(item, by)| {
        note("rate", (item, by));
        item.number ^ by
    });
    rated.collect()
}

pub async fn plain_rate(item: Item, by: u64) -> u64 {
    rate(vec![item], vec![by]).remove(0)
}

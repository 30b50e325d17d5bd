//! The errors when replicas do not fit on the machine, with the arithmetic.

use super::amount::{Amount, Amounts, Resource};
use super::demand::Wanted;

/// The error if the demand exceeds what is free; `None` if it fits.
pub(super) fn of_sums(wanted: &[Wanted], total: &Amounts, free: &Amounts) -> Option<String> {
    let mut sum = Amounts::default();
    for Wanted {
        num_replicas,
        demand,
        ..
    } in wanted
    {
        for (resource, amount) in demand.amounts.iter() {
            let more = sum.get(resource).plus(amount.times(*num_replicas));
            sum.set(resource.clone(), more);
        }
    }
    let over = sum.iter();
    let over = over.filter(|(resource, needed)| *needed > free.get(resource));
    let (mut notes, mut helps) = (String::new(), String::new());
    for (resource, needed) in over {
        let available = available(resource, total.get(resource), free.get(resource));
        let sum = terms(resource, wanted);
        let needed = resource.show(needed);
        notes += &format!("\nnote: {sum} = {needed}, but {available}");
        helps += &format!("\nhelp: {}", help(resource, total.get(resource)));
    }
    let fits = notes.is_empty();
    (!fits).then(|| format!("the replicas do not fit on the machine{notes}{helps}"))
}

/// `` `segmentation` 2 x 4 + `fruit` 1 x 1 ``.
fn terms(resource: &Resource, wanted: &[Wanted]) -> String {
    let terms = wanted.iter().filter_map(|wanted| {
        let each = wanted.demand.amounts.get(resource);
        let (name, count) = (&wanted.deployment, wanted.num_replicas);
        let each = (each > Amount::NONE && count > 0).then(|| resource.number(each))?;
        Some(format!("`{name}` {count} x {each}"))
    });
    terms.collect::<Vec<_>>().join(" + ")
}

fn available(resource: &Resource, total: Amount, free: Amount) -> String {
    let total_number = resource.number(total);
    if total == Amount::NONE {
        return "the machine has none".to_owned();
    }
    if free == total {
        return format!("the machine has {total_number}");
    }
    if free == Amount::NONE {
        return format!("none of the machine's {total_number} is free");
    }
    let free = resource.number(free);
    format!("only {free} of the machine's {total_number} are free")
}

fn help(resource: &Resource, total: Amount) -> String {
    let lower = format!("lower `{}` or `num_replicas`", resource.option());
    match resource {
        Resource::Custom(name) if total == Amount::NONE => {
            format!("say how much of `{name}` the machine has: `--resource {name}=..`")
        }
        Resource::Custom(name) => {
            format!("{lower}, or say that the machine has more: `--resource {name}=..`")
        }
        Resource::Cpus => format!("{lower}, or say that the machine has more: `--num-cpus ..`"),
        Resource::Memory => format!("{lower}, or say that the machine has more: `--memory ..`"),
        Resource::Gpus if total == Amount::NONE && !cfg!(feature = "nvml") => {
            "GPUs are found with the feature `nvml`; or say how many there are: `--num-gpus ..`"
                .to_owned()
        }
        Resource::Gpus => format!("{lower}, or say that the machine has more: `--num-gpus ..`"),
    }
}

/// The error if the sum of the free GPUs is enough, but no single GPU has enough room.
pub(super) fn of_gpus(unplaced: &Wanted, free: &[Amount]) -> String {
    let Wanted {
        deployment,
        num_replicas,
        demand,
    } = unplaced;
    let each = demand.amounts.get(&Resource::Gpus);
    let needs = match each.as_whole() {
        Some(_) => format!("{} to itself", Resource::Gpus.show(each)),
        None => format!("{each} of one GPU"),
    };
    let free: Vec<String> = free.iter().map(Amount::to_string).collect();
    let free = free.join(", ");
    format!(
        "the replicas do not fit on the machine's GPUs\n\
         note: a replica of `{deployment}`, {num_replicas} x {each}, needs {needs}, but the free parts of the GPUs are {free}\n\
         help: choose parts that add up to whole GPUs, such as 0.5 or 0.25"
    )
}

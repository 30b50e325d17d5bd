//! The resources that one replica needs.

use std::sync::Arc;

use serve_topology::Options;
use serve_topology::options::Kind;

use super::amount::{Amount, Amounts, Resource};
use super::devices::GpuNeed;
/// The resources that one replica of a deployment needs.
#[derive(Debug, Clone)]
pub(crate) struct Demand {
    pub(super) amounts: Amounts,
    pub(super) gpus: GpuNeed,
    /// How many cores to pin it to, if that many are free.
    pub(super) cores: usize,
}

/// The resources that the replicas of a deployment need.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) deployment: Arc<str>,
    pub(crate) num_replicas: usize,
    pub(crate) demand: Demand,
}

impl Wanted {
    /// The demand of a deployment without replicas.
    pub(crate) fn nothing() -> Self {
        Wanted {
            deployment: "".into(),
            num_replicas: 0,
            demand: Demand {
                amounts: Amounts::default(),
                gpus: GpuNeed::None,
                cores: 0,
            },
        }
    }

    pub(crate) fn is_nothing(&self) -> bool {
        self.demand.amounts.iter().next().is_none()
    }
}

impl Demand {
    /// Reads the demand from the options, or returns what is wrong with them; `resources` are those of the
    /// binding. Only a replica that `has_threads` of its own can be pinned.
    pub(crate) fn of(
        options: &Options<'_>,
        resources: Option<&[(String, f64)]>,
        has_threads: bool,
    ) -> Result<Self, String> {
        let mut amounts = Amounts::default();
        let cpus = amount("num_cpus", options.num_cpus.unwrap_or(0.0))?;
        let num_gpus = options.num_gpus.unwrap_or(0.0);
        let gpus = amount("num_gpus", num_gpus)?;
        let gpu_need = GpuNeed::of(gpus).ok_or_else(|| {
            let must = Kind::Gpus.must();
            format!("`num_gpus` must be {must}, but is {num_gpus}")
        })?;
        amounts.set(Resource::Cpus, cpus);
        amounts.set(Resource::Gpus, gpus);
        amounts.set(Resource::Memory, Amount(options.memory.unwrap_or(0)));
        match resources {
            Some(bound) => {
                for (name, amount) in bound {
                    set_custom(&mut amounts, name, *amount)?;
                }
            }
            None => {
                for (name, amount) in options.resources {
                    set_custom(&mut amounts, name, *amount)?;
                }
            }
        }
        Ok(Demand {
            amounts,
            gpus: gpu_need,
            cores: cpus.as_whole().filter(|_| has_threads).unwrap_or(0),
        })
    }
}

fn set_custom(amounts: &mut Amounts, name: &str, number: f64) -> Result<(), String> {
    let option = match name {
        "" => return Err("a resource of `resources` has no name".to_owned()),
        "CPU" | "num_cpus" => Some("num_cpus"),
        "GPU" | "num_gpus" => Some("num_gpus"),
        "memory" => Some("memory"),
        _ => None,
    };
    if let Some(option) = option {
        return Err(format!(
            "`{name}` of `resources` has an option of its own, `{option}`"
        ));
    }
    amounts.set(Resource::Custom(name.into()), amount(name, number)?);
    Ok(())
}

fn amount(option: &str, number: f64) -> Result<Amount, String> {
    if !Kind::Amount.admits(number) {
        let must = Kind::Amount.must();
        return Err(format!("`{option}` must be {must}, but is {number}"));
    }
    let amount = Amount::of(number);
    if number > 0.0 && amount == Amount::NONE {
        return Err(format!(
            "`{option}` must be 0, or at least 0.0001, but is {number}"
        ));
    }
    Ok(amount)
}

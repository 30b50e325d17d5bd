//! A call of a batched method, as its handle passes it on.

use super::group::Group;
use crate::panics::{Payload, drop_quietly, unwound};
use crate::{Deployment, Error, Result};

/// A call of a batched method, as its handle passes it on.
pub struct Asked<A> {
    /// The values of this call.
    pub arguments: A,
    /// How much it counts against `max_batch_cost`.
    pub cost: u64,
    /// Only calls of one group are in one batch; `None` if there are no groups.
    pub group: Option<Group>,
}

/// A call with its cost and its group, where `#[batch]` names functions for them. They run in the caller, which is
/// not to blame for their panics: the call fails, and no replica is replaced. `method` is `None` for a function.
///
/// # Errors
///
/// If one of the functions panics.
pub fn asked<D: Deployment, A>(
    method: Option<&str>,
    arguments: A,
    cost: impl FnOnce(&A) -> u64,
    group: impl FnOnce(&A) -> Option<Group>,
) -> Result<Asked<A>> {
    let failed = |function: &str, payload: Payload| {
        let method = method
            .map(|method| format!(".{method}"))
            .unwrap_or_default();
        Error::panicked_in(&format!("`{function}` of `{}{method}`", D::NAME), payload)
    };
    let asked = unwound(|| cost(&arguments))
        .map_err(|payload| failed("cost", payload))
        .and_then(|cost| {
            let group = unwound(|| group(&arguments));
            group
                .map(|group| (cost, group))
                .map_err(|payload| failed("group_by", payload))
        });
    match asked {
        Ok((cost, group)) => Ok(Asked {
            arguments,
            cost,
            group,
        }),
        Err(error) => {
            drop_quietly(arguments);
            Err(error)
        }
    }
}

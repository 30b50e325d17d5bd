//! Names of deployments and functions that rustc would report as those of generated types.

use syn::Ident;

use crate::diagnostics;
use crate::ir::graph::{Deployment, DeploymentKind, Graph};
use crate::report::Report;
use crate::source::named::{Named, named};

/// Reports what the graph's file tells for certain; rustc reports the rest.
pub(crate) fn check(graph: &Graph, report: &mut Report) {
    let written = graph.deployments.iter().filter_map(|deployment| {
        let name = deployment.path.get_ident()?;
        Some((deployment, name))
    });
    let (deployments, names): (Vec<&Deployment>, Vec<&Ident>) = written.unzip();
    for (index, found) in named(&names) {
        let (name, kind) = (names[index], deployments[index].kind);
        match (found, kind) {
            (Named::Generic(params), DeploymentKind::Bound) => {
                report.error(name, diagnostics::types_missing(name, &params, "::bind"));
            }
            (Named::Generic(params), DeploymentKind::Function) => {
                report.error(name, diagnostics::types_missing(name, &params, ""));
            }
            (Named::PlainFunction, DeploymentKind::Function) => {
                report.error(name, diagnostics::plain_function(name));
            }
            (Named::Nothing(functions), DeploymentKind::Function) => {
                report.error(name, diagnostics::unknown_function(name, &functions));
            }
            _ => {}
        }
    }
}

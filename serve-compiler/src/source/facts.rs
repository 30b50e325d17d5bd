//! The facts about a deployment that its definition contains and pictures show.

use bumpalo::Bump;
use serve_topology::{Execution, Loader, Method, Options, Param, Topology};

use super::cfg::Cfg;
use super::module::{Deployment, ModuleId};
use super::options::Read;
use super::{PackageId, Sources};
use crate::check;
use crate::codegen::deployment::describe::{Description, max_models};
use crate::ir::deployment::DeploymentImpl;
use crate::report::Report;
use crate::text::name_text;
use crate::{lower, syntax};

/// A deployment or graph that a graph binds, as its definition describes it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Facts<'a> {
    /// The options that its attribute sets.
    pub(crate) options: Options<'a>,
    /// The names of options with computed values, which are not known here.
    pub(crate) computed: &'a [&'a str],
    /// The callable methods; a function has `call`.
    pub(crate) methods: &'a [Method<'a>],
    /// The methods that load models.
    pub(crate) loaders: &'a [Loader<'a>],
    /// The shape of a graph that is bound.
    pub(crate) graph: Option<&'a Topology<'a>>,
}

impl Facts<'_> {
    /// Of an item that is not in the sources, or is not a deployment.
    pub(super) const NONE: Self = Facts {
        options: Options::DEFAULT,
        computed: &[],
        methods: &[],
        loaders: &[],
        graph: None,
    };
}

impl Sources {
    /// Reads a definition. Its own attribute reports its errors.
    pub(super) fn facts<'a>(
        &self,
        deployment: &Deployment,
        module: ModuleId,
        bump: &'a Bump,
    ) -> Facts<'a> {
        let report = &mut Report::default();
        let (attr, descriptions, loaders) = match deployment {
            Deployment::Type { options, item } => {
                let impls = self.modules[module].impls.get(&name_text(&item.ident));
                let impls = impls.into_iter().flatten().cloned();
                let lowered = impls.filter_map(|it| lower::deployment::implementation(it, report));
                let lowered: Vec<_> = lowered.collect();
                let cfg = match self.package_of(module) == PackageId::default() {
                    true => &self.cfg,
                    false => &Cfg::default(),
                };
                let methods = lowered.iter().flat_map(|it| compiled(it, cfg));
                let loaders = lowered.iter().flat_map(|it| &it.loaders);
                let loaders = loaders.filter(|loader| cfg.keeps(&loader.attrs));
                let loaders: Vec<_> = loaders.map(|it| loader(it, bump)).collect();
                (options, methods.collect::<Vec<_>>(), loaders)
            }
            Deployment::Function { options, item } => {
                let none = crate::ir::deployment::Options::default();
                let lowered = lower::deployment::function(none, (**item).clone(), report);
                let call = lowered.map(|it| Description::of(&it.function, "call"));
                (options, call.into_iter().collect(), Vec::new())
            }
        };
        let given = syntax::options::parse(attr.clone(), report);
        let mut read = Read::default();
        read.set_all(&check::options::deployment(given, report));
        let computed = read.computed.iter().map(|it| &*bump.alloc_str(it));
        let methods = descriptions.iter().map(|it| method(it, bump));
        let mut options = read.values.resources(read.resources(bump));
        options.name = read.name.map(|name| &*bump.alloc_str(&name));
        Facts {
            options,
            computed: bump.alloc_slice_fill_iter(computed),
            methods: bump.alloc_slice_fill_iter(methods),
            loaders: bump.alloc_slice_copy(&loaders),
            graph: None,
        }
    }
}

/// The methods that are compiled.
fn compiled(deployment: &DeploymentImpl, cfg: &Cfg) -> Vec<Description> {
    let methods = deployment.methods.iter();
    let methods = methods.filter(|method| cfg.keeps(&method.attrs));
    methods
        .map(|method| Description::of(method, &name_text(&method.ident)))
        .collect()
}

fn loader<'a>(loader: &crate::ir::deployment::Loader, bump: &'a Bump) -> Loader<'a> {
    let mut read = Loader::new(bump.alloc_str(&name_text(&loader.ident)));
    read.max_num_models_per_replica = max_models(loader);
    read
}

fn method<'a>(description: &Description, bump: &'a Bump) -> Method<'a> {
    let params = description.params.iter();
    let params = params.map(|(name, ty)| Param::new(bump.alloc_str(name), bump.alloc_str(ty)));
    let execution = match description.in_place {
        true => Execution::InPlace,
        false => Execution::Compute,
    };
    let mut method = Method::new(bump.alloc_str(&description.name), execution)
        .params(bump.alloc_slice_fill_iter(params))
        .output(bump.alloc_str(&description.output));
    method.batch = description.batch.as_ref().map(super::options::batch);
    method
}

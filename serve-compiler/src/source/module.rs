//! One module: the names in it that a graph can use.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use syn::{Attribute, Item, ItemFn, ItemImpl, Meta, Type};

use super::cfg::Cfg;
use super::path::{Import, Written, imports};
use crate::syntax::deployment::TypeItem;
use crate::text::name_text;

/// An index into [`Sources::modules`](super::Sources).
pub(super) type ModuleId = usize;

pub(super) struct Module {
    /// Its name; of a root, the name of its crate.
    pub(super) name: String,
    pub(super) parent: Option<ModuleId>,
    /// The crate's root.
    pub(super) root: ModuleId,
    /// An index into [`Sources::files`](super::Sources).
    pub(super) file: usize,
    pub(super) children: HashMap<String, ModuleId>,
    pub(super) deployments: HashMap<String, Deployment>,
    /// The `#[deployment] impl` blocks, by the name of their type.
    pub(super) impls: HashMap<String, Vec<ItemImpl>>,
    pub(super) graphs: Vec<GraphItem>,
    /// `type Big = Classifier<Large>;`
    pub(super) aliases: HashMap<String, Written>,
    /// A name can be imported twice: for example a type and a function.
    pub(super) imports: HashMap<String, Vec<Written>>,
    pub(super) globs: Vec<Written>,
    /// The names of other items, which have priority over names that a glob imports.
    pub(super) others: HashSet<String>,
}

/// The item that `#[deployment(..)]` is on.
pub(super) enum Deployment {
    Type {
        options: TokenStream,
        item: Box<TypeItem>,
    },
    Function {
        options: TokenStream,
        item: Box<ItemFn>,
    },
}

/// The item that `#[graph(..)]` is on.
pub(super) struct GraphItem {
    /// The attribute itself.
    pub(super) attribute: Attribute,
    pub(super) options: TokenStream,
    /// The function, as the attribute sees it.
    pub(super) item: ItemFn,
}

impl Module {
    pub(super) fn new(name: String, file: usize, parent: Option<ModuleId>, root: ModuleId) -> Self {
        Module {
            name,
            parent,
            root,
            file,
            children: HashMap::new(),
            deployments: HashMap::new(),
            impls: HashMap::new(),
            graphs: Vec::new(),
            aliases: HashMap::new(),
            imports: HashMap::new(),
            globs: Vec::new(),
            others: HashSet::new(),
        }
    }

    /// Records an item that is not a module.
    pub(super) fn add(&mut self, item: Item, cfg: &Cfg) {
        match item {
            Item::Struct(mut item) => {
                item.attrs = cfg.attributes(&item.attrs);
                self.add_type(item.into());
            }
            Item::Enum(mut item) => {
                item.attrs = cfg.attributes(&item.attrs);
                self.add_type(item.into());
            }
            Item::Impl(mut item) => {
                item.attrs = cfg.attributes(&item.attrs);
                self.add_impl(item);
            }
            Item::Fn(mut item) => {
                item.attrs = cfg.attributes(&item.attrs);
                self.add_function(item);
            }
            Item::Type(item) => self.add_alias(&item.ident, &item.ty),
            Item::Use(item) => self.add_imports(imports(item.leading_colon.is_some(), &item.tree)),
            Item::Union(item) => self.add_other(&item.ident),
            Item::Trait(item) => self.add_other(&item.ident),
            Item::Const(item) => self.add_other(&item.ident),
            Item::Static(item) => self.add_other(&item.ident),
            _ => {}
        }
    }

    fn add_type(&mut self, mut item: TypeItem) {
        match take(&mut item.attrs, "deployment") {
            Some((_, options)) => {
                let item = Box::new(item);
                let deployment = Deployment::Type { options, item };
                self.add_deployment(deployment);
            }
            None => self.add_other(&item.ident),
        }
    }

    fn add_function(&mut self, mut item: ItemFn) {
        if let Some((attribute, options)) = take(&mut item.attrs, "graph") {
            self.graphs.push(GraphItem {
                attribute,
                options,
                item,
            });
        } else if let Some((_, options)) = take(&mut item.attrs, "deployment") {
            self.add_deployment(Deployment::Function {
                options,
                item: Box::new(item),
            });
        } else {
            self.add_other(&item.sig.ident);
        }
    }

    /// Of two items under different conditions, the first is taken.
    fn add_deployment(&mut self, deployment: Deployment) {
        let ident = match &deployment {
            Deployment::Type { item, .. } => &item.ident,
            Deployment::Function { item, .. } => &item.sig.ident,
        };
        self.deployments
            .entry(name_text(ident))
            .or_insert(deployment);
    }

    fn add_impl(&mut self, mut item: ItemImpl) {
        let is_ours = take(&mut item.attrs, "deployment").is_some();
        if let Type::Path(ty) = &*item.self_ty
            && let Some(last) = ty.path.segments.last()
            && is_ours
        {
            self.impls
                .entry(name_text(&last.ident))
                .or_default()
                .push(item);
        }
    }

    fn add_alias(&mut self, ident: &syn::Ident, ty: &Type) {
        match ty {
            Type::Path(ty) if ty.qself.is_none() => {
                let path = Written::from(&ty.path);
                self.aliases.insert(name_text(ident), path);
            }
            _ => self.add_other(ident),
        }
    }

    fn add_imports(&mut self, imports: Vec<Import>) {
        for import in imports {
            match import {
                Import::Named(name, path) => self.imports.entry(name).or_default().push(path),
                Import::Glob(path) => self.globs.push(path),
            }
        }
    }

    fn add_other(&mut self, ident: &syn::Ident) {
        self.others.insert(name_text(ident));
    }
}

/// Removes the attribute of that name from an item, and returns the tokens in its parentheses.
///
/// It compares the last segment of the attribute's path: a crate that re-exports the runtime may give it any
/// path.
fn take(attrs: &mut Vec<Attribute>, wanted: &str) -> Option<(Attribute, TokenStream)> {
    let is_wanted = |attr: &Attribute| {
        let last = attr.path().segments.last();
        last.is_some_and(|segment| segment.ident == wanted)
    };
    let at = attrs.iter().position(is_wanted)?;
    let options = match &attrs[at].meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens.clone(),
        Meta::NameValue(_) => return None,
    };
    Some((attrs.remove(at), options))
}

//! From a crate's root file to all of its modules, along `mod`, as rustc finds them.

use std::fs;
use std::path::{Path, PathBuf};

use syn::{Attribute, Expr, ExprLit, Item, ItemMod, Lit, Meta};

use super::cfg::Cfg;
use super::module::{Module, ModuleId};
use super::problem::Problem;
use super::{File, Sources};
use crate::text::name_text;

/// The folders in which a module's files are searched.
#[derive(Clone)]
struct Place {
    /// For `mod name;`: the folder that has `name.rs` or `name/mod.rs`.
    children: PathBuf,
    /// The folder that `#[path]` is relative to.
    paths: PathBuf,
}

pub(super) struct Walk<'a> {
    pub(super) cfg: &'a Cfg,
    pub(super) sources: &'a mut Sources,
    /// The files that are being read: a file cannot be a module of itself.
    pub(super) open: Vec<PathBuf>,
}

impl Walk<'_> {
    /// Reads a crate from its root file on.
    pub(super) fn root(&mut self, name: String, file: &Path) -> Option<ModuleId> {
        let children = file.parent().unwrap_or(Path::new("")).to_owned();
        self.file(name, None, file, children)
    }

    /// Reads a module that has a file of its own. A file that cannot be read is noted, and gives no module.
    fn file(
        &mut self,
        name: String,
        parent: Option<ModuleId>,
        path: &Path,
        children: PathBuf,
    ) -> Option<ModuleId> {
        if self.open.iter().any(|open| open == path) {
            return None; // rustc reports it
        }
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.problem(Problem::unreadable(path, &error));
                return None;
            }
        };
        let path = path.to_owned();
        self.text(name, parent, File { path, text }, children)
    }

    /// Reads a module from its file's text.
    pub(super) fn text(
        &mut self,
        name: String,
        parent: Option<ModuleId>,
        file: File,
        children: PathBuf,
    ) -> Option<ModuleId> {
        let (path, parsed) = (file.path.clone(), syn::parse_file(&file.text));
        self.sources.files.push(file);
        let file = self.sources.files.len() - 1;
        match parsed {
            Ok(parsed) if self.cfg.keeps(&parsed.attrs) => {
                let paths = path.parent().unwrap_or(Path::new("")).to_owned();
                self.open.push(path);
                let module = self.module(name, parent, file);
                self.items(parsed.items, module, &Place { children, paths });
                self.open.pop();
                Some(module)
            }
            Ok(_) => None,
            Err(error) => {
                let problems = Problem::of(&error, &self.sources.files[file], None);
                self.sources.problems.extend(problems);
                None
            }
        }
    }

    fn module(&mut self, name: String, parent: Option<ModuleId>, file: usize) -> ModuleId {
        let id = self.sources.modules.len();
        let root = parent.map_or(id, |parent| self.sources.modules[parent].root);
        let module = Module::new(name, file, parent, root);
        self.sources.modules.push(module);
        id
    }

    fn items(&mut self, items: Vec<Item>, module: ModuleId, place: &Place) {
        for item in items {
            if !self.cfg.keeps(attributes(&item)) {
                continue;
            }
            match item {
                Item::Mod(item) => self.child(item, module, place),
                item => self.sources.modules[module].add(item, self.cfg),
            }
        }
    }

    fn child(&mut self, item: ItemMod, parent: ModuleId, place: &Place) {
        let name = name_text(&item.ident);
        let written = path_attribute(&self.cfg.attributes(&item.attrs));
        let child = match item.content {
            Some((_, items)) => {
                let folder = match written {
                    Some(path) => place.paths.join(path),
                    None => place.children.join(&name),
                };
                let place = Place {
                    children: folder.clone(),
                    paths: folder,
                };
                let file = self.sources.modules[parent].file;
                let module = self.module(name.clone(), Some(parent), file);
                self.items(items, module, &place);
                Some(module)
            }
            None => self.child_file(&name, written, parent, place),
        };
        if let Some(child) = child {
            // Of two items under different conditions, the first is taken.
            let children = &mut self.sources.modules[parent].children;
            children.entry(name).or_insert(child);
        }
    }

    /// `mod name;`. rustc reports a missing file, and says where it searched.
    fn child_file(
        &mut self,
        name: &str,
        written: Option<String>,
        parent: ModuleId,
        place: &Place,
    ) -> Option<ModuleId> {
        let folder = place.children.join(name);
        let (file, children) = match written {
            Some(path) => {
                let file = place.paths.join(path);
                let children = file.parent()?.to_owned();
                (file, children)
            }
            None => {
                let beside = place.children.join(format!("{name}.rs"));
                let inside = folder.join("mod.rs");
                let file = if beside.is_file() { beside } else { inside };
                (file, folder)
            }
        };
        if !file.is_file() {
            return None;
        }
        self.file(name.to_owned(), Some(parent), &file, children)
    }

    fn problem(&mut self, problem: Problem) {
        self.sources.problems.push(problem);
    }
}

/// `#[path = ".."]`.
fn path_attribute(attrs: &[Attribute]) -> Option<String> {
    attrs.iter().find_map(|attr| match &attr.meta {
        Meta::NameValue(meta) if meta.path.is_ident("path") => match &meta.value {
            Expr::Lit(ExprLit {
                lit: Lit::Str(path),
                ..
            }) => Some(path.value()),
            _ => None,
        },
        _ => None,
    })
}

/// The attributes of the items that matter here.
fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

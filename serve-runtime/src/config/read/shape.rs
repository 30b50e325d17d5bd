//! The two forms of a file: Ray Serve's, with a list of applications, and that of one application at its top.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::deserializer::{Wrong, read};
use super::ray;
use crate::config::node::{Entry, Node, Tree};

/// An application, and its path in errors; none if it is the top of the file.
type Application = (Option<String>, Node);

/// What is said of the server, and of each application.
pub(super) fn split(node: Node) -> Result<(Node, Vec<Application>), Wrong> {
    read::<BTreeMap<String, IgnoredAny>>(&node)?;
    match node.get("applications") {
        Some(_) => several(node),
        None => one(node),
    }
}

fn several(mut node: Node) -> Result<(Node, Vec<Application>), Wrong> {
    for entry in node.entries() {
        let key = entry.key.as_str();
        if ray::is_of_top(key) {
            continue;
        }
        if let Some(place) = ray::belongs(key) {
            return Err(Wrong::at(entry.place, place));
        }
        return Err(Wrong::unknown(entry, ray::TOP.iter().copied(), Vec::new()));
    }
    let Some(Entry { node: list, .. }) = node.take("applications") else {
        return Ok((node, Vec::new()));
    };
    read::<Vec<IgnoredAny>>(&list).map_err(|wrong| wrong.within("applications"))?;
    let applications = list.elements().iter().enumerate();
    let applications = applications
        .map(|(index, application)| (Some(format!("applications[{index}]")), application.clone()));
    Ok((node, applications.collect()))
}

fn one(mut node: Node) -> Result<(Node, Vec<Application>), Wrong> {
    let is_known = |key: &str| ray::is_of_application(key) || ray::is_of_top(key);
    let unknown = node.entries().iter().find(|entry| !is_known(&entry.key));
    if let Some(entry) = unknown {
        let known = ray::APPLICATION.iter().chain(ray::TOP).copied();
        return Err(match ray::belongs(&entry.key) {
            Some(place) => Wrong::at(entry.place, place),
            None => Wrong::unknown(entry, known, Vec::new()),
        });
    }
    let entries = node.entries_mut().map(std::mem::take).unwrap_or_default();
    // A file may say something of the server alone, and one that says nothing is for an application.
    let is_nothing = entries.is_empty();
    let (application, top): (Vec<Entry>, Vec<Entry>) = entries
        .into_iter()
        .partition(|entry| ray::is_of_application(&entry.key));
    let has_application = is_nothing || !application.is_empty();
    let [application, top] = [application, top].map(|entries| Node {
        tree: Tree::Map(entries),
        ..node.clone()
    });
    let application = has_application.then_some((None, application));
    Ok((top, application.into_iter().collect()))
}

/// The deployments of an application.
pub(super) fn deployments(application: &mut Node) -> &mut [Node] {
    let entries = application.entries_mut().map(|entries| &mut entries[..]);
    let mut entries = entries.unwrap_or_default().iter_mut();
    let found = entries.find(|entry| entry.key == "deployments");
    let elements = found.and_then(|entry| entry.node.elements_mut());
    elements
        .map(|elements| &mut elements[..])
        .unwrap_or_default()
}

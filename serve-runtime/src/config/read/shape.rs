//! The two forms of a file: Ray Serve's, with a list of applications, and that of one application at its top.

use std::collections::BTreeMap;

use serde::de::IgnoredAny;

use super::deserializer::{Wrong, read};
use super::ray;
use crate::config::node::{Entry, Node};

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
        if ray::is_of_top(key) || key == "applications" {
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
    let mut top = Node::map::<String>([]);
    let is_nothing = node.entries().is_empty();
    for entry in node.entries_mut().map(std::mem::take).unwrap_or_default() {
        let key = entry.key.as_str();
        if ray::is_of_application(key) {
            node.entries_mut()
                .into_iter()
                .for_each(|it| it.push(entry.clone()));
        } else if ray::is_of_top(key) {
            top.entries_mut()
                .into_iter()
                .for_each(|it| it.push(entry.clone()));
        } else if matches!(key, "host" | "port") {
            let place = ray::belongs(key).unwrap_or_default();
            return Err(Wrong::at(entry.place, place));
        } else {
            return Err(Wrong::unknown(
                &entry,
                ray::APPLICATION.iter().chain(ray::TOP).copied(),
                Vec::new(),
            ));
        }
    }
    // A file may say something of the server alone.
    let has_application = is_nothing || !node.entries().is_empty();
    let application = has_application.then_some((None, node));
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

//! `call JSON`: one request without a server.

use std::io::Read;
use std::sync::Arc;

use futures_util::StreamExt;
use serve_topology::Param;
use serve_topology::route::sent;

use super::output::print;
use crate::ingress::applications::served::AnyApplication;
use crate::ingress::floats::Floats;
use crate::resources::{LazyLedger, Ledger, Machine};
use crate::{Error, Result};

/// Runs one request and prints its output as JSON; the items of a stream as they arrive, one per line.
pub(super) async fn run(
    applications: &[Arc<dyn AnyApplication>],
    machine: Option<Machine>,
    route: Option<&str>,
    json: Option<String>,
    floats: Floats,
) -> Result<()> {
    let (application, index) = entry(applications, route)?;
    let params = application.topology().entries[index].params;
    let body = match json.as_deref() {
        Some("-") => read_stdin()?,
        Some(json) => json.as_bytes().to_vec(),
        None if params.is_empty() => Vec::new(),
        None => return Err(no_body(params)),
    };
    application.accepts(index, &body)?;
    let ledger = LazyLedger::from(machine.map(Ledger::from));
    application.deploy(ledger).await?;
    let answered = async {
        let mut texts = application.call(index, &body, floats).await?;
        while let Some(text) = texts.next().await {
            if !print(text?)? {
                break;
            }
        }
        Ok(())
    };
    let answered = answered.await;
    application.shutdown().await;
    answered
}

/// The entry at a route, and its application; a single entry needs no route.
fn entry<'a>(
    applications: &'a [Arc<dyn AnyApplication>],
    route: Option<&str>,
) -> Result<(&'a dyn AnyApplication, usize)> {
    let all = applications.iter().flat_map(|application| {
        let routes = application.routes().iter().enumerate();
        routes.map(|(index, route)| (&**application, index, route.as_str()))
    });
    let all: Vec<_> = all.collect();
    if all.is_empty() {
        return Err(Error::invalid_input("nothing is served over HTTP"));
    }
    let found = match (route, &all[..]) {
        (None, [only]) => Some(only),
        (None, _) => None,
        (Some(route), all) => all.iter().find(|(.., it)| *it == sent(route)),
    };
    let found = found.map(|(application, index, _)| (*application, *index));
    found.ok_or_else(|| {
        let routes: Vec<&str> = all.iter().map(|(.., route)| *route).collect();
        let wrong = match route {
            Some(route) => format!("nothing is served at `{route}`"),
            None if applications.len() == 1 => "this graph has several routes".to_owned(),
            None => "there are several routes".to_owned(),
        };
        let routes = routes.join(", ");
        Error::invalid_input(format!("{wrong}; choose one with `--route`: {routes}"))
    })
}

fn no_body(params: &[Param<'_>]) -> Error {
    let wanted = match params {
        [param] => format!("a `{}`, the graph's `{}`", param.ty, param.name),
        _ => {
            let fields = params.iter().map(|param| format!("`{}`", param.name));
            let fields: Vec<String> = fields.collect();
            format!("an object with the fields {}", fields.join(", "))
        }
    };
    Error::invalid_input(format!(
        "`call` needs the request's body as JSON: {wanted}; `-` reads it from standard input"
    ))
}

fn read_stdin() -> Result<Vec<u8>> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;
    Ok(body)
}

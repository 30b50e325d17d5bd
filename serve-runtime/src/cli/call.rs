//! `call JSON`: one request without a server.

use std::io::Read;

use serde::Serialize;

use crate::application::{Application, deploy};
use crate::graph::Graph;
use crate::ingress::{BadBody, Inputs};
use crate::{Error, ErrorKind, Result};

/// Runs one request and prints its output as JSON.
pub(super) async fn run<G>(application: Application<G>, json: String) -> Result<()>
where
    G: Graph<Input: Inputs, Output: Serialize>,
{
    let body = match json.as_str() {
        "-" => read_stdin()?,
        _ => json.into_bytes(),
    };
    let params = G::TOPOLOGY
        .entries
        .first()
        .map_or(&[][..], |entry| entry.params);
    let input = G::Input::decode(params, &body).map_err(explain)?;
    let deployed = deploy(application).await?;
    let output = G::call(deployed.handle(), input).await;
    deployed.shutdown().await;
    println!("{}", serde_json::to_string_pretty(&output?)?);
    Ok(())
}

fn read_stdin() -> Result<Vec<u8>> {
    let mut body = Vec::new();
    std::io::stdin().read_to_end(&mut body)?;
    Ok(body)
}

fn explain(bad: BadBody) -> Error {
    Error::new(ErrorKind::InvalidInput, bad)
}

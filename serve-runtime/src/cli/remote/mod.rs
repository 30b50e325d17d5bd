//! The commands that ask a server which runs, through its control plane.

mod client;
mod deploy;
mod status;

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde_json::{Value, json};

use self::client::Client;
pub(super) use self::deploy::Deploy;
use self::status::{Form, Shown};
use super::output;
use crate::{Error, Result};

/// Where the server's control plane is.
#[derive(Args)]
pub(in crate::cli) struct Remote {
    /// Address of the server's control plane
    #[arg(
        long,
        short,
        value_name = "URL",
        env = "RAY_DASHBOARD_ADDRESS",
        default_value = "http://127.0.0.1:8265"
    )]
    address: String,
    /// File with the token that it asks for; otherwise the one in SERVE_CONTROL_TOKEN
    #[arg(long, value_name = "FILE", env = "SERVE_CONTROL_TOKEN_FILE")]
    token_file: Option<PathBuf>,
}

#[derive(Args)]
pub(in crate::cli) struct Status {
    #[command(flatten)]
    remote: Remote,
    /// Only the application of that name
    #[arg(long, short)]
    name: Option<String>,
    /// How it is printed
    #[arg(long, short, value_enum, default_value_t = Form::Table)]
    output: Form,
    /// Print it again each second
    #[arg(long)]
    watch: bool,
}

#[derive(Args)]
pub(in crate::cli) struct Configuration {
    #[command(flatten)]
    remote: Remote,
    /// Only the application of that name
    #[arg(long, short)]
    name: Option<String>,
}

#[derive(Args)]
pub(in crate::cli) struct Scale {
    #[command(flatten)]
    remote: Remote,
    /// The application
    application: String,
    /// The deployment
    deployment: String,
    /// How many replicas it should have
    num_replicas: u32,
}

#[derive(Args)]
pub(in crate::cli) struct Shutdown {
    #[command(flatten)]
    remote: Remote,
    /// Only the application of that name
    #[arg(long, short)]
    name: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

impl Remote {
    fn client(&self) -> Result<Client> {
        Client::new(&self.address, self.token_file.as_deref())
    }
}

/// The state of each application.
async fn applications(client: &Client) -> Result<Value> {
    let text = client.get("/api/serve/applications/").await?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("the control plane's answer cannot be read: {error}");
        Error::failed(message)
    })
}

impl Status {
    pub(in crate::cli) async fn run(self) -> Result<()> {
        let client = self.remote.client()?;
        loop {
            let details = applications(&client).await?;
            let shown = Shown::of(&details, self.name.as_deref())?;
            let text = shown.text(self.output)?;
            let again = self.watch && self.output == Form::Table;
            let text = if again {
                format!("\x1b[2J\x1b[H{text}")
            } else {
                text
            };
            if !output::print(text.trim_end())? || !self.watch {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

impl Configuration {
    pub(in crate::cli) async fn run(self) -> Result<()> {
        let details = applications(&self.remote.client()?).await?;
        let applications = details["applications"].as_object().into_iter().flatten();
        let wanted = self.name.as_deref();
        let configs: Vec<&Value> = applications
            .filter(|(name, _)| wanted.is_none_or(|wanted| wanted == *name))
            .map(|(_, application)| &application["deployed_app_config"])
            .collect();
        if configs.is_empty() {
            return Err(Error::invalid_input(match wanted {
                Some(name) => format!("no application is named `{name}`"),
                None => "no application is deployed".to_owned(),
            }));
        }
        let text = serde_saphyr::to_string(&json!({ "applications": configs }));
        let text = text.map_err(|error| Error::failed(error.to_string()))?;
        output::print(text.trim_end()).map(drop)
    }
}

impl Scale {
    pub(in crate::cli) async fn run(self) -> Result<()> {
        let Scale {
            remote,
            application,
            deployment,
            num_replicas,
        } = self;
        let path = format!(
            "/api/node/{}/{}/scale",
            client::segment(&application),
            client::segment(&deployment)
        );
        let body = json!({ "target_num_replicas": num_replicas });
        remote
            .client()?
            .send("POST", &path, Some(body.to_string()))
            .await?;
        output::print(format_args!("`{deployment}` has {num_replicas} replicas")).map(drop)
    }
}

impl Shutdown {
    pub(in crate::cli) async fn run(self) -> Result<()> {
        let client = self.remote.client()?;
        let what = match &self.name {
            Some(name) => format!("the application `{name}`"),
            None => "all applications".to_owned(),
        };
        if !self.yes && !is_agreed(&format!("delete {what}?"))? {
            return Ok(());
        }
        let path = match &self.name {
            Some(name) => format!("/api/applications/{}", client::segment(name)),
            None => "/api/serve/applications/".to_owned(),
        };
        client.send("DELETE", &path, None).await?;
        output::print(format_args!(
            "{what}: no longer served, and gone once the last requests are answered"
        ))
        .map(drop)
    }
}

/// Asks at the terminal.
fn is_agreed(question: &str) -> Result<bool> {
    output::print(format_args!("{question} [y/N]"))?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
}

//! Triage of support tickets: which team, how urgent, and a first reply.
use serve_runtime::prelude::*;

#[derive(Clone, serde::Deserialize)]
struct Ticket {
    subject: String,
    body: String,
}

#[derive(Clone)]
struct Tokens(Vec<u32>);

#[derive(serde::Serialize)]
struct Verdict {
    team: String,
    urgency: f64,
    reply: String,
}

#[deployment(num_replicas = 2)]
struct Tokenizer {
    max_len: usize,
}

#[deployment]
impl Tokenizer {
    fn new(max_len: usize) -> Self {
        Tokenizer { max_len }
    }

    fn tokenize(&self, ticket: Ticket) -> Tokens {
        let text = ticket.subject + &ticket.body;
        Tokens(text.bytes().map(u32::from).take(self.max_len).collect())
    }
}

#[deployment]
struct Teams {
    names: Vec<String>,
}

#[deployment]
impl Teams {
    fn new(names: Vec<String>) -> Self {
        Teams { names }
    }

    fn choose(&self, tokens: Tokens) -> String {
        self.names[tokens.0.len() % self.names.len()].clone()
    }
}

#[deployment]
struct Urgency;

#[deployment]
impl Urgency {
    fn new() -> Self {
        Urgency
    }

    fn score(&self, tokens: Tokens, weight: f64) -> f64 {
        tokens.0.len() as f64 * weight
    }
}

#[deployment]
async fn draft(team: String, urgency: f64) -> String {
    format!("{team} will answer within {urgency} hours")
}

#[deployment]
async fn verdict(team: String, urgency: f64, reply: String) -> Verdict {
    Verdict { team, urgency, reply }
}

/// Triage.
#[graph(route_prefix = "/triage")]
fn triage(tokenizer: Handle<Tokenizer>, teams: Vec<String>) -> Verdict {
    let chooser = Teams::bind(teams);
    let urgency = Urgency::bind();

    input(|ticket: Ticket, weight: f64| {
        let tokens = tokenizer.tokenize(ticket);
        let team = chooser.choose(tokens);
        let hours = urgency.score(tokens, weight);
        let reply = draft(team, hours);
        verdict(team, hours, reply)
    })
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(triage(Tokenizer::bind(512), vec!["billing".into()])).await
}

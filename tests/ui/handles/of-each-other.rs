use serve_runtime::prelude::*;

#[deployment]
struct Draft {
    critic: Handle<Critic>,
}

#[deployment]
impl Draft {
    fn new(critic: Handle<Critic>) -> Self {
        Draft { critic }
    }

    async fn write(&self, topic: String) -> Result<String> {
        self.critic.judge(topic).await
    }
}

#[deployment]
struct Critic {
    draft: Handle<Draft>,
}

#[deployment]
impl Critic {
    fn new(draft: Handle<Draft>) -> Self {
        Critic { draft }
    }

    async fn judge(&self, text: String) -> Result<String> {
        if text.len() > 80 { Ok(text) } else { self.draft.write(text).await }
    }
}

#[graph]
fn essay() -> String {
    let critic = Critic::bind(draft);
    let draft = Draft::bind(critic);

    input(|topic: String| draft.write(topic))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(essay()).await
}

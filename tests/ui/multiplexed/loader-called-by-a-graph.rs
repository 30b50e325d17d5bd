//! One base model, and an adapter for each customer, loaded when first asked for.
use serve_runtime::prelude::*;

struct Adapter {
    rank: usize,
}

#[deployment]
struct Lora {
    folder: String,
}

#[deployment]
impl Lora {
    fn new(folder: String) -> Self {
        Lora { folder }
    }

    #[multiplexed(max_num_models_per_replica = 3)]
    async fn load(&self, customer: &str) -> Result<Adapter> {
        Ok(Adapter { rank: self.folder.len() + customer.len() })
    }

    async fn answer(&self, customer: String, prompt: String) -> Result<String> {
        let adapter = self.load(&customer).await?;
        Ok(format!("{prompt} {}", adapter.rank))
    }
}

#[graph(route_prefix = "/lora")]
fn lora(folder: String) -> String {
    let lora = Lora::bind(folder);

    input(|customer: String, prompt: String| lora.answer(lora.load(customer), prompt))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(lora("adapters".into())).await
}

use serve_runtime::prelude::*;

#[deployment]
struct Model;

#[deployment]
impl Model {
    fn new() -> Self {
        Model
    }

    #[multiplexed(max_num_models_per_replica = 2)]
    async fn load(&self, customer: String) -> Result<String> {
        Ok(customer)
    }

    async fn forward(&self, image: Vec<u8>) -> Result<String> {
        let weights = self.load("a".to_owned()).await?;
        Ok(format!("{weights} {}", image.len()))
    }
}

#[graph]
fn photo() -> String {
    let model = Model::bind();
    input(|image: Vec<u8>| model.forward(image))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(photo()).await
}

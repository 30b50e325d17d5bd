use serve_runtime::prelude::*;
use std::path::Path;

#[derive(Debug)]
pub struct Image(u32);

#[deployment(num_replicas = 2, max_ongoing_requests = 64)]
pub struct Downloader {
    base: u32,
}
#[deployment]
impl Downloader {
    fn new(base: u32) -> Result<Self> {
        Ok(Downloader { base })
    }
    async fn run(&self, url: String) -> Result<u32> {
        Ok(self.base + url.parse::<u32>()?)
    }
}
#[deployment]
pub struct Pre;
#[deployment]
impl Pre {
    fn new() -> Self {
        Pre
    }
    fn process(&self, bytes: u32) -> Image {
        Image(bytes)
    }
}
#[deployment(num_cpus = 1)]
pub struct Model {
    weights: String,
    calls: u32,
}
#[deployment]
impl Model {
    fn new(weights: &Path) -> Self {
        Model {
            weights: weights.display().to_string(),
            calls: 0,
        }
    }
    fn forward(&mut self, image: &Image) -> Result<u32> {
        self.calls += 1;
        if image.0 == 13 {
            panic!("thirteen")
        }
        Ok(image.0 * self.weights.len() as u32)
    }
}
#[deployment]
pub struct Dispatcher {
    all: Vec<Handle<Model>>,
}
#[deployment]
impl Dispatcher {
    fn new(all: Vec<Handle<Model>>) -> Self {
        Dispatcher { all }
    }
    async fn run(&self, image: Shared<Image>, which: usize) -> Result<u32> {
        self.all[which].forward(image).await
    }
}
#[deployment]
async fn aggregate(a: u32, b: u32, label: String, weight: f64) -> String {
    format!("{a} {b} {label} {weight}")
}

/// A first graph.
#[graph(route_prefix = "/first")]
fn first(base: u32) -> String {
    let downloader = Downloader::bind(base);
    let pre = Pre::bind();
    let a = Model::bind("a");
    let b = Model::bind("bb").num_replicas(2);
    let c = Model::bind("ccc");
    let dispatcher = Dispatcher::bind(vec![b, c]);
    input(|url: String, which: usize| {
        let image = pre.process(downloader.run(url));
        let x = a.forward(image);
        let y = dispatcher.run(image, which);
        aggregate(x, y + 1, "plant".into(), 1.5)
    })
}

#[tokio::test]
async fn it_runs() {
    let app = deploy(first(1)).await.unwrap();
    assert_eq!(app.call("4".into(), 0).await.unwrap(), "5 11 plant 1.5");
    assert_eq!(app.call("4".into(), 1).await.unwrap(), "5 16 plant 1.5");
    let e = app.call("x".into(), 1).await.unwrap_err();
    assert_eq!(
        e.to_string(),
        "node `downloader.run`: invalid digit found in string"
    );
    let e = app.call("12".into(), 1).await.unwrap_err();
    assert_eq!(e.to_string(), "node `a.forward`: panicked: thirteen");
    let e = app.call("4".into(), 7).await.unwrap_err();
    println!("{e}");
    assert_eq!(app.call("4".into(), 1).await.unwrap(), "5 16 plant 1.5");
    println!("{:#?}", First::TOPOLOGY);
    app.shutdown().await;
}

//! Deployments that hold handles to their own kind, or to each other's.

use serve_runtime::prelude::*;

#[deployment]
struct Router {
    name: &'static str,
    next: Vec<Handle<Router>>,
}

#[deployment]
impl Router {
    fn new(name: &'static str, next: Vec<Handle<Router>>) -> Self {
        Router { name, next }
    }

    async fn ask(&self, question: String) -> Result<String> {
        let next = self.next.get(question.len() % 3);
        match next {
            None => Ok(format!("{}: {question}", self.name)),
            Some(next) => {
                let answer = next.ask(format!("{question}.")).await?;
                Ok(format!("{} < {answer}", self.name))
            }
        }
    }
}

#[graph]
fn tree() -> String {
    let last = Router::bind("last", vec![]);
    let left = Router::bind("left", vec![last]);
    let right = Router::bind("right", vec![last, left]);
    let root = Router::bind("root", vec![left, right]);

    input(|question: String| root.ask(question))
}

#[tokio::test]
async fn a_tree_of_routers_answers() {
    let app = deploy(tree()).await.unwrap();
    let ask = async |question: &str| app.call(question.to_owned()).await.unwrap();
    assert_eq!(ask("why").await, "root < left: why.");
    assert_eq!(ask("how?").await, "root < right: how?.");
    assert_eq!(ask("so").await, "root: so");
}

#[deployment]
struct Ping {
    pong: Option<Handle<Pong>>,
}

#[deployment]
impl Ping {
    fn new(pong: Option<Handle<Pong>>) -> Self {
        Ping { pong }
    }

    async fn hit(&self, count: u32) -> Result<u32> {
        match &self.pong {
            Some(pong) => pong.hit(count + 1).await,
            None => Ok(count),
        }
    }
}

#[deployment]
struct Pong {
    ping: Handle<Ping>,
}

#[deployment]
impl Pong {
    fn new(ping: Handle<Ping>) -> Self {
        Pong { ping }
    }

    async fn hit(&self, count: u32) -> Result<u32> {
        self.ping.hit(count + 1).await
    }
}

#[graph]
fn rally() -> u32 {
    let end = Ping::bind(None);
    let back = Pong::bind(end);
    let start = Ping::bind(Some(back));

    input(|count: u32| start.hit(count))
}

#[tokio::test]
async fn two_kinds_that_call_each_other_answer() {
    let app = deploy(rally()).await.unwrap();
    assert_eq!(app.call(0).await.unwrap(), 2);
}

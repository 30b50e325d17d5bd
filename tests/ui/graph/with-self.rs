//! A graph in a graph: cleans a text, then translates it.
use serve_runtime::prelude::*;

#[deployment]
struct Translator {
    to: String,
}

#[deployment]
impl Translator {
    fn new(to: String) -> Self {
        Translator { to }
    }

    fn translate(&self, text: String) -> String {
        format!("{text} in {}", self.to)
    }
}

#[deployment]
async fn clean(text: String, max_len: usize) -> String {
    text.chars().take(max_len).collect()
}

#[graph]
fn cleaned(&self, to: String) -> String {
    let translator = Translator::bind(to);

    input(|text: String, max_len: usize| {
        let text = clean(text, max_len);
        translator.translate(text)
    })
}

#[deployment]
async fn both(first: String, second: String) -> (String, String) {
    (first, second)
}

#[graph(route_prefix = "/translate")]
fn two(first: String, second: String) -> (String, String) {
    let a = cleaned::bind(first);
    let b = cleaned::bind(second);

    input(|text: String| both(a.call(text, 10), b.call(text, 20)))
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(two("French".into(), "Thai".into())).await
}

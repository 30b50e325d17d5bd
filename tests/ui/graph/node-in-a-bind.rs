//! What is on a page: text is read, faces are counted; a second graph looks at several pages.
use serve_runtime::prelude::*;

#[derive(Clone)]
enum Crop {
    Text(String),
    Face { size: u32 },
}

#[deployment]
fn detect(page: &str) -> Vec<Crop> {
    page.split(' ')
        .map(|word| match word.parse() {
            Ok(size) => Crop::Face { size },
            Err(_) => Crop::Text(word.to_owned()),
        })
        .collect()
}

#[deployment]
struct Reader {
    language: String,
}

#[deployment]
impl Reader {
    fn new(language: String) -> Self {
        Reader { language }
    }

    fn read(&self, text: String) -> String {
        text + &self.language
    }

    async fn languages(&self) -> Vec<String> {
        vec![self.language.clone()]
    }
}

#[deployment]
async fn recognise(size: u32, page: &str) -> Option<String> {
    page.get(..size as usize).map(str::to_owned)
}

#[deployment]
async fn summary(parts: Vec<String>) -> String {
    parts.join("; ")
}

#[graph(route_prefix = "/page")]
fn page(language: String) -> String {
    let reader = Reader::bind(summary(vec![language]));

    input(|page: String, thorough: bool| {
        let crops = detect(page);
        let parts = crops.map(|crop| match crop {
            Crop::Text(text) => reader.read(text),
            Crop::Face { size } if size > 20 => recognise(size, page).unwrap_or_default(),
            _ => "something".to_owned(),
        });
        if thorough { summary(parts) } else { "skipped".to_owned() }
    })
}

#[tokio::main]
async fn main() -> Result<()> {
    serve_runtime::run(page("en".into())).await
}

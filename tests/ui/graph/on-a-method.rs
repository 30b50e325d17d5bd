use serve_runtime::prelude::*;

#[deployment]
fn length(url: String) -> usize {
    url.len()
}

struct Photos;

impl Photos {
    #[graph]
    fn photo(&self) -> usize {
        input(|url: String| length(url))
    }
}

fn main() {}

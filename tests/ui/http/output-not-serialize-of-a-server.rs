use serve_runtime::prelude::*;

struct Photo {
    name: String,
}

#[deployment]
async fn photo(name: String) -> Photo {
    Photo { name }
}

#[graph]
fn describe() -> Photo {
    input(|name: String| photo(name))
}

fn main() {
    let _ = serve_runtime::ingress::Server::new().application(describe());
}

use serve_runtime::prelude::*;

struct Plain;

struct Router {
    next: Handle<Plain>,
}

fn main() {}

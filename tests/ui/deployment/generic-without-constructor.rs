//! Types are shown as they are written.

use serve_runtime::prelude::*;

struct Model<T>(T);

#[deployment(num_replicas = 2)]
impl<T: Send + Sync + 'static> Model<T> {}

fn main() {}

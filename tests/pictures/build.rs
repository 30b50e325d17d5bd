//! Writes the pictures of all graphs.

fn main() {
    serve_build::pictures().write();
}

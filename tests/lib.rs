//! The tests of the workspace: `behaviour/` runs graphs, `ui/` is what the compiler says of wrong ones.

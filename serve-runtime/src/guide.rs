//! The examples of the README and of the guide: all are compiled, and those that end are run.

#[doc = include_str!("../../README.md")]
struct Readme;

#[doc = include_str!("../../docs/guide/deployments.md")]
struct Deployments;

#[doc = include_str!("../../docs/guide/graphs.md")]
struct Graphs;

#[doc = include_str!("../../docs/guide/operations.md")]
struct Operations;

#[doc = include_str!("../../docs/guide/http.md")]
struct Http;

#[doc = include_str!("../../docs/guide/testing.md")]
struct Testing;

#[doc = include_str!("../../docs/guide/pictures.md")]
struct Pictures;

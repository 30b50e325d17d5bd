//! Graphs, called through handles and over HTTP.
#![allow(missing_docs, unreachable_pub, clippy::unwrap_used)]

mod admission;
mod bodies;
mod borrowing;
mod budgets;
mod calls;
mod captures;
mod choices;
mod config_files;
mod configs;
mod conformance;
mod constructors;
mod documented_options;
mod failing_constructors;
mod fairness;
mod fakes;
mod fan_outs;
mod faults;
mod function_names;
mod generated_names;
mod graph_items;
mod graph_names;
mod hidden_names;
mod http;
mod inference;
mod language;
mod life;
mod names;
mod names_of_operations;
mod orders;
mod overload;
mod parallel;

mod params;
mod process;
mod raw_names;
mod reached;
mod request_ids;
mod routers;
mod routes;
mod scale;
mod serving;
mod sharing;
mod shutdown;
mod statuses;
mod sub_graphs;
mod where_it_failed;

use serve_tests::support;

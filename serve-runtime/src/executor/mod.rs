//! What the future of a graph's request is made of. Generated code puts the pieces together: `private` lists
//! them.
//!
//! | file | a piece |
//! |---|---|
//! | `aside` | a future that few requests need, kept out of that of all |
//! | `call` | one request, from its deadline to its answer |
//! | `node`, `limit` | one call, and the limit of how many a fan-out makes at a time |
//! | `slot` | an edge: a value on its way from one node to others |
//! | `part` | a stretch of a large graph that is polled by itself |
//! | `choice` | which arm a request takes |
//! | `each`, `map` | what is done with each item of a list |
//! | `progress` | which node is at work, for errors |
//! | `editor` | what stands in for all of it while an editor reads |

pub(crate) mod aside;
pub(crate) mod call;
pub(crate) mod choice;
pub(crate) mod each;
pub mod editor;
pub(crate) mod limit;
pub(crate) mod map;
pub(crate) mod node;
pub(crate) mod part;
pub(crate) mod progress;
pub(crate) mod slot;

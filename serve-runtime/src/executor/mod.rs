//! The parts of a graph request's future. Generated code assembles them: `private` lists
//! them.
//!
//! | file | a piece |
//! |---|---|
//! | `aside` | a future that few requests need, kept out of the one that all have |
//! | `call` | one request, from its deadline to its output |
//! | `node`, `limit` | one call, and the limit of how many a fan-out makes at a time |
//! | `turns`, `late` | no node starves the others of a request, and no item those of a fan-out |
//! | `slot` | an edge: a value on its way from one node to others |
//! | `part` | a section of a large graph that is polled by itself |
//! | `keep` | where the future of a request is kept |
//! | `choice` | the arm that a request takes |
//! | `each`, `map` | the items of a list |
//! | `capture` | a value from outside that the items share |
//! | `progress` | the current node, for errors and deadlines |
//! | `editor` | the code that an editor reads in place of all this |

pub(crate) mod aside;
pub(crate) mod call;
pub(crate) mod capture;
pub(crate) mod choice;
pub(crate) mod each;
pub mod editor;
pub(crate) mod found;
pub(crate) mod keep;
pub(crate) mod late;
pub(crate) mod limit;
pub(crate) mod map;
pub(crate) mod node;
pub(crate) mod part;
pub(crate) mod progress;
pub(crate) mod slot;
pub(crate) mod turns;

//! Pictures of a topology.

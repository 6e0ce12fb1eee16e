//! What may go wrong between a desk and its centre, on purpose and by a seed: a failing run can be had again.

pub mod chance;
pub mod disk;
pub mod line;
pub mod thin;

//! What is counted is counted one after another: many tries at once would count as one. Keys share a fixed number of
//! queues, so that nobody makes them grow.

use std::hash::{DefaultHasher, Hash, Hasher as _};

use tokio::sync::{Mutex, MutexGuard};

const QUEUES: usize = 64;

/// Queues by key.
pub(crate) struct Queues([Mutex<()>; QUEUES]);

impl Default for Queues {
    fn default() -> Self {
        Self(std::array::from_fn(|_| Mutex::default()))
    }
}

impl Queues {
    /// Waits for the turn of a key; it ends when the guard is dropped.
    pub(super) async fn turn(&self, key: &impl Hash) -> MutexGuard<'_, ()> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        #[allow(clippy::indexing_slicing, reason = "the remainder is smaller than the number of queues")]
        self.0[hasher.finish() as usize % QUEUES].lock().await
    }
}

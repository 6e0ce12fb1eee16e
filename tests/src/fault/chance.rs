//! Chances by a seed. The same seed draws the same row of chances.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

/// A row of chances.
#[derive(Debug, Clone)]
pub struct Chance(ChaCha8Rng);

impl Chance {
    /// The row of a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Another row, its own by name: what one draws does not move what the other draws.
    pub fn apart(&self, name: u64) -> Self {
        let mut rng = self.0.clone();
        rng.set_stream(name.wrapping_add(1));
        rng.set_word_pos(0);
        Self(rng)
    }

    /// One of so many.
    pub fn below(&mut self, many: u64) -> u64 {
        self.0.next_u64() % many.max(1)
    }

    /// So many times of a thousand.
    pub fn per_mille(&mut self, often: u32) -> bool {
        self.below(1000) < u64::from(often)
    }

    /// One of these.
    pub fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        let at = usize::try_from(self.below(of.len() as u64)).unwrap();
        &of[at]
    }
}

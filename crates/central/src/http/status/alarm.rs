//! A certificate that names our CA and that this centre never issued is asked about: somebody may hold a forged one
//! (DigiNotar, 2011). Each serial is told once, in the diagnostics.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use crate::store::standing::SerialOctets;

/// Anybody may ask, so that not all are remembered.
const REMEMBERED: usize = 10_000;

/// Serials that were told.
#[derive(Default)]
pub(crate) struct Alarm(Mutex<HashSet<SerialOctets>>);

impl Alarm {
    /// Tells of a serial this centre never issued.
    pub(super) fn unknown(&self, serial: &SerialOctets) {
        let mut told = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() < REMEMBERED && told.insert(*serial) {
            tracing::error!(
                serial = hex::encode_upper(serial.as_slice()),
                "ALARM: the status of a certificate was asked that this centre never issued"
            );
        }
    }
}

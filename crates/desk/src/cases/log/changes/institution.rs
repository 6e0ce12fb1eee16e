//! The log itself: its epochs, and what came back after a restore. Each of its entries says what was before.

use domain::Event;
use domain::institution::InstitutionEvent;
use wire::Entry;

use super::Told;

pub(in crate::cases::log) fn institution(entry: &Entry) -> Told {
    let mut told = Told::default();
    let Told { before, after } = &mut told;
    for event in &entry.events {
        match event {
            Event::Institution(InstitutionEvent::LogOpened { epoch, .. }) => after.put("epoch", "", epoch),
            Event::Institution(InstitutionEvent::EpochOpened { epoch, former, size, backup_at, .. }) => {
                before.put("epoch", "", former);
                after.put("epoch", "", epoch);
                after.put("backup_at", "", backup_at.to_rfc3339());
                after.put("backup_entries", "", size);
                after.put("recovery", "", "under_way");
            }
            Event::Institution(InstitutionEvent::RecoveryEnded { recovered, missing, unheard, reason, .. }) => {
                before.put("recovery", "", "under_way");
                after.put("recovery", "", if reason.is_some() { "given_up" } else { "ended" });
                after.put("recovered", "", recovered);
                let places: u64 = missing.iter().map(|missing| missing.to.saturating_sub(missing.from)).sum();
                if places > 0 {
                    after.put("lost", "", places);
                }
                if !unheard.is_empty() {
                    after.put("unheard", "", unheard.len());
                }
                after.put("given_up_because", "", reason.as_deref().unwrap_or_default());
            }
            _ => {}
        }
    }
    told
}

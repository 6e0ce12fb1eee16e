//! Which certificates, user IDs and applications an entry is about.

use domain::Event;
use domain::customer::CustomerEvent;
use domain::id::{ApplicationId, CertificateId, UserId};
use wire::Entry;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) certificates: Vec<CertificateId>,
    pub(super) users: Vec<UserId>,
    pub(super) applications: Vec<ApplicationId>,
}

impl About {
    pub(super) fn of(entry: &Entry) -> Self {
        let mut about = Self::default();
        for event in &entry.events {
            if let Event::Customer(event) = event {
                about.see(event);
            }
        }
        about
    }

    fn see(&mut self, event: &CustomerEvent) {
        match event {
            CustomerEvent::SlipPrinted { certificate, .. }
            | CustomerEvent::PickupCodeLost { certificate }
            | CustomerEvent::SlipHandedOver { certificate, .. }
            | CustomerEvent::CertificateSigned { certificate, .. }
            | CustomerEvent::CertificateActivated { certificate }
            | CustomerEvent::CertificateSuspended { certificate, .. }
            | CustomerEvent::RightFrozen { certificate, .. }
            | CustomerEvent::CertificateResumed { certificate }
            | CustomerEvent::RightReleased { certificate }
            | CustomerEvent::CertificateRevoked { certificate, .. }
            | CustomerEvent::RightCancelled { certificate }
            | CustomerEvent::RenewalGranted { certificate, .. }
            | CustomerEvent::RightLapsed { certificate }
            | CustomerEvent::CertificateExpired { certificate }
            | CustomerEvent::GraceEnded { certificate } => self.certificates.push(*certificate),
            CustomerEvent::RightGranted { certificate, user, .. } => {
                self.certificates.push(*certificate);
                self.users.push(user.clone());
            }
            CustomerEvent::UserRemoved { user, .. } | CustomerEvent::AdviceGiven { user, .. } => {
                self.users.push(user.clone());
            }
            CustomerEvent::UserMoved { user, .. } => self.users.push(user.user.clone()),
            CustomerEvent::ApplicationSubmitted { application, .. }
            | CustomerEvent::ApplicationResubmitted { application, .. }
            | CustomerEvent::ApplicationApproved { application }
            | CustomerEvent::ApplicationReturned { application }
            | CustomerEvent::ApplicationRejected { application }
            | CustomerEvent::ApplicationWithdrawn { application }
            | CustomerEvent::CustomerChanged { application }
            | CustomerEvent::ApplicationCompleted { application } => self.applications.push(*application),
            CustomerEvent::CustomerRecorded { .. }
            | CustomerEvent::CustomerMoved { .. }
            | CustomerEvent::ContractRecorded { .. }
            | CustomerEvent::ContractOpened { .. }
            | CustomerEvent::ContractClosing { .. }
            | CustomerEvent::ContractClosed { .. }
            | CustomerEvent::ContractLinked { .. }
            | CustomerEvent::UserAdded { .. }
            | CustomerEvent::IncidentReported { .. }
            | CustomerEvent::IncidentRecorded { .. }
            | CustomerEvent::RevocationPaperReceived { .. }
            | CustomerEvent::IncidentConfirmed { .. }
            | CustomerEvent::PaperReminderRecorded { .. }
            | CustomerEvent::StopToReview { .. }
            | CustomerEvent::HeldActAccepted { .. }
            | CustomerEvent::HeldActDismissed { .. }
            | CustomerEvent::ActHeld { .. }
            | CustomerEvent::IncidentClosed { .. } => {}
        }
    }
}

//! Which certificates, user IDs and applications an entry is about, as far as it says so itself: what it leaves to earlier entries
//! is in [`super::ties`].

use domain::Event;
use domain::customer::{CustomerCommand, CustomerEvent, StopScope};
use domain::id::{ApplicationId, CertificateId, CommandId, IncidentId, UserId};
use wire::Entry;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct About {
    pub(super) certificates: Vec<CertificateId>,
    pub(super) users: Vec<UserId>,
    /// User IDs under which it is found and which a line does not show: there it is the application or the contract that it is about.
    pub(super) found_by: Vec<UserId>,
    pub(super) applications: Vec<ApplicationId>,
    /// Reports of a loss: what each of them held, the stop says.
    pub(super) incidents: Vec<IncidentId>,
    /// Acts that a supervisor looked at first: what each of them asked for, the entry says that held it.
    pub(super) acts: Vec<CommandId>,
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
            CustomerEvent::CertificateSuspended { certificate, incident }
            | CustomerEvent::RightFrozen { certificate, incident } => {
                self.certificates.push(*certificate);
                self.incidents.push(*incident);
            }
            CustomerEvent::UserRemoved { user, .. } | CustomerEvent::AdviceGiven { user, .. } => {
                self.users.push(user.clone());
            }
            CustomerEvent::UserAdded { user, .. } | CustomerEvent::UserMoved { user, .. } => {
                self.users.push(user.user.clone());
            }
            CustomerEvent::ContractRecorded { users, .. } => {
                self.found_by.extend(users.iter().map(|user| user.user.clone()));
            }
            CustomerEvent::IncidentReported { incident, scope, .. } => self.stop(*incident, scope),
            CustomerEvent::IncidentRecorded { incident, .. }
            | CustomerEvent::RevocationPaperReceived { incident, .. }
            | CustomerEvent::IncidentConfirmed { incident }
            | CustomerEvent::PaperReminderRecorded { incident }
            | CustomerEvent::StopToReview { incident, .. }
            | CustomerEvent::IncidentClosed { incident, .. } => self.incidents.push(*incident),
            CustomerEvent::ActHeld { act, command, .. } => {
                self.acts.push(*act);
                self.asked(command);
            }
            CustomerEvent::HeldActAccepted { act } | CustomerEvent::HeldActDismissed { act } => self.acts.push(*act),
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
            | CustomerEvent::ContractOpened { .. }
            | CustomerEvent::ContractClosing { .. }
            | CustomerEvent::ContractClosed { .. }
            | CustomerEvent::ContractLinked { .. } => {}
        }
    }

    fn stop(&mut self, incident: IncidentId, scope: &StopScope) {
        self.incidents.push(incident);
        if let StopScope::User { user } = scope {
            self.users.push(user.clone());
        }
    }

    /// What may be made while the centre is out of reach, and is held.
    fn asked(&mut self, command: &CustomerCommand) {
        match command {
            CustomerCommand::SubmitApplication { application, .. }
            | CustomerCommand::ResubmitApplication { application, .. } => self.applications.push(*application),
            CustomerCommand::SuspendCertificates { incident, scope, .. } => self.stop(*incident, scope),
            CustomerCommand::RecordIncident { incident, .. } => self.incidents.push(*incident),
            _ => {}
        }
    }
}

//! What entries leave to earlier ones of their customer: which certificates a report held, whose application it is, what a held act
//! asked for.

use std::collections::HashMap;

use domain::Event;
use domain::customer::{Customer, CustomerCommand, CustomerEvent, Request};
use domain::id::{ApplicationId, CertificateId, CommandId, IncidentId, UserId};
use wire::Entry;

use super::about::About;

#[derive(Debug, Default)]
pub(super) struct Ties {
    held: HashMap<IncidentId, Vec<CertificateId>>,
    scopes: HashMap<IncidentId, Vec<UserId>>,
    asked: HashMap<ApplicationId, Vec<UserId>>,
    acts: HashMap<CommandId, About>,
}

impl Ties {
    /// As these entries say. `customer`: theirs, of whose contracts an application may be about every user ID; without it nothing is
    /// known of applications.
    pub(super) fn of<'a>(entries: impl IntoIterator<Item = &'a Entry>, customer: Option<&Customer>) -> Self {
        let mut ties = Self::default();
        for entry in entries {
            for event in &entry.events {
                if let Event::Customer(event) = event {
                    ties.see(event, entry, customer);
                }
            }
        }
        ties
    }

    fn see(&mut self, event: &CustomerEvent, entry: &Entry, customer: Option<&Customer>) {
        match event {
            CustomerEvent::IncidentReported { incident, .. } => {
                self.scopes.entry(*incident).or_default().extend(About::of(entry).users);
            }
            CustomerEvent::CertificateSuspended { certificate, incident }
            | CustomerEvent::RightFrozen { certificate, incident } => {
                self.held.entry(*incident).or_default().push(*certificate);
            }
            CustomerEvent::ApplicationSubmitted { application, request, .. }
            | CustomerEvent::ApplicationResubmitted { application, request, .. } => {
                self.ask(*application, request, customer);
            }
            CustomerEvent::ActHeld { act, command, .. } => {
                if let CustomerCommand::SubmitApplication { application, request, .. }
                | CustomerCommand::ResubmitApplication { application, request, .. } = &**command
                {
                    self.ask(*application, request, customer);
                }
                self.acts.insert(*act, About::of(entry));
            }
            _ => {}
        }
    }

    /// Of an application that was corrected also those whom it does not name any more: they were in what was returned.
    fn ask(&mut self, application: ApplicationId, request: &Request, customer: Option<&Customer>) {
        let users = customer.map(|customer| request.touches(customer)).unwrap_or_default();
        self.asked.entry(application).or_default().extend(users);
    }

    /// What an entry is about, with what is known of it from others.
    pub(super) fn about(&self, entry: &Entry) -> About {
        let mut about = About::of(entry);
        for act in std::mem::take(&mut about.acts) {
            if let Some(held) = self.acts.get(&act) {
                about.users.extend(held.users.iter().cloned());
                about.applications.extend(&held.applications);
                about.incidents.extend(&held.incidents);
            }
            about.acts.push(act);
        }
        for incident in &about.incidents {
            about.certificates.extend(self.held.get(incident).into_iter().flatten());
            about.users.extend(self.scopes.get(incident).into_iter().flatten().cloned());
        }
        for application in &about.applications {
            about.found_by.extend(self.asked.get(application).into_iter().flatten().cloned());
        }
        about
    }
}

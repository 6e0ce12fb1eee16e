//! A lost PC, from the phone call to the end: stopped before anything is asked, settled by somebody else.

use central::clock::Clock;
use desk::view::{IncidentForm, IncidentView, LogFilter, OutboxState, RequestUser};
use domain::ErrorCode;
use domain::customer::{CertificateState, IncidentCause, UserRole};
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{self, Office, root_pem};

const CONTRACT: &str = "6000000001";

struct World {
    centre: Centre,
    office: Office,
    portal: Customer,
    customer: String,
    /// Of OPERATOR1, whose right has not been fetched.
    code: String,
}

/// ADMIN0001 has a certificate in use, OPERATOR1 a slip.
async fn world() -> World {
    let (centre, office) = office::branch(|_| {}).await;
    prepared(centre, office).await
}

async fn prepared(centre: Centre, office: Office) -> World {
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    office.sign_in("T1001").await;
    let customer = office.record_customer("7654321", "見本運送株式会社", "ミホンウンソウ").await;
    let mut form = office.new_contract(&customer, CONTRACT, "ADMIN0001").await;
    form.users.push(RequestUser {
        user_id: "OPERATOR1".into(),
        role: Some(UserRole::Operator),
        device_label: "営業 1号機".into(),
        ..Default::default()
    });
    let application = form.application_id.clone();
    office.submit(form).await;
    office.sign_in("S2001").await;
    office.approve(&application).await;
    let rights = office.desk.application(&application).await.unwrap().certificates;
    let (key, csr) = fresh_key();
    let fetched = portal.fetch("ADMIN0001", &office.print(&rights[0].certificate_id).await, &csr).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
    let code = office.print(&rights[1].certificate_id).await;
    office.sign_in("T1001").await;
    World { centre, office, portal, customer, code }
}

impl World {
    async fn stop(&self, cause: IncidentCause) -> String {
        let result = self.office.desk.suspend(&self.customer, cause, CONTRACT, None).await.unwrap();
        assert_eq!(result.state, OutboxState::Confirmed, "{:?}", result.error);
        result.receipt.unwrap()
    }

    async fn states(&self) -> Vec<CertificateState> {
        self.office.desk.customer(&self.customer).await.unwrap().certificates.iter().map(|c| c.state).collect()
    }

    async fn incident(&self) -> IncidentView {
        self.office.desk.customer(&self.customer).await.unwrap().incidents.pop().unwrap()
    }

    async fn fetch(&self) -> Result<(), ErrorCode> {
        let fetched = self.portal.fetch("OPERATOR1", &self.code, &fresh_key().1).await;
        fetched.map(|_| ()).map_err(|refused| refused.answer.code)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lost_and_found_again() {
    let world = world().await;
    let desk = &world.office.desk;
    let incident = world.stop(IncidentCause::Lost).await;
    assert_eq!(world.states().await, [CertificateState::Suspended, CertificateState::Authorised]);
    assert_eq!(world.incident().await.stopped, ["ADMIN0001", "OPERATOR1"]);
    assert_eq!(world.fetch().await, Err(ErrorCode::PickupHeld), "the slip may be in the stolen bag");
    let counts = desk.status().await.unwrap().counts;
    assert_eq!((counts.incidents, counts.incidents_unconfirmed, counts.incidents_without_paper), (1, 1, 1));
    // The teller who took the call settles nothing.
    assert_eq!(world.incident().await.settle_refusal, Some(ErrorCode::RoleNotPermitted));
    assert_eq!(desk.resume_incident(&incident, false).await.unwrap_err().code(), ErrorCode::RoleNotPermitted);
    assert_eq!(desk.confirm_incident(&incident).await.unwrap_err().code(), ErrorCode::RoleNotPermitted);

    world.office.sign_in("S2001").await;
    assert_eq!(desk.open_incidents().await.unwrap(), [world.incident().await]);
    assert_eq!(desk.resume_incident(&incident, true).await.unwrap_err().code(), ErrorCode::ResumeRefused);
    desk.resume_incident(&incident, false).await.unwrap();
    assert_eq!(world.states().await, [CertificateState::Active, CertificateState::Authorised]);
    assert_eq!(desk.open_incidents().await.unwrap(), []);
    assert_eq!(world.fetch().await, Ok(()));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stolen_asked_about_and_revoked() {
    let world = world().await;
    let desk = &world.office.desk;
    let incident = world.stop(IncidentCause::Stolen).await;
    let mut form =
        IncidentForm {
            caller: "見本 太郎".into(), phone: "内線".into(), note: String::new(), lost_at: String::new()
        };
    assert_eq!(desk.record_incident(&incident, form.clone()).await.unwrap_err().code(), ErrorCode::PhoneMalformed);
    form.phone = "090-0000-0001".into();
    form.lost_at = (chrono::Utc::now() - chrono::Duration::hours(3)).to_rfc3339();
    desk.record_incident(&incident, form).await.unwrap();
    assert_eq!(world.incident().await.caller, "見本 太郎");

    world.office.sign_in("S2001").await;
    desk.confirm_incident(&incident).await.unwrap();
    assert_eq!(desk.resume_incident(&incident, false).await.unwrap_err().code(), ErrorCode::ResumeRefused);
    assert_eq!(desk.revoke_incident(&incident).await.unwrap_err().code(), ErrorCode::PaperMissing);
    let today = domain::calendar::jst_day(chrono::Utc::now()).to_string();
    desk.record_revocation_paper(&incident, &today).await.unwrap();
    desk.revoke_incident(&incident).await.unwrap();
    assert_eq!(world.states().await, [CertificateState::Revoked, CertificateState::Cancelled]);
    assert_eq!(world.fetch().await, Err(ErrorCode::PickupCancelled));
    let events: Vec<String> = desk
        .log_page(LogFilter::default(), None, 0, 100)
        .await
        .unwrap()
        .lines
        .into_iter()
        .flat_map(|line| line.events)
        .collect();
    for event in
        ["incident_reported", "certificate_suspended", "right_frozen", "certificate_revoked", "right_cancelled"]
    {
        assert!(events.iter().any(|e| e == event), "{event} in {events:?}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twice_at_once_and_without_a_line() {
    let mut world = world().await;
    let stops: Vec<_> = (0..4)
        .map(|_| {
            let (desk, customer) = (world.office.desk.clone(), world.customer.clone());
            tokio::spawn(async move { desk.suspend(&customer, IncidentCause::Lost, CONTRACT, None).await })
        })
        .collect();
    let mut done = 0;
    for stop in stops {
        done += u32::from(stop.await.unwrap().is_ok_and(|result| result.state == OutboxState::Confirmed));
    }
    assert_eq!(done, 1, "one report");
    assert_eq!(world.office.desk.customer(&world.customer).await.unwrap().incidents.len(), 1);

    world.centre.stop();
    let mut changes = world.office.desk.changes();
    while world.office.desk.status().await.unwrap().online {
        tokio::time::timeout(std::time::Duration::from_secs(30), changes.recv()).await.expect("still on-line").ok();
    }
    let queued = world.office.desk.suspend(&world.customer, IncidentCause::Lost, CONTRACT, None).await.unwrap();
    assert_eq!(queued.state, OutboxState::Waiting, "said to be stopped only when it is");
    let stops = world.office.desk.status().await.unwrap().queued_stops;
    assert_eq!(stops.iter().map(|s| (s.target.as_str(), s.refused)).collect::<Vec<_>>(), [(CONTRACT, false)]);
    world.office.desk.close().await;
    assert_eq!(world.centre.check().findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stop_nobody_confirms_is_said_to_be_overdue_and_a_paper_that_does_not_come_is_asked_for() {
    let mut centre = Centre::new(|_| {});
    centre.clock = Clock::at(chrono::Utc::now());
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let office = Office::enrol(&centre, &invitation).await;
    let world = prepared(centre, office).await;
    let desk = &world.office.desk;
    let incident = world.stop(IncidentCause::Stolen).await;
    let fresh = world.incident().await;
    assert_eq!((fresh.overdue, fresh.paper_days, fresh.reminder_due), (false, 0, false));

    // Two weeks, of which at least five days are business days, whatever the season.
    world.centre.clock.advance(chrono::Duration::days(14));
    world.office.sign_in("S2001").await;
    let mut changes = desk.changes();
    while !world.incident().await.overdue {
        tokio::time::timeout(std::time::Duration::from_secs(30), changes.recv()).await.expect("never overdue").ok();
    }
    let waiting = desk.open_incidents().await.unwrap();
    assert!(waiting[0].paper_days >= 5 && waiting[0].reminder_due, "{waiting:?}");
    desk.record_paper_reminder(&incident).await.unwrap();
    let asked = world.incident().await;
    assert_eq!((asked.overdue, asked.paper_reminders, asked.reminder_due), (true, 1, false));
    desk.confirm_incident(&incident).await.unwrap();
    assert!(!world.incident().await.overdue);
    world.finish().await;
}

impl World {
    async fn finish(mut self) {
        self.office.desk.close().await;
        self.centre.stop();
        assert_eq!(self.centre.check().findings, []);
    }
}

//! The guide at a real desk, and the stop for another branch's customer, tried from outside by whoever may not.

use desk::secrets::Secrets;
use desk::view::{ContactView, GuideOutcome, IncidentForm, LogFilter, OutboxState, RequestKind, StopTargetView};
use domain::ErrorCode;
use domain::customer::{CertificateState, CustomerCommand, Happening, IncidentCause, ReissueCause};
use domain::guide::{Answer, Note, Reason};
use domain::id::IncidentId;
use e2e::centre::{BRANCH, Centre};
use e2e::customer::{Customer, fresh_key};
use e2e::office::{Office, root_pem};
use e2e::terminal::Terminal;

const CONTRACT: &str = "6000000001";
const USER: &str = "ADMIN0001";

struct World {
    centre: Centre,
    here: Office,
    /// Of branch 012.
    there: Office,
    customer: String,
}

/// ADMIN0001 of branch 011 has a certificate in use; branch 012 has a desk, too.
async fn world() -> World {
    let mut centre = Centre::new(|config| {
        config.contacts = vec![wire::api::portal::Contact {
            title: "緊急連絡先".into(),
            phone: "0120-000-000".into(),
            hours: "24時間".into(),
            email: None,
        }];
    });
    let (one, two) = (centre.invite(BRANCH, "窓口 1番"), centre.invite("012", "窓口 2番"));
    centre.start();
    let (here, there) = (Office::enrol(&centre, &one).await, Office::enrol(&centre, &two).await);
    let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
    here.sign_in("T1001").await;
    let customer = here.record_customer("7654321", "見本運送株式会社", "ミホンウンソウ").await;
    let form = here.new_contract(&customer, CONTRACT, USER).await;
    let application = form.application_id.clone();
    here.submit(form).await;
    here.sign_in("S2001").await;
    here.approve(&application).await;
    let right = here.desk.application(&application).await.unwrap().certificates[0].certificate_id.clone();
    let (key, csr) = fresh_key();
    let fetched = portal.fetch(USER, &here.print(&right).await, &csr).await.unwrap();
    portal.confirm(&fetched, &key).await.unwrap();
    here.sign_in("T1001").await;
    let world = World { centre, here, there, customer };
    world.becomes(CertificateState::Active).await;
    world
}

fn happened(happened: Happening) -> Answer {
    Answer::Happened { happened }
}

impl World {
    async fn state(&self) -> CertificateState {
        self.here.desk.customer(&self.customer).await.unwrap().certificates[0].state
    }

    /// Waits until the branch's own copy shows it.
    async fn becomes(&self, state: CertificateState) {
        self.until(async || self.state().await == state).await;
    }

    /// Waits for what the desk hears.
    async fn until(&self, done: impl AsyncFn() -> bool) {
        let mut changes = self.here.desk.changes();
        while !done().await {
            tokio::time::timeout(std::time::Duration::from_secs(30), changes.recv()).await.expect("never").ok();
        }
    }

    async fn finish(mut self) {
        self.here.desk.close().await;
        self.there.desk.close().await;
        self.centre.stop();
        assert_eq!(self.centre.check().findings, []);
    }
}

fn said() -> IncidentForm {
    let (caller, phone) = ("見本 太郎".to_owned(), "090-0000-0001".to_owned());
    IncidentForm { caller, phone, note: String::new(), lost_at: String::new() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_guide_asks_what_matters_and_ends_in_one_act() {
    let world = world().await;
    let desk = &world.here.desk;
    let ask = async |answers: &[Answer]| desk.guide(&world.customer, answers.to_vec()).await.unwrap();

    let first = ask(&[]).await;
    assert_eq!((first.customer_name.as_str(), first.asks.unwrap().options.len()), ("見本運送株式会社", 8));
    // One user ID: nobody asks which.
    let backup = [happened(Happening::Broken), Answer::No, Answer::Yes];
    assert!(ask(&backup[..2]).await.ends.is_none());
    let end = ask(&backup).await.ends.unwrap();
    assert_eq!((end.outcome, end.reason, end.refusal), (GuideOutcome::Restore, None, None));
    let advised = desk.record_advice(&world.customer, backup.to_vec()).await.unwrap();
    assert_eq!(advised.state, OutboxState::Confirmed);
    assert_eq!(world.state().await, CertificateState::Active, "no certificate changed");
    let lines = desk.log_page(LogFilter::default(), None, 0, 5).await.unwrap().lines;
    assert!(lines.iter().any(|l| l.events == ["advice_given"] && l.user_id == USER), "{lines:?}");

    // A form filled by the guide is a draft until it is sent.
    let reissue = [happened(Happening::Broken), Answer::No, Answer::No];
    assert_eq!(
        desk.record_advice(&world.customer, reissue.to_vec()).await.unwrap_err().code(),
        ErrorCode::RequestMalformed
    );
    let filled = desk.guided_application(&world.customer, reissue.to_vec()).await.unwrap();
    let form =
        desk.drafts().await.unwrap().into_iter().find(|d| d.application_id == filled.application_id).unwrap().form;
    assert_eq!(
        (form.kind, form.cause, form.contract.as_str()),
        (RequestKind::Reissue, Some(ReissueCause::Broken), CONTRACT)
    );
    assert_eq!(form.users.iter().map(|u| u.user_id.as_str()).collect::<Vec<_>>(), [USER]);
    let mut form = form;
    e2e::office::fill(&mut form);
    world.here.submit(form).await;
    let waiting = ask(&reissue).await.ends.unwrap();
    assert_eq!((waiting.outcome, waiting.note), (GuideOutcome::NothingToDo, Some(Note::ApplicationOpen)));

    // Nobody remembers deleting it: stopped as misuse, and called again it is a supervisor's matter.
    let gone = [happened(Happening::Gone), Answer::No];
    let end = ask(&gone).await.ends.unwrap();
    assert_eq!(
        (end.outcome, end.cause, end.note),
        (GuideOutcome::SuspendNow, Some(IncidentCause::Misuse), Some(Note::MalwareCheck))
    );
    assert_eq!((end.reason, end.later), (Some(Reason::CertificateHold), Some(Reason::KeyCompromise)));
    let contract = end.contract.unwrap();
    desk.suspend(&world.customer, end.cause.unwrap(), &contract, end.user_id.as_deref()).await.unwrap();
    assert_eq!(world.state().await, CertificateState::Suspended);
    let again = ask(&[happened(Happening::Misuse)]).await.ends.unwrap();
    assert_eq!((again.outcome, again.note), (GuideOutcome::SettleReport, Some(Note::SupervisorSettles)));
    assert_eq!(again.incident_id.unwrap(), desk.customer(&world.customer).await.unwrap().incidents[0].incident_id);

    // Head office takes no applications, an auditor does nothing; both may look.
    world.here.sign_in("A9101").await;
    let end = ask(&[Answer::Change, happened(Happening::Left)]).await.ends.unwrap();
    assert_eq!(end.refusal, Some(ErrorCode::RoleNotPermitted));
    assert_eq!(
        desk.record_advice(&world.customer, vec![happened(Happening::NotFetched)]).await.unwrap_err().code(),
        ErrorCode::RoleNotPermitted
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_branchs_customer_is_stopped_by_exact_id_and_no_more() {
    let mut world = world().await;
    let there = &world.there.desk;
    world.there.sign_in("T3001").await;
    assert_eq!(there.search(USER).await.unwrap().hits, [], "the own copy knows nobody");
    let found: StopTargetView = there.stop_target(" admin0001 ").await.unwrap();
    assert_eq!(
        (found.name.as_str(), found.branch_code.as_str(), found.contract.as_str()),
        ("見本運送株式会社", BRANCH, CONTRACT)
    );
    assert_eq!(
        found.users.iter().map(|u| (u.user_id.as_str(), u.certificate)).collect::<Vec<_>>(),
        [(USER, Some(CertificateState::Active))]
    );
    assert_eq!(there.stop_target(CONTRACT).await.unwrap(), found);
    // No more than the question needs crosses the line.
    let told = serde_json::to_string(&found).unwrap();
    assert!(!told.contains("7654321") && !told.contains("025-000") && !told.contains("ミホン"), "{told}");

    // The stop, and what was said, from the same desk; nothing of the customer stays there.
    let stopped = there.suspend(&found.customer_id, IncidentCause::Lost, &found.contract, Some(USER)).await.unwrap();
    assert_eq!(stopped.state, OutboxState::Confirmed, "{:?}", stopped.error);
    let incident = stopped.receipt.unwrap();
    let bad = IncidentForm { phone: "内線".into(), ..said() };
    let wrong = there.record_incident_elsewhere(&found.customer_id, &incident, bad).await.unwrap_err();
    assert_eq!(wrong.code(), ErrorCode::PhoneMalformed, "named before anything is sent");
    let recorded = there.record_incident_elsewhere(&found.customer_id, &incident, said()).await.unwrap();
    assert_eq!(recorded.state, OutboxState::Confirmed);
    assert!(there.stop_target(USER).await.unwrap().users[0].stopped);
    assert_eq!(there.customer(&found.customer_id).await.unwrap_err().code(), ErrorCode::CustomerUnknown);
    assert_eq!(there.open_incidents().await.unwrap(), []);

    // A colleague and the supervisor over there: neither speaks for the one who took the call, nor settles.
    let elsewhere =
        Terminal::new(world.there.identity.clone(), &Secrets::Files(world.there.dir.path().join("secrets")));
    let supervisor = elsewhere.sign_in("S3001").await;
    let customer = found.customer_id.parse().unwrap();
    let id: IncidentId = incident.parse().unwrap();
    for command in [
        CustomerCommand::ConfirmIncident { incident: id },
        CustomerCommand::ResumeIncident { incident: id, out_of_control: false },
        CustomerCommand::RevokeIncident { incident: id },
    ] {
        let request = elsewhere.seal(&supervisor, customer, command, None, None);
        assert_eq!(elsewhere.send(&supervisor, &request).await.unwrap_err().code, ErrorCode::BranchNotPermitted);
    }

    // The customer's branch sees who looked and who stopped; the other one, hashes.
    world.becomes(CertificateState::Suspended).await;
    let view = async || world.here.desk.customer(&world.customer).await.unwrap();
    // What was said came after the stop.
    world.until(async || !view().await.incidents[0].caller.is_empty()).await;
    let view = view().await;
    assert_eq!((view.incidents[0].reported_by.as_str(), view.incidents[0].caller.as_str()), ("T3001", "見本 太郎"));
    let events = |desk: &desk::Desk| {
        let desk = desk.clone();
        async move {
            let lines = desk.log_page(LogFilter::default(), None, 0, 200).await.unwrap().lines;
            lines.into_iter().filter(|l| l.actor_id == "T3001").flat_map(|l| l.events).collect::<Vec<_>>()
        }
    };
    let seen = events(&world.here.desk).await;
    for event in ["stop_target_sought", "incident_reported", "certificate_suspended", "incident_recorded"] {
        assert!(seen.iter().any(|e| e == event), "{event} in {seen:?}");
    }
    let own = events(there).await;
    assert!(!own.iter().any(|e| e.starts_with("incident") || e == "stop_target_sought"), "{own:?}");

    // The customer's supervisor settles it.
    world.here.sign_in("S2001").await;
    world.here.desk.resume_incident(&incident, false).await.unwrap();
    assert_eq!(world.state().await, CertificateState::Active);

    // Without a line nothing is stopped, and whom to call is known.
    world.centre.stop();
    let mut changes = there.changes();
    while there.status().await.unwrap().online {
        tokio::time::timeout(std::time::Duration::from_secs(30), changes.recv()).await.expect("still on-line").ok();
    }
    assert_eq!(there.stop_target(USER).await.unwrap_err().code(), ErrorCode::Offline);
    let stop = there.suspend(&found.customer_id, IncidentCause::Lost, CONTRACT, None).await.unwrap();
    assert_eq!(stop.state, OutboxState::Waiting);
    let call = ContactView { title: "緊急連絡先".into(), phone: "0120-000-000".into(), hours: "24時間".into() };
    assert_eq!(there.emergency_contacts().unwrap().as_slice(), std::slice::from_ref(&call));
    let said = there.status().await.unwrap();
    assert_eq!((said.queued_stops.len(), said.emergency), (1, vec![call]), "not in force, and whom to call");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_stop_finds_nobody_and_who_guesses_waits() {
    let world = world().await;
    let there = &world.there.desk;
    for (staff, good) in [("T3001", true), ("S3001", true), ("H9001", true), ("A9101", false)] {
        world.there.sign_in(staff).await;
        let code = there.stop_target(USER).await.map_err(|e| e.code());
        assert_eq!(code.map(|_| ()), if good { Ok(()) } else { Err(ErrorCode::RoleNotPermitted) }, "{staff}");
    }
    world.there.sign_in("T3001").await;
    // What is no id is no look-up.
    for (id, code) in [
        ("ミホンウンソウ", ErrorCode::UserIdMalformed),
        ("見本", ErrorCode::UserIdMalformed),
        ("ADM", ErrorCode::UserIdMalformed),
        ("", ErrorCode::UserIdMalformed),
        ("7654321", ErrorCode::CustomerUnknown),
        ("ADMIN00", ErrorCode::CustomerUnknown),
        ("60000000", ErrorCode::CustomerUnknown),
        ("ADMIN0001X", ErrorCode::CustomerUnknown),
        ("ADMIN%%%1", ErrorCode::UserIdMalformed),
        ("NOBODY01", ErrorCode::CustomerUnknown),
        ("NOBODY02", ErrorCode::RateLimited),
        (USER, ErrorCode::RateLimited),
    ] {
        assert_eq!(there.stop_target(id).await.unwrap_err().code(), code, "{id}");
    }
    // Others of the branch still work, and each try is in the log of the one who looked.
    world.there.sign_in("S3001").await;
    there.stop_target(USER).await.unwrap();
    let lines = there.log_page(LogFilter::default(), None, 0, 100).await.unwrap().lines;
    let tries = lines.iter().filter(|l| l.actor_id == "T3001" && l.events == ["stop_target_sought"]).count();
    assert_eq!(tries, 5, "{lines:?}");
    world.finish().await;
}

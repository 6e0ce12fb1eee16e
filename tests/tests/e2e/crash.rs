//! The desk is killed at named steps of an act, and the centre while a desk's act is being committed: after a restart
//! the story goes on, nothing is doubled, nothing is lost.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::{ApplicationList, OutboxState, RequestUser};
use desk::{Desk, Identity};
use domain::customer::{ApplicationState, UserRole};
use e2e::centre::{BRANCH, Centre, Kind, PASSWORD};
use e2e::office::{self, Office, read_code};
use e2e::on_both;
use e2e::served::Served;

/// What comes by the feed first is the sign-in's own entry, then the act's.
const DESK_STEPS: [&str; 8] = [
    "desk-before-outbox",
    "desk-outbox",
    "desk-before-push",
    "desk-pushed",
    "desk-before-commit:1",
    "desk-committed:1",
    "desk-before-commit:2",
    "desk-committed:2",
];
/// Steps at which the act was not yet recorded: whoever asked asks again.
const BEFORE: [&str; 3] = ["desk-before-outbox", "desk-before-commit:1", "desk-committed:1"];
const CENTRE_STEPS: [&str; 4] =
    ["centre-decided", "centre-before-checkpoint", "centre-before-commit", "centre-committed"];
const PATIENCE: Duration = Duration::from_secs(30);

/// Waits until something is so.
async fn until<F: Future<Output = bool>>(what: &str, mut so: impl FnMut() -> F) {
    let all = async {
        while !so().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.unwrap_or_else(|_| panic!("never: {what}"));
}

async fn on_line(desk: &Desk) {
    until("on-line", || async { desk.status().await.unwrap().online }).await;
}

/// Not a test of its own: the desk as a process that can be killed. The environment says where it lives and what to do.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the tests of this module"]
async fn desk_process() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let dir = std::env::var_os("MADOGUCHI_TEST_DIR").expect("started by a test");
    let act = std::env::var("MADOGUCHI_TEST_ACT").unwrap();
    let before: u32 = std::env::var("MADOGUCHI_TEST_SIZE").unwrap().parse().unwrap();
    let dir = Path::new(&dir);
    let identity: Identity = serde_json::from_slice(&std::fs::read(dir.join("identity.json")).unwrap()).unwrap();
    let profile = Profile { dir: dir.to_owned(), training: true };
    let desk = Desk::open(profile, &Secrets::Files(dir.join("secrets")), identity, Default::default()).await.unwrap();
    on_line(&desk).await;
    desk.sign_in(if act == "submit" { "T1001" } else { "S2001" }, PASSWORD).await.unwrap();
    until("its own sign-in", || async { desk.sync_status().await.unwrap().size > before }).await;
    match act.as_str() {
        "submit" => {
            let draft = desk.drafts().await.unwrap().remove(0);
            desk.submit_application(draft.form).await.unwrap();
        }
        "approve" => {
            let waiting = desk.applications(ApplicationList::WaitingForApproval).await.unwrap().remove(0);
            desk.approve_application(&waiting.application_id, &waiting.customer_version).await.unwrap();
        }
        _ => {
            let approved = desk.applications(ApplicationList::InProgress).await.unwrap();
            let right = approved.iter().flat_map(|a| &a.certificates).find(|c| c.slips < 2).unwrap();
            desk.print_slip(&right.certificate_id).await.unwrap();
        }
    }
    // Its own entry comes back by the feed, and the steps on that way are passed too.
    tokio::time::sleep(Duration::from_secs(5)).await;
}

/// Closes the desk of an office, runs it in a process that dies at a step, and opens it again.
async fn killed_at(office: Office, act: &str, step: &str) -> Office {
    // Nothing of before is left to come, or the steps of the feed would be passed by that.
    let mut size = 0;
    loop {
        office.desk.sync_now();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let status = office.desk.sync_status().await.unwrap();
        if status.size == status.centre_size && status.size == size {
            break;
        }
        size = status.size;
    }
    office.desk.close().await;
    std::fs::write(office.dir.path().join("identity.json"), serde_json::to_vec(&office.identity).unwrap()).unwrap();
    let ended = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::desk_process", "--ignored", "--nocapture"])
        .env("MADOGUCHI_TEST_DIR", office.dir.path())
        .env("MADOGUCHI_TEST_ACT", act)
        .env("MADOGUCHI_TEST_SIZE", size.to_string())
        .env("MADOGUCHI_KILL_AT", step)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert!(ended.code().is_none(), "{act} did not die at {step}: {ended}");
    let office = office.reopen().await;
    on_line(&office.desk).await;
    office
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_killed_at_any_step_of_an_act_goes_on() {
    let mut centre = Centre::new(|_| {});
    let invitation = centre.invite(BRANCH, "窓口 1番");
    let watcher = centre.invite(BRANCH, "窓口 2番");
    centre.start();
    let mut office = Office::enrol(&centre, &invitation).await;
    for (n, step) in DESK_STEPS.iter().enumerate() {
        // Registering.
        office.sign_in("T1001").await;
        let customer = office.record_customer(&format!("{n:07}"), "見本商店", "ミホンショウテン").await;
        let form = office.new_contract(&customer, &format!("{n:010}"), &format!("CRASH{n:03}")).await;
        let application = form.application_id.clone();
        office.desk.save_draft(form.clone()).await.unwrap();
        office = killed_at(office, "submit", step).await;
        office.sign_in("T1001").await;
        if BEFORE.contains(step) {
            // Nothing was recorded: the form is still there, and is sent now.
            let draft = office.desk.drafts().await.unwrap().remove(0);
            assert_eq!(draft.form, form, "{step}");
            office.submit(draft.form).await;
        }
        let desk = &office.desk;
        until(&format!("{step}: registered"), || async { desk.application(&application).await.is_ok() }).await;
        until(&format!("{step}: sent"), || async { desk.sync_status().await.unwrap().outbox.is_empty() }).await;
        assert!(desk.drafts().await.unwrap().is_empty(), "{step}: the draft has done its work");

        // Approving.
        office = killed_at(office, "approve", step).await;
        office.sign_in("S2001").await;
        let state = || async { office.desk.application(&application).await.unwrap().state };
        if BEFORE.contains(step) {
            assert_eq!(state().await, ApplicationState::Submitted, "{step}");
            office.approve(&application).await;
        }
        until(&format!("{step}: approved"), || async { state().await == ApplicationState::Approved }).await;

        // Printing: a code that died with the desk opens nothing, and the next print gives one that does.
        office = killed_at(office, "print", step).await;
        office.sign_in("S2001").await;
        let rights = office.desk.application(&application).await.unwrap().certificates;
        assert_eq!(rights.len(), 1, "{step}: one right");
        office.print(&rights[0].certificate_id).await;
        let printed = office.desk.application(&application).await.unwrap().certificates[0].slips;
        let reached = !BEFORE.contains(step) && !["desk-outbox", "desk-before-push"].contains(step);
        assert_eq!(printed, 1 + u32::from(reached), "{step}");
        until(&format!("{step}: sent"), || async { office.desk.sync_status().await.unwrap().outbox.is_empty() }).await;
        // Fit for the next round's "the first that has been printed less than twice".
        office.print(&rights[0].certificate_id).await;
    }

    // Another desk, which saw none of this, reads the same.
    let second = Office::enrol(&centre, &watcher).await;
    on_line(&second.desk).await;
    second.sign_in("T1001").await;
    let all = office.desk.sync_status().await.unwrap().size;
    until("all of it", || async { second.desk.sync_status().await.unwrap().size >= all }).await;
    for list in [ApplicationList::WaitingForApproval, ApplicationList::InProgress, ApplicationList::Done] {
        let ids = |views: Vec<desk::view::ApplicationView>| {
            views.into_iter().map(|a| (a.application_id, a.state, a.certificates)).collect::<Vec<_>>()
        };
        assert_eq!(
            ids(second.desk.applications(list).await.unwrap()),
            ids(office.desk.applications(list).await.unwrap())
        );
    }
    assert_eq!(second.desk.applications(ApplicationList::InProgress).await.unwrap().len(), DESK_STEPS.len());
    second.desk.close().await;
    office.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

async fn a_centre_killed_at_any_step_of_a_desks_act_goes_on(kind: Kind) {
    let (mut centre, office) = office::branch(|config| kind.choose(config)).await;
    let at = centre.at().clone();
    centre.stop();
    centre.config.listen.terminal = at.terminal.trim_start_matches("https://").parse().unwrap();

    for (n, step) in CENTRE_STEPS.iter().enumerate() {
        let served = Served::start(&centre, None).await;
        on_line(&office.desk).await;
        office.sign_in("T1001").await;
        let customer = office.record_customer(&format!("{n:07}"), "見本商店", "ミホンショウテン").await;
        let form = office.new_contract(&customer, &format!("{n:010}"), &format!("CRASH{n:03}")).await;
        let application = form.application_id.clone();
        drop(served);

        // The next act the centre is asked for is the last one it hears.
        let mut served = Served::start(&centre, Some(step)).await;
        until("heard of again", || async {
            office.desk.sync_now();
            let status = office.desk.sync_status().await.unwrap();
            status.online && status.last_error.is_none()
        })
        .await;
        let result = office.desk.submit_application(form.clone()).await.unwrap();
        assert_eq!(result.state, OutboxState::Waiting, "{step}");
        assert!(!served.ended().success(), "{step}");
        drop(served);
        assert_eq!(centre.check().findings, [], "right after {step}");
        let again = office.desk.submit_application(form).await.unwrap();
        assert_eq!(again.command_id, result.command_id, "pressed again while it waits");

        let served = Served::start(&centre, None).await;
        until(&format!("{step}: registered"), || async { office.desk.application(&application).await.is_ok() }).await;
        until(&format!("{step}: sent"), || async { office.desk.sync_status().await.unwrap().outbox.is_empty() }).await;
        office.sign_in("S2001").await;
        office.approve(&application).await;
        let rights = office.desk.application(&application).await.unwrap().certificates;
        assert_eq!(rights.len(), 1, "{step}");
        let code = office.print(&rights[0].certificate_id).await;
        assert_eq!(code.len(), 21);
        drop(served);
    }
    office.desk.close().await;
    assert_eq!(centre.check().findings, []);
}

/// Every slip carries the data of its own request, however many are asked for at once.
#[tokio::test(flavor = "multi_thread")]
async fn fifty_prints_at_once_carry_their_own_data() {
    let (centre, office) = office::branch(|_| {}).await;
    office.sign_in("T1001").await;
    let mut applications = Vec::new();
    for n in 0..10 {
        let customer = office.record_customer(&format!("{n:07}"), &format!("見本商店第{n}号"), "ミホン").await;
        let mut form = office.new_contract(&customer, &format!("{n:010}"), &format!("PRINT{n}0")).await;
        let operator = RequestUser { role: Some(UserRole::Operator), ..form.users[0].clone() };
        form.users.extend((1..5).map(|m| RequestUser { user_id: format!("PRINT{n}{m}"), ..operator.clone() }));
        applications.push((form.application_id.clone(), n));
        office.submit(form).await;
    }
    office.sign_in("S2001").await;
    let mut rights = Vec::new();
    for (application, n) in applications {
        office.approve(&application).await;
        let view = office.desk.application(&application).await.unwrap();
        rights.extend(view.certificates.into_iter().map(|c| (c.certificate_id, c.user_id, n)));
    }
    assert_eq!(rights.len(), 50);
    let prints = rights.into_iter().map(|(certificate, user, n)| {
        let desk = office.desk.clone();
        tokio::spawn(async move {
            let slip = desk.print_slip(&certificate).await.unwrap();
            assert_eq!(slip.certificate_id, certificate);
            let ticket = slip.print_ticket.unwrap();
            let pdf = desk.slip_pdf(&ticket).unwrap();
            desk.slip_done(&ticket);
            (user, n, pdf)
        })
    });
    let root = e2e::office::root_pem(&centre);
    for print in prints.collect::<Vec<_>>() {
        let (user, n, pdf) = print.await.unwrap();
        let text = e2e::office::text(&pdf);
        assert!(text.contains(&format!("見本商店第{n}号")), "{text}");
        assert!(text.contains(&format!("{n:010}")), "{text}");
        assert!(text.contains(&user), "{text}");
        // The code on it opens this user ID's right.
        let customer = e2e::customer::Customer::new(&centre.at().portal, &root);
        customer.fetch(&user, &read_code(&pdf), &e2e::customer::fresh_key().1).await.unwrap();
    }
}

/// Two desks print one right's slip in the same moment: no paper carries another's number, and whoever was overtaken is told so
/// instead of being given a code that is none any more.
#[tokio::test(flavor = "multi_thread")]
async fn of_two_slips_printed_at_once_the_dead_one_is_not_given_out() {
    let mut centre = Centre::new(|_| {});
    let invitations = ["1号機", "2号機"].map(|label| centre.invite(BRANCH, label));
    centre.start();
    let (one, other) = (Office::enrol(&centre, &invitations[0]).await, Office::enrol(&centre, &invitations[1]).await);
    let (user, _) = one.issue(1).await;
    other.sign_in("S2001").await;
    let found = one.desk.search(&user).await.unwrap().hits;
    let customer = one.desk.customer(&found[0].customer_id).await.unwrap();
    let certificate = customer.certificates[0].certificate_id.clone();
    let root = e2e::office::root_pem(&centre);
    let mut numbers = std::collections::BTreeSet::new();
    for _ in 0..8 {
        let print = async |office: &Office| match office.desk.print_slip(&certificate).await {
            Ok(slip) => Some((slip.number, office.desk.slip_pdf(&slip.print_ticket.unwrap()).unwrap())),
            Err(error) => {
                assert_eq!(error.code(), domain::ErrorCode::SlipOvertaken);
                None
            }
        };
        let (first, second) = tokio::join!(print(&one), print(&other));
        let given: Vec<_> = [first, second].into_iter().flatten().collect();
        for (number, pdf) in &given {
            assert!(numbers.insert(*number), "{number} twice");
            assert!(e2e::office::text(pdf).contains(&format!("第{number}回")));
        }
        let (_, living) = given.iter().max_by_key(|(number, _)| *number).unwrap();
        let customer = e2e::customer::Customer::new(&centre.at().portal, &root);
        let opens = serde_json::json!({ "user_id": user, "code": read_code(living) });
        customer.post("open", &opens).await.unwrap();
    }
}

on_both!(a_centre_killed_at_any_step_of_a_desks_act_goes_on,);

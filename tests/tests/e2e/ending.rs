//! How things end: a user ID, a contract, a contract that another follows, and everything by the calendar; each through
//! real desks and the real centre, and each tried once in a way that must not work.

use desk::view::{ApplicationForm, LogFilter, RequestKind};
use domain::ErrorCode;
use domain::customer::{ApplicationState, CertificateState, RevocationReason, UserRole};
use e2e::centre::BRANCH;

mod attack;
mod world;

use world::{ADMIN, NEW, OLD, OPERATOR, World, decide, only, until, user, world};

#[tokio::test(flavor = "multi_thread")]
async fn a_user_id_is_removed_once_and_for_all() {
    let world = world(|_| {}).await;
    let leaving = |form: &mut ApplicationForm| form.users = vec![user(OPERATOR, UserRole::Operator, "")];
    let nobody = world.submit(RequestKind::RemoveUsers, |_| {}).await;
    assert_eq!(nobody, Err((ErrorCode::UsersMissing, "users".into())), "named at its field");
    // A paper for what is fetched is not asked for where nothing is.
    let bare = |form: &mut ApplicationForm| {
        leaving(form);
        (form.checks.environment, form.checks.terms) = (false, false);
    };
    let application = world.submit(RequestKind::RemoveUsers, bare).await.unwrap();
    let seen = world.application(&application).await;
    assert_eq!(seen.ends.len(), 1, "said before the approval");
    assert_eq!((seen.ends[0].on.clone(), seen.ends[0].at_confirmation), (None, false));
    assert_eq!(seen.ends[0].reason, Some(RevocationReason::CessationOfOperation));
    assert_eq!(world.submit(RequestKind::RemoveUsers, leaving).await.unwrap_err().0, ErrorCode::ApplicationOpen);
    assert_eq!(world.told().await, ["good", "good"]);

    // Approved twice at once is approved once.
    world.office.sign_in("S2001").await;
    let (one, two) = tokio::join!(decide(&world.office, &application), decide(&world.office, &application));
    assert_eq!([&one, &two].iter().filter(|answer| answer.is_ok()).count(), 1, "{one:?} {two:?}");
    assert_eq!(world.told().await, ["good", "cessationOfOperation"]);
    let view = world.view().await;
    let removed: Vec<bool> = only(&view, OLD).users.iter().map(|user| user.removed).collect();
    assert_eq!(removed, [false, true]);
    assert_eq!(world.application(&application).await.state, ApplicationState::Completed);
    assert_eq!(world.submit(RequestKind::RemoveUsers, leaving).await.unwrap_err().0, ErrorCode::UserUnknown);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_takes_so_many_user_ids_and_no_more() {
    let world = world(|config| config.policy.users_per_contract = 3).await;
    let add = |id: &'static str| {
        move |form: &mut ApplicationForm| form.users = vec![user(id, UserRole::Operator, "経理課 3号機")]
    };
    // Two at once fit when they are registered, and only one of them when they are approved.
    let one = world.submit(RequestKind::AddUser, add("OPERATOR2")).await.unwrap();
    let two = world.submit(RequestKind::AddUser, add("OPERATOR3")).await.unwrap();
    world.approve(&one).await.unwrap();
    assert_eq!(world.approve(&two).await, Err(ErrorCode::UsersTooMany));
    assert_eq!(only(&world.view().await, OLD).users.len(), 3);
    let right = world.application(&one).await.certificates.remove(0);
    world.fetch("OPERATOR2", &right.certificate_id).await.unwrap();
    let over = world.submit(RequestKind::AddUser, add("OPERATOR4")).await;
    assert_eq!(over, Err((ErrorCode::UsersTooMany, "users".into())), "named at its field");
    // One who leaves makes room.
    world.made(RequestKind::RemoveUsers, |form| form.users = vec![user(OPERATOR, UserRole::Operator, "")]).await;
    world.approve(&two).await.unwrap();
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_closes_today() {
    let world = world(|_| {}).await;
    let today = world.day(0);
    let close = |form: &mut ApplicationForm| form.closing_on.clone_from(&today);
    let too_far = world.submit(RequestKind::Close, |form| form.closing_on = world.day(400)).await;
    assert_eq!(too_far, Err((ErrorCode::DateOutOfRange, "closing_on".into())));
    let application = world.made(RequestKind::Close, close).await;
    let ceased = Some(RevocationReason::CessationOfOperation);
    assert_eq!(
        world.ends().await,
        [(ADMIN.into(), CertificateState::Revoked, ceased), (OPERATOR.into(), CertificateState::Revoked, ceased)]
    );
    assert_eq!(world.told().await, ["cessationOfOperation"; 2]);
    assert_eq!(world.application(&application).await.state, ApplicationState::Completed);
    assert!(!only(&world.view().await, OLD).active);
    assert_eq!((world.count("contract_closing").await, world.count("contract_closed").await), (1, 1));
    let wrong = |form: &mut ApplicationForm| {
        form.contract = OLD.into();
        form.closing_on.clone_from(&today);
    };
    assert_eq!(world.submit(RequestKind::Close, wrong).await, Err((ErrorCode::ContractClosed, "contract".into())));
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_closes_on_its_day_though_the_centre_was_down() {
    let mut world = world(|_| {}).await;
    let day = world.day(3);
    let close = |form: &mut ApplicationForm| form.closing_on.clone_from(&day);
    let application = world.made(RequestKind::Close, close).await;
    let view = world.view().await;
    assert_eq!((only(&view, OLD).active, only(&view, OLD).closing_on.as_deref()), (true, Some(day.as_str())));
    assert_eq!(world.application(&application).await.state, ApplicationState::Approved);
    // Nothing more begins on it.
    let again = |form: &mut ApplicationForm| form.closing_on.clone_from(&day);
    assert_eq!(world.submit(RequestKind::Close, again).await, Err((ErrorCode::ContractClosing, "contract".into())));
    let add = |form: &mut ApplicationForm| form.users = vec![user("OPERATOR9", UserRole::Operator, "経理課")];
    assert_eq!(world.submit(RequestKind::AddUser, add).await.unwrap_err().0, ErrorCode::ContractClosing);

    // The day before: good to its last second.
    world.night(2).await;
    assert_eq!(world.count("contract_closed").await, 0);
    assert_eq!(world.told().await, ["good", "good"]);
    // Down over the night of the closing day, and for some days after it.
    world.night(4).await;
    let closed = async || !only(&world.view().await, OLD).active;
    until(&world.office, "the contract is closed", closed).await;
    assert_eq!(world.told().await, ["cessationOfOperation"; 2]);
    assert_eq!(world.application(&application).await.state, ApplicationState::Completed);
    world.night(1).await;
    world.night(1).await;
    assert_eq!(world.count("contract_closed").await, 1, "exactly once");
    assert_eq!(world.count("certificate_revoked").await, 2, "of each certificate");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_takes_the_place_of_another_with_days_between() {
    let mut world = world(|_| {}).await;
    let (closing, opening) = (world.day(5), world.day(7));
    let recontract = |form: &mut ApplicationForm| {
        assert_eq!(form.old_contract, OLD, "the one there is");
        assert_eq!(form.users.len(), 2, "everybody, until somebody is taken out");
        form.contract = NEW.into();
        form.closing_on.clone_from(&closing);
        form.opened_on.clone_from(&opening);
        form.users.retain(|user| user.user_id == ADMIN);
    };
    let strange = world.submit(RequestKind::Recontract, |form| {
        recontract(form);
        form.old_contract = "9999999999".into();
    });
    assert_eq!(
        strange.await,
        Err((ErrorCode::ContractUnknown, "old".into())),
        "nobody's contract but the customer's own"
    );
    let application = world.submit(RequestKind::Recontract, recontract).await.unwrap();
    let seen = world.application(&application).await;
    assert_eq!((seen.days_without, seen.old_contract.as_str(), seen.contract.as_str()), (2, OLD, NEW));
    let told: Vec<_> =
        seen.ends.iter().map(|end| (end.user_id.as_str(), end.on.as_deref(), end.at_confirmation)).collect();
    assert_eq!(told, [(ADMIN, Some(closing.as_str()), false), (OPERATOR, Some(closing.as_str()), false)]);
    world.approve(&application).await.unwrap();
    let twice = world.submit(RequestKind::Recontract, |form| {
        form.old_contract = OLD.into();
        form.contract = "6000000003".into();
        form.users = vec![user(OPERATOR, UserRole::Administrator, "営業 1号機")];
    });
    assert_eq!(twice.await, Err((ErrorCode::ContractClosing, "old".into())));

    // Until the day the old one is good and the new one is not there yet.
    let right = world.application(&application).await.certificates.remove(0);
    let code = world.office.print(&right.certificate_id).await;
    assert_eq!(world.pick_up(ADMIN, &code).await, Err(ErrorCode::PickupNotOpen));
    assert_eq!(world.told().await, ["good", "good"]);

    world.night(5).await;
    let closed = async || !only(&world.view().await, OLD).active;
    until(&world.office, "the old contract is closed", closed).await;
    assert_eq!(world.told().await, ["cessationOfOperation"; 2]);
    assert_eq!(world.pick_up(ADMIN, &code).await, Err(ErrorCode::PickupNotOpen));

    world.night(2).await;
    world.pick_up(ADMIN, &code).await.unwrap();
    assert_eq!(world.told().await, ["cessationOfOperation", "cessationOfOperation", "good"]);
    assert_eq!(world.application(&application).await.state, ApplicationState::Completed);

    // Both ways, on the customer's page and in the log.
    let view = world.view().await;
    assert_eq!(only(&view, OLD).successor.as_deref(), Some(NEW));
    assert_eq!(only(&view, NEW).predecessor.as_deref(), Some(OLD));
    assert_eq!(view.certificates.last().unwrap().contract, NEW);
    let log = world.office.desk.log_page(LogFilter::default(), None, 0, 500).await.unwrap().lines;
    let linked: Vec<_> = log.iter().filter(|line| line.events.iter().any(|event| event == "contract_linked")).collect();
    assert_eq!(linked.len(), 1);
    assert_eq!(linked[0].detail.get("old_contract").map(String::as_str), Some(OLD));
    assert_eq!(linked[0].detail.get("new_contract").map(String::as_str), Some(NEW));
    assert_eq!(world.count("contract_closed").await, 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_customers_never_get_the_same_new_contract() {
    let world = world(|config| config.policy.recontract_user_ids = domain::policy::RecontractUserIds::Renumbered).await;
    let (today, office) = (world.day(0), &world.office);
    let again = |form: &mut ApplicationForm| {
        assert!(form.renumbered);
        form.contract = NEW.into();
        (form.closing_on, form.opened_on) = (today.clone(), today.clone());
        form.users.truncate(1);
    };
    // The policy wants new strings, and says at which field.
    let kept = world.submit(RequestKind::Recontract, |form| {
        again(form);
        form.users[0].new_user_id = ADMIN.into();
    });
    assert_eq!(kept.await, Err((ErrorCode::RecontractUserId, "users".into())));
    let none = world.submit(RequestKind::Recontract, again).await;
    assert_eq!(none, Err((ErrorCode::UserIdMalformed, "user_id".into())));
    let first = world.submit(RequestKind::Recontract, |form| {
        again(form);
        form.users[0].new_user_id = "ADMIN0002".into();
    });
    let first = first.await.unwrap();

    // Another customer asks for the same number; whoever is approved first has it.
    office.sign_in("T1001").await;
    let other = office.record_customer("7654322", "見本商会", "ミホンショウカイ").await;
    let form = office.new_contract(&other, NEW, "ADMIN0009").await;
    let second = form.application_id.clone();
    office.submit(form).await;
    office.sign_in("S2001").await;
    let (one, two) = tokio::join!(decide(office, &first), decide(office, &second));
    assert_eq!([&one, &two].iter().filter(|answer| answer.is_ok()).count(), 1, "{one:?} {two:?}");
    assert!([&one, &two].contains(&&Err(ErrorCode::ContractExists)), "{one:?} {two:?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_with_a_new_name_is_found_by_it() {
    let world = world(|_| {}).await;
    let rename = |form: &mut ApplicationForm| {
        form.users = vec![user(ADMIN, UserRole::Administrator, "経理課 1号機")];
        let renamed = form.renamed.as_mut().unwrap();
        assert_eq!(renamed.name, "見本運送株式会社", "prefilled");
        renamed.name = "新見本ロジスティクス株式会社".into();
        renamed.kana = "シンミホンロジスティクス".into();
    };
    let wrong = world.submit(RequestKind::Rename, |form| {
        rename(form);
        form.renamed.as_mut().unwrap().kana = "新見本".into();
    });
    assert_eq!(wrong.await, Err((ErrorCode::KanaMalformed, "kana".into())));
    let application = world.submit(RequestKind::Rename, rename).await.unwrap();
    let seen = world.application(&application).await;
    let name = |details: Option<desk::view::CustomerDetailsView>| details.unwrap().name;
    assert_eq!(
        (name(seen.present), name(seen.renamed)),
        ("見本運送株式会社".into(), "新見本ロジスティクス株式会社".into())
    );
    assert_eq!((seen.ends.len(), seen.ends[0].at_confirmation), (1, true));
    let hits = async |text: &str| world.office.desk.search(text).await.unwrap().hits.len();
    assert_eq!((hits("ロジスティクス").await, hits("ミホンウンソウ").await), (0, 1), "not before it is approved");
    // Another about the same user ID has to wait.
    assert_eq!(world.submit(RequestKind::Rename, rename).await.unwrap_err().0, ErrorCode::ApplicationOpen);
    world.approve(&application).await.unwrap();
    assert_eq!((hits("ロジスティクス").await, hits("シンミホン").await, hits("ミホンウンソウ").await), (1, 1, 0));
    assert_eq!(world.told().await, ["good", "good"], "until the new one works");
    let right = world.application(&application).await.certificates.remove(0);
    world.fetch(ADMIN, &right.certificate_id).await.unwrap();
    assert_eq!(world.told().await, ["affiliationChanged", "good", "good"], "the one who was not chosen goes on");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn head_office_stops_by_force_and_two_of_them_do() {
    let world = world(|_| {}).await;
    let (head, office) = (&world.head, &world.office);
    head.sign_in("H9001").await;
    let arrived = async || head.desk.customer(&world.customer).await.is_ok_and(|view| view.certificates.len() == 2);
    until(head, "head office sees the customer", arrived).await;
    let view = head.desk.customer(&world.customer).await.unwrap();
    assert_eq!(view.kinds, [RequestKind::ForceStop], "and may register nothing else");
    let mut form = head.desk.new_application(&world.customer, RequestKind::ForceStop).await.unwrap();
    form.users = vec![user(ADMIN, UserRole::Administrator, "")];
    form.applicant = "見本 事務部".into();
    let application = form.application_id.clone();
    // No paper of the customer is asked for.
    let receipt = head.submit(form).await.receipt.unwrap();
    assert!(receipt.starts_with(BRANCH), "{receipt}: of the customer's branch");
    let other = head.desk.new_application(&world.customer, RequestKind::RemoveUsers).await.unwrap();
    assert_eq!(head.desk.submit_application(other).await.unwrap_err().code(), ErrorCode::RoleNotPermitted);

    // Not by the teller, not approved by the branch, not by the one who brought it in.
    let teller =
        world.submit(RequestKind::ForceStop, |form| form.users = vec![user(ADMIN, UserRole::Administrator, "")]);
    assert_eq!(teller.await.unwrap_err().0, ErrorCode::RoleNotPermitted);
    assert!(!world.view().await.kinds.contains(&RequestKind::ForceStop));
    let arrived = async || office.desk.application(&application).await.is_ok();
    until(office, "the branch sees it", arrived).await;
    assert_eq!(world.approve(&application).await, Err(ErrorCode::RoleNotPermitted));
    assert_eq!(world.application(&application).await.decide_refusal, Some(ErrorCode::RoleNotPermitted));
    assert_eq!(decide(head, &application).await, Err(ErrorCode::TwoPersonRule));
    assert_eq!(world.told().await, ["good", "good"]);
    head.sign_in("H9002").await;
    decide(head, &application).await.unwrap();
    let withdrawn = Some(RevocationReason::PrivilegeWithdrawn);
    let arrived = async || world.ends().await[0] == (ADMIN.into(), CertificateState::Revoked, withdrawn);
    until(office, "the branch sees it", arrived).await;
    // Not every openssl has a word for this reason in an OCSP answer; on a list all have.
    let told = world.told().await;
    assert!(told[0] != "good" && told[1] == "good", "{told:?}");
    assert_eq!(world.listed().await, ["Privilege Withdrawn"]);
    // What is stopped already can't be stopped again.
    let mut form = head.desk.new_application(&world.customer, RequestKind::ForceStop).await.unwrap();
    form.users = vec![user(ADMIN, UserRole::Administrator, "")];
    form.applicant = "見本 事務部".into();
    assert_eq!(head.desk.submit_application(form).await.unwrap_err().code(), ErrorCode::NothingToStop);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_by_the_calendar_is_recorded_once() {
    let mut world = world(|_| {}).await;
    let add = |form: &mut ApplicationForm| form.users = vec![user("OPERATOR2", UserRole::Operator, "経理課 3号機")];
    let application = world.made(RequestKind::AddUser, add).await;
    let right = world.application(&application).await.certificates.remove(0);
    let code = world.office.print(&right.certificate_id).await;
    let counts = async |world: &World| {
        (world.count("right_lapsed").await, world.count("certificate_expired").await, world.count("grace_ended").await)
    };
    // The last day of the pickup, and the first after it.
    world.night(80).await;
    assert_eq!(counts(&world).await, (0, 0, 0));
    world.night(1).await;
    let lapsed = async || world.count("right_lapsed").await == 1;
    until(&world.office, "the right has lapsed", lapsed).await;
    assert_eq!(world.pick_up("OPERATOR2", &code).await, Err(ErrorCode::PickupDeadlinePassed));
    // Down for most of a year.
    world.night(300).await;
    let expired = async || world.ends().await.iter().filter(|end| end.1 == CertificateState::Expired).count() == 2;
    until(&world.office, "both have expired", expired).await;
    world.night(1).await;
    assert_eq!(counts(&world).await, (1, 2, 0));
    world.night(90).await;
    let over = async || world.count("grace_ended").await == 2;
    until(&world.office, "the grace is over", over).await;
    world.night(1).await;
    world.night(1).await;
    assert_eq!(counts(&world).await, (1, 2, 2), "each exactly once");
    world.finish().await;
}

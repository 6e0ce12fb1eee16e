//! The guide: each row of the branch's table by data, every path to its end, and each end accepted by `decide`.

use super::*;
use crate::guide::{Answer, Ending, Outcome, Question, RevokePath, Step, Whose, guide};
use crate::id::IncidentId;
use crate::policy::{Backup, BranchReissues, KeyPlace};

const INCIDENT: IncidentId = IncidentId(Uuid::from_u128(0x61));
const CONTRACT: &str = "10000001";

fn activate(desk: &mut Desk, certificate: CertificateId, n: u8, confirm: bool) {
    desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).unwrap();
    desk.act(&holder(), CustomerCommand::FetchCertificate { certificate, signed: signed(n) }, None).unwrap();
    if confirm {
        desk.act(&holder(), CustomerCommand::ConfirmCertificate { certificate }, None).unwrap();
    }
}

/// Worlds by name. ADMIN001 is the one the stories are about.
fn world(name: &str) -> Desk {
    let mut desk = Desk::new();
    let stop = |desk: &mut Desk, cause| {
        let scope = StopScope::User { user: "ADMIN001".parse().unwrap() };
        desk.act(&teller(), CustomerCommand::SuspendCertificates { incident: INCIDENT, cause, scope }, None).unwrap();
    };
    match name {
        "password" => {}
        "waiting" => drop(desk.issue(1, &["ADMIN001"])),
        "lapsed" => {
            let certificate = desk.issue(1, &["ADMIN001"])[0];
            desk.now += Duration::days(81);
            desk.act(&Actor::System { job: "lapse".into() }, CustomerCommand::LapseRight { certificate }, None)
                .unwrap();
        }
        "unconfirmed" => {
            let right = desk.issue(1, &["ADMIN001"])[0];
            activate(&mut desk, right, 1, false);
        }
        _ => {
            let rights = desk.issue(1, &["ADMIN001", "APPRV001"]);
            activate(&mut desk, rights[0], 1, true);
            activate(&mut desk, rights[1], 2, true);
            match name {
                "active" => {}
                "lost" => stop(&mut desk, IncidentCause::Lost),
                "lapsed while frozen" => {
                    let certificate = desk.issue(2, &["OPERA001"])[0];
                    let incident = IncidentId(Uuid::from_u128(0x77));
                    let scope = StopScope::User { user: "OPERA001".parse().unwrap() };
                    let stop = CustomerCommand::SuspendCertificates { incident, cause: IncidentCause::Lost, scope };
                    desk.act(&teller(), stop, None).unwrap();
                    desk.now += Duration::days(81);
                    let lapse = CustomerCommand::LapseRight { certificate };
                    desk.act(&Actor::System { job: "lapse".into() }, lapse, None).unwrap();
                }
                "expired" => {
                    desk.now += Duration::days(366);
                    let expire = CustomerCommand::ExpireCertificate { certificate: rights[0] };
                    desk.act(&Actor::System { job: "expire".into() }, expire, None).unwrap();
                }
                "stolen" => stop(&mut desk, IncidentCause::Stolen),
                "reissuing" | "applied" => {
                    let users = vec![ChosenUser { user: "ADMIN001".parse().unwrap(), device_label: "新".into() }];
                    let contract = CONTRACT.parse().unwrap();
                    let request = Request::Reissue { contract, cause: ReissueCause::Replaced, users };
                    let application = desk.submit(&teller(), 2, request).unwrap();
                    if name == "reissuing" {
                        let approve = CustomerCommand::ApproveApplication { application };
                        desk.act(&supervisor(), approve, None).unwrap();
                    }
                }
                "theirs" => desk.policy.branch_reissues = BranchReissues::Administrator,
                "no backup" => desk.policy.backup = Backup::Nobody,
                "in Windows" => desk.policy.key_place = KeyPlace::WindowsStore,
                other => panic!("{other}"),
            }
        }
    }
    desk
}

const WORLDS: [&str; 14] = [
    "lapsed while frozen",
    "password",
    "waiting",
    "lapsed",
    "unconfirmed",
    "active",
    "lost",
    "stolen",
    "expired",
    "reissuing",
    "applied",
    "theirs",
    "no backup",
    "in Windows",
];

/// `lost`, `ADMIN001`, `10000001`, `yes`: an answer as short as it can be said.
fn answer(word: &str) -> Answer {
    match word {
        "yes" => Answer::Yes,
        "no" => Answer::No,
        "change" => Answer::Change,
        _ if word.starts_with(|c: char| c.is_ascii_digit()) => Answer::Contract { contract: word.parse().unwrap() },
        _ if word.ends_with('1') => Answer::User { user: word.parse().unwrap() },
        _ => Answer::Happened { happened: serde_json::from_value(word.into()).unwrap() },
    }
}

fn json(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap_or_default().to_owned()
}

/// What to do | reason told > the one that follows, when | whose: effect | note
fn summary(ending: &Ending) -> String {
    let what = match ending.outcome {
        Outcome::SuspendNow { cause } => format!("suspend {}", json(cause)),
        Outcome::Revoke { path: RevokePath::RemoveUser } => "revoke by removal".into(),
        Outcome::Revoke { path: RevokePath::CloseContract } => "revoke by closing".into(),
        Outcome::Revoke { path: RevokePath::Recontract } => "revoke by recontract".into(),
        Outcome::Revoke { path: RevokePath::SettleReport { .. } } => "revoke by report".into(),
        Outcome::Reissue { cause } => format!("reissue {}", json(cause)),
        Outcome::Restore => "restore".into(),
        Outcome::NewPickupCode { .. } => "new code".into(),
        Outcome::NothingToDo => "nothing".into(),
    };
    let told: Vec<String> = ending.reason.iter().chain(&ending.later).map(json).collect();
    let when = ending.when.map(json).unwrap_or_default();
    let touched: Vec<String> = ending.touched.iter().map(|t| format!("{}:{}", t.user, json(t.effect))).collect();
    let note = ending.note.map(json).unwrap_or_default();
    let line = format!("{what} | {} {when} | {} | {note}", told.join(">"), touched.join(" "));
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn step(desk: &Desk, answers: &[Answer]) -> Result<Step, Refusal> {
    guide(&desk.customer, answers, &desk.policy, desk.now)
}

fn check(world_name: &str, said: &str, expected: &str) {
    let answers: Vec<Answer> = said.split(' ').map(answer).collect();
    match step(&world(world_name), &answers).unwrap() {
        Step::End(ending) => assert_eq!(summary(&ending), expected, "{world_name}: {said}"),
        Step::Ask { question, .. } => panic!("{world_name}: {said}: asks {question:?}"),
    }
}

#[test]
fn each_row_of_the_table() {
    let hold = "certificate_hold>key_compromise now";
    let admin = "ADMIN001:suspended";
    // Lost, stolen, misused: stopped before anything else is asked.
    for cause in ["lost", "stolen", "misuse"] {
        check("active", &format!("{cause} ADMIN001"), &format!("suspend {cause} | {hold} | {admin} |"));
        check(
            "active",
            &format!("{cause} 10000001"),
            &format!("suspend {cause} | {hold} | {admin} APPRV001:suspended |"),
        );
        check("waiting", &format!("{cause} ADMIN001"), &format!("suspend {cause} | {hold} | ADMIN001:frozen |"));
        check("unconfirmed", &format!("{cause} ADMIN001"), &format!("suspend {cause} | {hold} | ADMIN001:frozen |"));
        check("password", &format!("{cause} ADMIN001"), "nothing | | ADMIN001:kept | no_certificate");
        check("lapsed", &format!("{cause} ADMIN001"), "nothing | | ADMIN001:kept | ended_already");
        check(
            "reissuing",
            &format!("{cause} ADMIN001"),
            &format!("suspend {cause} | {hold} | {admin} ADMIN001:frozen |"),
        );
    }
    // Expired, it could still be exchanged for a new one.
    check("expired", "stolen ADMIN001", &format!("suspend stolen | {hold} | ADMIN001:frozen |"));
    check("expired", "gone ADMIN001 no", &format!("suspend misuse | {hold} | ADMIN001:frozen | malware_check"));
    check("expired", "broken ADMIN001 yes", &format!("suspend misuse | {hold} | ADMIN001:frozen |"));
    check("expired", "replaced ADMIN001", "reissue ended | new_confirmed | ADMIN001:kept |");
    // Called again: found or not, and was it ever out of the customer's control?
    check("lost", "lost ADMIN001 no", "nothing | | ADMIN001:kept | stopped_already");
    check("lost", "lost ADMIN001 yes no", "nothing | | ADMIN001:kept | supervisor_resumes");
    let settle = "revoke by report | key_compromise after_paper | ADMIN001:revoked | supervisor_settles";
    check("lost", "lost ADMIN001 yes yes", settle);
    // Stopped it is already; from now on nobody resumes it.
    check("lost", "stolen ADMIN001", "suspend stolen | certificate_hold>key_compromise now | ADMIN001:kept |");
    check("stolen", "lost ADMIN001", settle);
    check("lost", "lost APPRV001", &format!("suspend lost | {hold} | APPRV001:suspended |"));
    // Broken, repaired, reinstalled.
    check("active", "broken ADMIN001 no yes", "restore | | ADMIN001:kept |");
    check("active", "broken ADMIN001 no no", "reissue broken | superseded new_confirmed | ADMIN001:revoked |");
    check("active", "broken ADMIN001 yes", "reissue disk_left | key_compromise at_approval | ADMIN001:revoked |");
    check("active", "broken APPRV001 no", "reissue broken | superseded new_confirmed | APPRV001:revoked |");
    check("no backup", "broken ADMIN001 no", "reissue broken | superseded new_confirmed | ADMIN001:revoked |");
    check("in Windows", "broken ADMIN001 no", "reissue broken | superseded new_confirmed | ADMIN001:revoked |");
    check("waiting", "broken ADMIN001", "new code | | ADMIN001:kept |");
    check("reissuing", "broken ADMIN001 yes", &format!("suspend misuse | {hold} | {admin} ADMIN001:frozen |"));
    check("applied", "broken ADMIN001 no no", "nothing | | ADMIN001:kept | application_open");
    // Deleted: by somebody who remembers it, or else suspicion.
    check("active", "gone ADMIN001 yes yes", "restore | | ADMIN001:kept |");
    check("active", "gone ADMIN001 yes no", "reissue deleted | superseded new_confirmed | ADMIN001:revoked |");
    check("active", "gone ADMIN001 no", &format!("suspend misuse | {hold} | {admin} | malware_check"));
    check("unconfirmed", "gone ADMIN001 no", &format!("suspend misuse | {hold} | ADMIN001:frozen | malware_check"));
    check("lapsed", "gone ADMIN001", "reissue ended | new_confirmed | ADMIN001:kept |");
    check("lost", "gone ADMIN001", "nothing | | ADMIN001:kept | settle_first");
    // Replaced.
    check("active", "replaced ADMIN001", "reissue replaced | superseded new_confirmed | ADMIN001:revoked |");
    check("theirs", "replaced APPRV001", "nothing | | APPRV001:kept | customers_administrator");
    check("theirs", "replaced ADMIN001", "reissue replaced | superseded new_confirmed | ADMIN001:revoked |");
    check("theirs", "broken APPRV001 yes", &format!("suspend misuse | {hold} | APPRV001:suspended |"));
    // Not fetched.
    check("waiting", "not_fetched ADMIN001", "new code | | ADMIN001:kept |");
    check("lapsed", "not_fetched ADMIN001", "reissue ended | new_confirmed | ADMIN001:kept |");
    check("unconfirmed", "not_fetched ADMIN001", "nothing | | ADMIN001:kept | unconfirmed");
    check("active", "not_fetched ADMIN001", "nothing | | ADMIN001:kept | fetched_already");
    // Users and contracts.
    check(
        "active",
        "change left APPRV001",
        "revoke by removal | cessation_of_operation at_approval | APPRV001:revoked |",
    );
    check("lost", "change left ADMIN001", "revoke by removal | key_compromise at_approval | ADMIN001:revoked |");
    check("waiting", "change left ADMIN001", "revoke by removal | at_approval | ADMIN001:cancelled |");
    let both = "ADMIN001:revoked APPRV001:revoked";
    check("active", "change closed", &format!("revoke by closing | cessation_of_operation closing_day | {both} |"));
    check(
        "active",
        "change recontract",
        &format!("revoke by recontract | cessation_of_operation closing_day | {both} |"),
    );
    check("active", "change renamed", &format!("reissue renamed | affiliation_changed new_confirmed | {both} |"));
}

/// Every conversation of a world, to its end.
fn walk(desk: &Desk, answers: &mut Vec<Answer>, ends: &mut Vec<(Vec<Answer>, Ending)>) {
    assert!(answers.len() <= 5, "too many questions: {answers:?}");
    match step(desk, answers).unwrap() {
        Step::End(ending) => ends.push((answers.clone(), *ending)),
        Step::Ask { question, options } => {
            assert!(!options.is_empty(), "{question:?} after {answers:?}");
            for option in options {
                answers.push(option);
                walk(desk, answers, ends);
                answers.pop();
            }
        }
    }
}

/// Does what the guide says, as the branch would.
fn follow(desk: &mut Desk, ending: &Ending) -> Result<(), Refusal> {
    let chosen = |desk: &Desk| -> Vec<ChosenUser> {
        let one = |id: &UserId| match &ending.whose {
            Some(Whose::User(user)) => user == id,
            _ => desk.customer.certificates.iter().any(|c| c.user == *id),
        };
        let users = desk.customer.contracts[0].users.iter().filter(|u| one(&u.id));
        users.map(|u| ChosenUser { user: u.id.clone(), device_label: "経理課 2号機".into() }).collect()
    };
    let contract = || CONTRACT.parse().unwrap();
    let today = crate::calendar::jst_day(desk.now);
    let user = ending.touched.first().map(|t| t.user.clone());
    let request = match ending.outcome {
        Outcome::SuspendNow { cause } => {
            let scope = match ending.whose.clone().unwrap() {
                Whose::User(user) => StopScope::User { user },
                Whose::Contract(contract) => StopScope::Contract { contract },
            };
            let incident = IncidentId(Uuid::from_u128(0x62));
            return desk
                .act(&teller(), CustomerCommand::SuspendCertificates { incident, cause, scope }, None)
                .map(drop);
        }
        Outcome::NewPickupCode { certificate } => {
            return desk.act(&teller(), CustomerCommand::PrintSlip { certificate }, None).map(drop);
        }
        Outcome::Restore | Outcome::NothingToDo => {
            let Some(user) = user else { return Ok(()) };
            let advice = if ending.outcome == Outcome::Restore { Advice::RestoreBackup } else { Advice::NothingToDo };
            let command = CustomerCommand::RecordAdvice { user, happened: ending.happened, advice };
            return desk.act(&teller(), command, None).map(drop);
        }
        Outcome::Revoke { path: RevokePath::SettleReport { incident } } => {
            let received_on = today;
            desk.act(&teller(), CustomerCommand::RecordRevocationPaper { incident, received_on }, None)?;
            return desk.act(&supervisor(), CustomerCommand::RevokeIncident { incident }, None).map(drop);
        }
        Outcome::Reissue { cause: ReissueCause::Renamed } => {
            let named = |c: &ChosenUser| ending.touched.iter().any(|t| t.user == c.user);
            let (contract, users) = (contract(), chosen(desk).into_iter().filter(named).collect());
            let application = ApplicationId(Uuid::from_u128(9));
            let request = Request::Rename { contract, users };
            let details = desk.customer.details.clone();
            let paper =
                ApplicationDetails { applicant: "見本 太郎".into(), note: String::new(), customer: details };
            let submit =
                CustomerCommand::SubmitApplication { application, request, checks: checks(), received_on: today };
            return desk.act(&teller(), submit, Some(PersonalData::Application(paper))).map(drop);
        }
        Outcome::Reissue { cause } => Request::Reissue { contract: contract(), cause, users: chosen(desk) },
        Outcome::Revoke { path: RevokePath::RemoveUser } => {
            Request::RemoveUsers { contract: contract(), users: chosen(desk).into_iter().map(|c| c.user).collect() }
        }
        Outcome::Revoke { path: RevokePath::CloseContract } => {
            Request::Close { contract: contract(), closing_on: today }
        }
        Outcome::Revoke { path: RevokePath::Recontract } => Request::Recontract {
            contract: "30000003".parse().unwrap(),
            old: contract(),
            closing_on: today,
            opened_on: today,
            users: desk.customer.contracts[0]
                .users
                .iter()
                .map(|u| MovedUser { from: u.id.clone(), user: new_user(u.id.as_str(), u.role, "経理課") })
                .collect(),
        },
    };
    desk.submit(&teller(), 9, request).map(drop)
}

#[test]
fn every_path_ends_and_the_branch_may_do_what_it_ends_in() {
    let mut kinds = std::collections::BTreeSet::new();
    for name in WORLDS {
        let desk = world(name);
        let mut ends = Vec::new();
        walk(&desk, &mut Vec::new(), &mut ends);
        assert!(ends.len() >= 11, "{name}");
        for (answers, ending) in ends {
            let said = summary(&ending);
            kinds.insert(said.split(' ').next().unwrap().to_owned());
            let mut followed = world(name);
            follow(&mut followed, &ending).unwrap_or_else(|refusal| panic!("{name} {answers:?}: {said}: {refusal:?}"));
            // Who is told nothing has nothing changed; a key that may be in other hands never stays good.
            if ending.when.is_none() {
                let states = |d: &Desk| d.customer.certificates.iter().map(|c| (c.state, c.held)).collect::<Vec<_>>();
                assert_eq!(states(&followed), states(&desk), "{name} {answers:?}");
            }
            if matches!(ending.outcome, Outcome::SuspendNow { .. }) {
                for one in &ending.touched {
                    let mut own = followed.customer.certificates.iter().filter(|c| c.user == one.user);
                    assert!(own.all(|c| c.state != CertificateState::Active), "{name} {answers:?}");
                }
            }
        }
    }
    let all = ["new", "nothing", "reissue", "restore", "revoke", "suspend"];
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), all, "each way out is used");
}

#[test]
fn a_customer_without_user_ids_has_nobody_it_could_have_happened_to() {
    let customer = Customer::unknown(CustomerId(Uuid::from_u128(8)));
    let lost = [Answer::Happened { happened: Happening::Lost }];
    let Step::End(ending) = guide(&customer, &lost, &Policy::default(), start()).unwrap() else { panic!() };
    assert_eq!(summary(&ending), "nothing | | | nobody_there");
}

#[test]
fn answers_nobody_offered_are_refused() {
    let desk = world("active");
    for said in ["yes", "lost NOBODY01", "lost ADMIN001 yes", "left", "broken ADMIN001 no yes no", "change lost"] {
        let answers: Vec<Answer> = said.split(' ').map(answer).collect();
        let refusal = step(&desk, &answers).unwrap_err();
        assert_eq!((refusal.code, refusal.args["field"].as_str()), (ErrorCode::RequestMalformed, "answers"), "{said}");
    }
    let Step::Ask { question, options } = step(&desk, &[answer("lost")]).unwrap() else { panic!() };
    assert_eq!((question, options.len()), (Question::Whose, 4), "what runs first, then the rest, then all");
    assert_eq!(options[2], answer("OPERA001"));
}

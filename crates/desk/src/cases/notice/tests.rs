//! What the letters say of a customer's history, as the rules made it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use chrono::{DateTime, Duration, Utc};
use domain::customer::{
    CustomerEvent as E, IncidentCause, IncidentOutcome, NewUser, PaperChecks, ReissueCause, Request, RevocationReason,
    SignedCertificate, StopScope,
};
use domain::id::{ApplicationId, CustomerId, IncidentId};
use domain::personal::{CustomerDetails, IncidentDetails};
use domain::{Actor, PersonalData};

use super::*;

const LOST: &str = "2026-11-24T00:00:00Z";
const STOPPED: &str = "2026-11-24T05:30:05Z";
const REVOKED: &str = "2026-11-25T01:05:09Z";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn user(id: &str, role: UserRole) -> NewUser {
    NewUser { user: id.parse().unwrap(), role, device_label: format!("{id}のPC") }
}

struct History {
    customer: Customer,
    now: DateTime<Utc>,
}

impl History {
    /// OPERATOR1 and then ADMIN0001 have certificates in use.
    fn new() -> Self {
        let customer = Customer::unknown(CustomerId(uuid::Uuid::from_u128(1)));
        let mut history = Self { customer, now: at("2026-10-01T00:00:00Z") };
        let details = CustomerDetails {
            name: "株式会社見本製作所".into(),
            kana: "ミホンセイサクショ".into(),
            address: String::new(),
            phone: "025-000-0001".into(),
            email: String::new(),
        };
        let recorded = E::CustomerRecorded { branch: "001".parse().unwrap(), cif: "0000001".parse().unwrap() };
        history.apply_with(recorded, Some(&PersonalData::Customer(details)));
        history.apply(E::ContractRecorded {
            contract: "1000000001".parse().unwrap(),
            opened_on: "2020-04-01".parse().unwrap(),
            closed: false,
            users: vec![user("ADMIN0001", UserRole::Administrator), user("OPERATOR1", UserRole::Operator)],
            elsewhere: Vec::new(),
        });
        for (n, id) in [(1, "OPERATOR1"), (2, "ADMIN0001")] {
            history.grant(n, id);
            history.sign(n);
        }
        history
    }

    fn apply(&mut self, event: E) {
        self.apply_with(event, None);
    }

    fn apply_with(&mut self, event: E, personal: Option<&PersonalData>) {
        let actor = Actor::Operator { name: "operator".into() };
        domain::customer::apply(&mut self.customer, &event, personal, &actor, self.now);
    }

    fn grant(&mut self, n: u128, user: &str) {
        self.now += Duration::minutes(1);
        self.apply(E::RightGranted {
            certificate: CertificateId(uuid::Uuid::from_u128(n)),
            user: user.parse().unwrap(),
            contract: "1000000001".parse().unwrap(),
            application: ApplicationId(uuid::Uuid::from_u128(n)),
            device_label: format!("{user}のPC"),
            deadline: "2026-12-31".parse().unwrap(),
        });
    }

    fn sign(&mut self, n: u128) {
        let certificate = CertificateId(uuid::Uuid::from_u128(n));
        let signed = SignedCertificate {
            serial: format!("{n:034x}").parse().unwrap(),
            key_sha256: format!("{n:064x}"),
            not_before: self.now,
            not_after: at("2027-10-01T00:00:00Z"),
            der: String::new(),
        };
        self.apply(E::CertificateSigned { certificate, signed });
        self.apply(E::CertificateActivated { certificate });
    }

    fn request(&mut self, n: u128, request: Request) {
        self.apply(E::ApplicationSubmitted {
            application: ApplicationId(uuid::Uuid::from_u128(n)),
            receipt: "001-261124-ABCDE".parse().unwrap(),
            request,
            checks: PaperChecks { seal: true, identity: None, environment: true, terms: true },
            received_on: "2026-11-24".parse().unwrap(),
        });
    }

    /// The whole contract is stopped.
    fn stop(&mut self, cause: IncidentCause, lost: bool) -> IncidentId {
        let incident = IncidentId(uuid::Uuid::from_u128(9));
        self.now = at(STOPPED);
        let scope = StopScope::Contract { contract: "1000000001".parse().unwrap() };
        self.apply(E::IncidentReported { incident, cause, scope });
        for n in [1, 2] {
            let certificate = CertificateId(uuid::Uuid::from_u128(n));
            self.apply(E::CertificateSuspended { certificate, incident });
        }
        if lost {
            let said =
                IncidentDetails { caller: "見本 太郎".into(), phone: "090-0000-0001".into(), note: String::new() };
            let recorded = E::IncidentRecorded { incident, lost_at: Some(at(LOST)) };
            self.apply_with(recorded, Some(&PersonalData::Incident(said)));
        }
        incident
    }

    fn revoke(&mut self, n: u128, reason: RevocationReason, invalid_from: Option<DateTime<Utc>>) {
        self.now = at(REVOKED);
        self.apply(E::CertificateRevoked {
            certificate: CertificateId(uuid::Uuid::from_u128(n)),
            reason,
            invalid_from,
        });
    }

    fn certificate(&self, n: u128) -> &Certificate {
        self.customer.certificate(CertificateId(uuid::Uuid::from_u128(n))).unwrap()
    }

    fn revocation(&self, n: u128) -> RevocationNotice {
        revocation(letter(), &self.customer, self.certificate(n)).unwrap()
    }
}

fn letter() -> Letter {
    Letter {
        training: true,
        institution: "訓練信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        customer_name: "株式会社見本製作所".into(),
        customer_kana: String::new(),
        contract_number: "1000000001".into(),
        issued_at: String::new(),
        notice_id: String::new(),
        staff: String::new(),
        contacts: Vec::new(),
    }
}

#[test]
fn a_stop_lists_what_it_stopped_and_nothing_else() {
    let mut history = History::new();
    let incident = history.stop(IncidentCause::Lost, true);
    let incident = history.customer.incident(incident).unwrap();
    let notice = suspension(letter(), &history.customer, incident, None);
    assert_eq!(notice.stopped_at, "2026年11月24日(令和8年) 14時30分5秒");
    assert_eq!(notice.lost_at.as_deref(), Some("2026年11月24日(令和8年) 9時0分0秒"));
    let listed: Vec<_> = notice.stopped.iter().map(|one| (one.user_id.as_str(), one.user_role.as_str())).collect();
    assert_eq!(listed, [("ADMIN0001", "管理者"), ("OPERATOR1", "一般者")], "the administrator first");
    assert!(notice.may_resume && notice.paper_on.is_none());
    let one = suspension(letter(), &history.customer, incident, Some(history.certificate(1).id));
    assert_eq!(one.stopped.len(), 1, "its own row only");
    assert_eq!(one.stopped[0].user_id, "OPERATOR1");
    let mut stolen = incident.clone();
    stolen.cause = IncidentCause::Stolen;
    assert!(!suspension(letter(), &history.customer, &stolen, None).may_resume);
}

#[test]
fn a_report_gives_the_reason_and_the_time_of_the_loss() {
    for (cause, known, word) in [
        (IncidentCause::Lost, true, "紛失"),
        (IncidentCause::Stolen, false, "盗難"),
        (IncidentCause::Misuse, true, "不正利用の疑い"),
    ] {
        let mut history = History::new();
        let incident = history.stop(cause, known);
        let from = if known { at(LOST) } else { at(STOPPED) };
        history.revoke(1, RevocationReason::KeyCompromise, Some(from));
        history.apply(E::IncidentClosed { incident, outcome: IncidentOutcome::Revoked });
        let notice = history.revocation(1);
        assert_eq!((notice.reason.as_str(), notice.rfc_reason.as_str()), (word, "keyCompromise(1)"));
        assert_eq!(notice.revoked_at, "2026年11月25日(令和8年) 10時5分9秒", "JST");
        assert_eq!(notice.lost_at.is_some(), known, "nothing is said that nobody knew");
        assert_eq!(notice.invalid_from, Some(words::moment(from)));
        assert_eq!(notice.serial.replace(' ', ""), history.certificate(1).signed.as_ref().unwrap().serial.to_string());
        assert!(notice.serial.split(' ').all(|group| group.len() <= 4), "{}", notice.serial);
        assert!(notice.next_steps.contains("再発行のお申し込みが必要です"));
    }
}

#[test]
fn other_reasons_are_found_where_they_were_brought_in() {
    let contract = || "1000000001".parse().unwrap();
    let mut history = History::new();
    let cause = ReissueCause::Vanished;
    history.request(3, Request::Reissue { contract: contract(), cause, users: Vec::new() });
    history.now = at(REVOKED);
    history.revoke(1, RevocationReason::KeyCompromise, None);
    history.now = at(REVOKED) - Duration::minutes(1);
    history.grant(3, "OPERATOR1");
    let notice = history.revocation(1);
    assert_eq!(notice.reason, "電子証明書の消失(削除した覚えがない)");
    assert!(notice.next_steps.contains("発行通知書をお渡しします"), "{}", notice.next_steps);
    history.sign(3);
    assert!(history.revocation(1).next_steps.contains("新しい電子証明書が有効です"));

    let mut history = History::new();
    history.revoke(1, RevocationReason::PrivilegeWithdrawn, None);
    assert_eq!(history.revocation(1).reason, "強制停止");

    let mut history = History::new();
    history.revoke(1, RevocationReason::CessationOfOperation, None);
    history.apply(E::UserRemoved { contract: contract(), user: "OPERATOR1".parse().unwrap() });
    assert_eq!(history.revocation(1).reason, "利用者IDの削除");
    assert!(history.revocation(1).next_steps.contains("今後WEB-FBにログインできません"));
    history.revoke(2, RevocationReason::CessationOfOperation, None);
    history.apply(E::ContractClosed { contract: contract() });
    assert_eq!(history.revocation(2).reason, "解約");

    let mut history = History::new();
    history.apply(E::ContractLinked { old: contract(), new: "1000000002".parse().unwrap() });
    history.revoke(2, RevocationReason::CessationOfOperation, None);
    assert_eq!(history.revocation(2).reason, "再契約");

    let mut history = History::new();
    history.apply(E::RenewalGranted {
        certificate: CertificateId(uuid::Uuid::from_u128(4)),
        replaces: CertificateId(uuid::Uuid::from_u128(2)),
        deadline: "2026-12-31".parse().unwrap(),
    });
    history.revoke(2, RevocationReason::Superseded, None);
    assert_eq!(history.revocation(2).reason, "更新");
}

#[test]
fn nothing_is_said_that_is_not_so() {
    let mut history = History::new();
    let refused = |result: Result<(), DeskError>| assert_eq!(result.unwrap_err().code(), ErrorCode::CertificateState);
    refused(revocation(letter(), &history.customer, history.certificate(1)).map(drop));
    assert_eq!(
        restore(letter(), &history.customer, history.certificate(1)).unwrap().valid_until,
        "2027年10月1日(令和9年)"
    );
    history.stop(IncidentCause::Lost, false);
    refused(restore(letter(), &history.customer, history.certificate(1)).map(drop));
}

//! A customer whose things stand as a command needs them, made through the API.

use std::sync::atomic::{AtomicU32, Ordering};

use chrono::NaiveDate;
use domain::ErrorCode;
use domain::customer::CustomerCommand;
use domain::id::{ApplicationId, CertificateId, CommandId, ContractNumber, CustomerId, IncidentId, UserId};
use domain::pickup_code::PickupCode;
use e2e::customer::{Customer, fresh_key};
use e2e::office::root_pem;
use e2e::relying::Wallet;
use rcgen::KeyPair;
use wire::api::portal::Fetched;

use super::person::{Person, Persons};
use super::stage::{CLOSE, CLOSE_LATER, CONFIRM, EXCHANGE, FETCH, FORCE, LATE, REISSUE, Stage};

static COUNT: AtomicU32 = AtomicU32::new(1);

/// A customer, and the ids of what is its.
pub(super) struct Case {
    number: u32,
    pub(super) customer: CustomerId,
    pub(super) application: ApplicationId,
    /// The one after it: of a stop by the institution, a reissue or an end.
    second: ApplicationId,
    pub(super) incident: IncidentId,
    pub(super) held: CommandId,
    pub(super) contract: ContractNumber,
    pub(super) user: UserId,
    pub(super) cif: String,
    pub(super) today: NaiveDate,
    pub(super) code: PickupCode,
    /// What commands on a certificate are about.
    pub(super) certificate: CertificateId,
    wallet: Option<(KeyPair, Fetched)>,
}

/// A receipt number holds 25 bits of the id: counted, those of a day never meet.
fn application(n: u32) -> ApplicationId {
    ApplicationId(uuid::Uuid::from_u128(uuid::Uuid::new_v4().as_u128() >> 25 << 25 | u128::from(n)))
}

fn code(n: u32) -> PickupCode {
    let mut entropy = [0; 10];
    entropy[..4].copy_from_slice(&n.to_be_bytes());
    PickupCode::from_entropy(entropy)
}

impl Case {
    /// One that is there already, or a new one.
    pub(super) async fn at(persons: &Persons, stage: Stage, author: &Person) -> Self {
        match stage.by_time() {
            true => persons.laid_up(stage, author),
            false => Self::made(persons, stage, author).await,
        }
    }

    pub(super) async fn made(persons: &Persons, stage: Stage, author: &Person) -> Self {
        let n = COUNT.fetch_add(1, Ordering::Relaxed);
        let (first, user) = (application(2 * n), format!("KENGEN{n:05}").parse().unwrap());
        let mut case = Self {
            number: n,
            customer: CustomerId(uuid::Uuid::now_v7()),
            application: first,
            second: application(2 * n + 1),
            incident: IncidentId(uuid::Uuid::new_v4()),
            held: CommandId(uuid::Uuid::nil()),
            contract: format!("{:010}", 3_000_000 + n).parse().unwrap(),
            certificate: CertificateId::of(first, &user, 0),
            user,
            cif: format!("{:07}", 4_000_000 + n),
            today: persons.today(),
            code: code(2 * n),
            wallet: None,
        };
        for step in stage.steps() {
            case.step(persons, step, author).await;
        }
        if stage == Stage::Replaced {
            case.certificate = CertificateId::of(case.application, &case.user, 0);
        }
        case
    }

    /// What the next steps have before them is made by people who are nobody's column.
    async fn step(&mut self, persons: &Persons, step: &str, author: &Person) {
        let (other, head) = (&persons.second_supervisor, persons.named("head office"));
        match step {
            "record_customer" => self.does(persons.named("teller"), step).await,
            LATE => self.held = self.does_late(author, "submit_application").await,
            // Head office brings in no application of this kind.
            "submit_application" if author.role == domain::Role::HeadOffice => self.does(persons.author(), step).await,
            "submit_application" | "withdraw_application" | "suspend_certificates" => self.does(author, step).await,
            FETCH => self.fetch(persons).await,
            CONFIRM => self.confirm(persons).await,
            EXCHANGE => {
                self.code = code(2 * self.number + 1);
                self.does(other, "print_slip").await;
                self.fetch(persons).await;
                self.confirm(persons).await;
            }
            FORCE => {
                self.submits(head, step).await;
                self.approves(&persons.second_head).await;
            }
            REISSUE | CLOSE | CLOSE_LATER => {
                self.submits(persons.named("teller"), step).await;
                self.approves(other).await;
                if step == REISSUE {
                    self.certificate = CertificateId::of(self.second, &self.user, 0);
                }
            }
            _ => self.does(other, step).await,
        }
    }

    async fn submits(&self, by: &Person, kind: &str) {
        let (command, personal, _) = self.command(kind);
        let CustomerCommand::SubmitApplication { request, checks, received_on, .. } = command else { panic!("{kind}") };
        let command = CustomerCommand::SubmitApplication { application: self.second, request, checks, received_on };
        by.act(self.customer, command, personal, None).await.unwrap_or_else(|answer| panic!("{kind}: {}", answer.code));
    }

    async fn approves(&self, by: &Person) {
        let command = CustomerCommand::ApproveApplication { application: self.second };
        by.act(self.customer, command, None, None).await.unwrap_or_else(|answer| panic!("second: {}", answer.code));
    }

    async fn does(&self, by: &Person, kind: &str) {
        let done = self.try_(by, kind).await;
        done.unwrap_or_else(|code| panic!("{kind} by {}: {code}", by.session.staff));
    }

    async fn does_late(&self, by: &Person, kind: &str) -> CommandId {
        let (command, personal, _) = self.command(kind);
        by.act_late(self.customer, command, personal).await.unwrap_or_else(|a| panic!("late: {}", a.code)).entry
    }

    async fn fetch(&mut self, persons: &Persons) {
        let (key, csr) = fresh_key();
        let fetched = persons.portal.fetch(self.user.as_str(), &self.code.grouped(), &csr).await.unwrap();
        self.wallet = Some((key, fetched));
    }

    async fn confirm(&self, persons: &Persons) {
        let (key, fetched) = self.wallet.as_ref().unwrap();
        persons.portal.confirm(fetched, key).await.unwrap();
    }

    /// Its holder begins to exchange it, and does not confirm.
    pub(super) async fn renew(&mut self, persons: &Persons) {
        let (key, fetched) = self.wallet.as_ref().unwrap();
        let centre = &persons.centre;
        let issuing = std::fs::read(centre.key_file("issuing.cer")).unwrap();
        let wallet = Wallet::new(self.user.as_str(), key, &fetched.certificate.0, &issuing);
        let holder = Customer::holder(&centre.at().renewal, &root_pem(centre), Some(&wallet.pem));
        holder.renew(&fresh_key().1, false).await.unwrap();
        self.certificate = CertificateId::of(self.application, &self.user, 1);
    }

    pub(super) async fn try_(&self, by: &Person, kind: &str) -> Result<(), ErrorCode> {
        let (command, personal, code) = self.command(kind);
        let done = by.act(self.customer, command, personal, code.then_some(&self.code)).await;
        done.map(drop).map_err(|answer| answer.code)
    }

    /// The same, where a report may stand: a stop is another one's.
    pub(super) async fn ask(&mut self, by: &Person, kind: &str) -> Result<(), ErrorCode> {
        let report = self.incident;
        if kind == "suspend_certificates" {
            self.incident = IncidentId(uuid::Uuid::new_v4());
        }
        let done = self.try_(by, kind).await;
        self.incident = report;
        done
    }

    /// As a request to move it names it.
    pub(super) fn leaving(&self) -> domain::branch::Leaving {
        domain::branch::Leaving { customer: self.customer, cif: self.cif.parse().unwrap() }
    }

    /// Until it is another branch's, right after that was confirmed.
    pub(super) async fn wait_until_moved(&self, persons: &Persons) {
        let from = persons.named("head office").terminal.size().await.saturating_sub(500);
        persons.logged(from, &[("customers_moved", 1)]).await;
    }
}

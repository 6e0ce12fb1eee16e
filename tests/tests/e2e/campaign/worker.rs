//! One desk of the campaign, as a process that may be killed at any moment: a branch's acts at random on the customers
//! that its replica knows. What was answered is written down, so that the others can be asked about it afterwards.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use desk::profile::Profile;
use desk::secrets::Secrets;
use desk::view::{ActResult, ApplicationList, CustomerForm, CustomerView, IncidentForm, OutboxState, RequestKind};
use desk::{Desk, DeskError, Identity};
use domain::customer::{CertificateState, IncidentCause};
use e2e::centre::PASSWORD;
use e2e::fault::chance::Chance;
use e2e::office::{fill, read_code};
use serde::{Deserialize, Serialize};

/// What the parent tells a worker, `worker.json` in the desk's folder.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Orders {
    pub(super) seed: u64,
    /// Which desk: customers and contracts are numbered by it.
    pub(super) number: u64,
    /// Acts in all.
    pub(super) acts: u64,
    pub(super) teller: String,
    pub(super) supervisor: String,
    pub(super) identity: Identity,
}

/// One line of `answered.jsonl`: an act that was answered.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Answered {
    pub(super) kind: String,
    pub(super) command: String,
    pub(super) state: OutboxState,
}

pub(super) const ORDERS: &str = "worker.json";
pub(super) const ANSWERED: &str = "answered.jsonl";
/// A pickup code a line: user ID, space, code. Somebody fetches with it.
pub(super) const CODES: &str = "codes.txt";
/// Acts tried so far.
const TRIED: &str = "tried";

pub(super) fn read_orders(dir: &Path) -> Orders {
    serde_json::from_slice(&std::fs::read(dir.join(ORDERS)).unwrap()).unwrap()
}

pub(super) async fn open(dir: &Path, identity: Identity) -> Desk {
    let profile = Profile { dir: dir.to_owned(), training: true };
    Desk::open(profile, &Secrets::Files(dir.join("secrets")), identity, Default::default()).await.unwrap()
}

struct Worker {
    dir: PathBuf,
    desk: Desk,
    orders: Orders,
    chance: Chance,
    /// Who is signed in.
    staff: String,
    tried: u64,
}

fn append(file: &Path, line: &str) {
    let mut file = std::fs::File::options().create(true).append(true).open(file).unwrap();
    writeln!(file, "{line}").unwrap();
}

/// Not a test of its own: the environment says where it lives.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "started by the campaign"]
async fn desk_process() {
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    let dir = PathBuf::from(std::env::var_os("MADOGUCHI_TEST_DIR").expect("started by a test"));
    let orders = read_orders(&dir);
    let desk = open(&dir, orders.identity.clone()).await;
    let tried = std::fs::read_to_string(dir.join(TRIED)).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    // The row of chances goes on where the killed process stood.
    let chance = Chance::new(orders.seed).apart(orders.number << 32 | tried);
    let mut worker = Worker { dir, desk, orders, chance, staff: String::new(), tried };
    while worker.tried < worker.orders.acts {
        worker.step().await;
        worker.tried += 1;
        // In one step: a number cut off by a kill would begin the work anew.
        let new = worker.dir.join("tried-new");
        std::fs::write(&new, worker.tried.to_string()).unwrap();
        std::fs::rename(new, worker.dir.join(TRIED)).unwrap();
    }
    worker.desk.close().await;
}

impl Worker {
    async fn signed_in(&mut self, staff: &str) {
        if self.staff == staff && self.desk.status().await.unwrap().staff.is_some() {
            return;
        }
        while self.desk.sign_in(staff, PASSWORD).await.is_err() {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        staff.clone_into(&mut self.staff);
    }

    /// Writes down what was answered. Errors are answers to the one who works here, and change nothing.
    fn answered(&self, kind: &str, result: Result<ActResult, DeskError>) -> Option<ActResult> {
        let result = result.ok()?;
        let line = Answered { kind: kind.into(), command: result.command_id.clone(), state: result.state };
        append(&self.dir.join(ANSWERED), &serde_json::to_string(&line).unwrap());
        Some(result)
    }

    async fn any_customer(&mut self) -> Option<CustomerView> {
        let hits = self.desk.search("ミホン").await.ok()?.hits;
        if hits.is_empty() {
            return None;
        }
        let id = self.chance.one(&hits).customer_id.clone();
        self.desk.customer(&id).await.ok()
    }

    async fn step(&mut self) {
        // Who has time waits for the line; now and then somebody has none.
        if self.chance.per_mille(800) {
            self.line_back().await;
        }
        // Supervisor's and teller's acts come in runs, as signing in is slow on purpose.
        let supervisor = (self.tried / 12) % 2 == 1;
        let staff = if supervisor { self.orders.supervisor.clone() } else { self.orders.teller.clone() };
        self.signed_in(&staff).await;
        if supervisor {
            match self.chance.below(10) {
                0..6 => self.decide().await,
                6..8 => self.settle().await,
                _ => self.print().await,
            }
        } else {
            match self.chance.below(10) {
                0..2 => self.record().await,
                2..6 => self.apply().await,
                6..8 => self.stop().await,
                8 => self.said().await,
                _ => self.print().await,
            }
        }
    }

    /// Waits a little for the line. Who signed in without it signs in again when it is back.
    async fn line_back(&mut self) {
        for _ in 0..50 {
            let Ok(status) = self.desk.status().await else { return };
            if status.online {
                if status.offline_until.is_some() {
                    self.staff.clear();
                    let _ = self.desk.sign_out().await;
                }
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn record(&mut self) {
        let n = self.orders.number * 100_000 + self.tried;
        let form = CustomerForm {
            cif: format!("{n:07}"),
            name: format!("見本商店{n}"),
            kana: "ミホンショウテン".into(),
            address: "見本市1-1".into(),
            phone: "025-000-0001".into(),
            email: String::new(),
        };
        let result = self.desk.record_customer(form).await;
        self.answered("record_customer", result);
    }

    async fn apply(&mut self) {
        let Some(customer) = self.any_customer().await else { return self.record().await };
        let n = self.orders.number * 100_000 + self.tried;
        let active = customer.certificates.iter().find(|c| c.state == CertificateState::Active);
        let kind = match (customer.contracts.first(), active) {
            (None, _) => RequestKind::NewContract,
            (Some(_), Some(_)) if self.chance.per_mille(500) => RequestKind::Reissue,
            (Some(_), _) => RequestKind::AddUser,
        };
        let Ok(mut form) = self.desk.new_application(&customer.customer_id, kind).await else { return };
        match kind {
            RequestKind::Reissue => {
                let active = active.unwrap();
                form.contract = active.contract.clone();
                form.cause = Some(domain::customer::ReissueCause::Replaced);
                form.users = vec![desk::view::RequestUser {
                    user_id: active.user_id.clone(),
                    role: Some(domain::customer::UserRole::Administrator),
                    device_label: "経理課 2号機".into(),
                    ..Default::default()
                }];
            }
            _ => {
                form.contract = customer.contracts.first().map_or_else(|| format!("{n:010}"), |c| c.number.clone());
                form.users = vec![desk::view::RequestUser {
                    user_id: format!("W{n:07}"),
                    role: Some(if kind == RequestKind::NewContract {
                        domain::customer::UserRole::Administrator
                    } else {
                        domain::customer::UserRole::Operator
                    }),
                    device_label: "経理課 1号機".into(),
                    ..Default::default()
                }];
            }
        }
        fill(&mut form);
        let result = self.desk.submit_application(form).await;
        self.answered("submit_application", result);
    }

    async fn decide(&mut self) {
        let Ok(waiting) = self.desk.applications(ApplicationList::WaitingForApproval).await else { return };
        if waiting.is_empty() {
            return;
        }
        let one = self.chance.one(&waiting).clone();
        let (id, version) = (&one.application_id, &one.customer_version);
        if self.chance.per_mille(850) {
            let result = self.desk.approve_application(id, version).await;
            self.answered("approve_application", result);
        } else {
            let result = self.desk.reject_application(id, version, "見本").await;
            self.answered("reject_application", result);
        }
    }

    async fn print(&mut self) {
        let Ok(approved) = self.desk.applications(ApplicationList::InProgress).await else { return };
        let rights: Vec<_> = approved.iter().flat_map(|a| &a.certificates).filter(|c| c.slips == 0).collect();
        if rights.is_empty() {
            return;
        }
        let right = *self.chance.one(&rights);
        let Ok(slip) = self.desk.print_slip(&right.certificate_id).await else { return };
        let Some(ticket) = slip.print_ticket else { return };
        let pdf = self.desk.slip_pdf(&ticket).unwrap();
        append(&self.dir.join(CODES), &format!("{} {}", right.user_id, read_code(&pdf)));
        self.desk.slip_done(&ticket);
    }

    async fn stop(&mut self) {
        let Some(customer) = self.any_customer().await else { return };
        let Some(contract) = customer.contracts.first() else { return };
        let causes = [IncidentCause::Lost, IncidentCause::Stolen, IncidentCause::Misuse];
        let cause = *self.chance.one(&causes);
        let user = contract.users.first().filter(|_| self.chance.per_mille(700)).map(|user| user.user_id.as_str());
        let result = self.desk.suspend(&customer.customer_id, cause, &contract.number, user).await;
        self.answered("suspend_certificates", result);
    }

    async fn said(&mut self) {
        let Ok(open) = self.desk.open_incidents().await else { return };
        if open.is_empty() {
            return;
        }
        let incident = self.chance.one(&open).incident_id.clone();
        let form = IncidentForm {
            caller: "見本 太郎".into(),
            phone: "025-000-0001".into(),
            note: String::new(),
            lost_at: String::new(),
        };
        let result = self.desk.record_incident(&incident, form).await;
        self.answered("record_incident", result);
    }

    async fn settle(&mut self) {
        let Ok(open) = self.desk.open_incidents().await else { return };
        if open.is_empty() {
            return;
        }
        let incident = self.chance.one(&open).incident_id.clone();
        let (kind, result) = match self.chance.below(3) {
            0 => ("confirm_incident", self.desk.confirm_incident(&incident).await),
            1 => ("resume_incident", self.desk.resume_incident(&incident, false).await),
            _ => ("revoke_incident", self.desk.revoke_incident(&incident).await),
        };
        self.answered(kind, result);
    }
}

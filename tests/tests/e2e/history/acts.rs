//! Days: acts of every kind, at random, on whoever they may be done to; and some on whom they may not.

use chrono::Duration;
use domain::PersonalData;
use domain::customer::{
    Certificate, CertificateState, ChosenUser, Contract, Customer as State, CustomerCommand, IdentityDocument,
    IncidentCause, MovedUser, NewUser, PaperChecks, ReissueCause, Request, StopScope, User, UserRole,
};
use domain::id::{ApplicationId, CustomerId, IncidentId};
use domain::personal::{ApplicationDetails, CustomerDetails, IncidentDetails};
use domain::pickup_code::PickupCode;
use e2e::centre::BRANCH;
use e2e::customer::fresh_key;

use super::world::{A_DAY, Held, World};

/// What can happen by day and at night.
pub(super) const EVERY: [&str; 20] = [
    "new contract",
    "add user",
    "reissue",
    "rename",
    "remove",
    "close",
    "force stop",
    "recontract",
    "withdraw",
    "print",
    "fetch",
    "confirm",
    "suspend",
    "check mark",
    "resume",
    "revoke",
    "renew",
    "lapse",
    "expire",
    "closing day",
];
/// Of these, those of the day. What everything else needs is there more often.
const BY_DAY: [&str; 20] = [
    "new contract",
    "add user",
    "reissue",
    "rename",
    "remove",
    "close",
    "force stop",
    "recontract",
    "withdraw",
    "print",
    "print",
    "fetch",
    "fetch",
    "confirm",
    "confirm",
    "suspend",
    "check mark",
    "resume",
    "revoke",
    "stray",
];

fn details(name: &str) -> CustomerDetails {
    CustomerDetails {
        name: name.into(),
        kana: "ミホン".into(),
        address: "見本市1-1".into(),
        phone: "025-000-0001".into(),
        email: "mihon@example.jp".into(),
    }
}

fn usable(state: CertificateState) -> bool {
    state.usable() || state.successor()
}

/// User IDs that are in the contract.
fn users(contract: &Contract) -> Vec<User> {
    contract.users.iter().filter(|u| !u.removed).cloned().collect()
}

impl World {
    pub(super) async fn record(&mut self, n: usize) {
        let customer = CustomerId(uuid::Uuid::now_v7());
        let cif = format!("{:07}", 7_100_000 + n).parse().unwrap();
        let record = CustomerCommand::RecordCustomer { branch: BRANCH.parse().unwrap(), cif };
        let personal = Some(PersonalData::Customer(details("見本商会")));
        self.send("T1001", customer, record, personal, None).await.unwrap();
        self.customers.push(customer);
    }

    pub(super) async fn day(&mut self) {
        // Many tries find nobody they could be done to.
        let (done, mut tries) = (self.done(), 0);
        while self.done() < done + A_DAY && tries < 5 * A_DAY {
            tries += 1;
            let step = Duration::minutes(i64::try_from(self.dice.upto(12)).unwrap());
            if self.now() + step < chrono::Utc::now() {
                self.centre.clock.advance(step);
            }
            // Of three, the one that was done least; else the next.
            let mut kinds: Vec<&'static str> = (0..3).map(|_| *self.any(&BY_DAY).unwrap()).collect();
            let done = |kind: &str| self.counts().find(|(k, _)| *k == kind).map_or(0, |(_, count)| count);
            // What everything else needs comes first: nothing can be stopped, renewed or left to end that is not there.
            let needed = |kind: &str| if matches!(kind, "print" | "fetch" | "confirm") { 5 } else { 1 };
            kinds.sort_by_key(|kind| done(kind) / needed(kind));
            for kind in kinds {
                if self.act(kind).await {
                    self.count(kind);
                    break;
                }
            }
        }
    }

    /// Did it happen? Refused, or nobody to do it to: no.
    async fn act(&mut self, kind: &str) -> bool {
        let states = self.states().await;
        let Some(customer) = self.any(&states).cloned() else { return false };
        match kind {
            "print" | "fetch" | "confirm" => self.pickup(kind, &states).await,
            "suspend" => self.suspend(&customer).await,
            "check mark" | "resume" | "revoke" => self.settle(kind, &states).await,
            "stray" => self.stray(&customer).await,
            _ => self.apply(kind, &customer).await,
        }
    }

    /// An application, and its approval by another one; or it is withdrawn.
    async fn apply(&mut self, kind: &str, customer: &State) -> bool {
        let wanted = if kind == "withdraw" { "reissue" } else { kind };
        let Some(request) = self.request(wanted, customer) else { return false };
        let application = ApplicationId(uuid::Uuid::new_v4());
        let renamed = (kind == "rename").then(|| details("見本改称商会"));
        let personal = ApplicationDetails { applicant: "見本 太郎".into(), note: String::new(), customer: renamed };
        let checks =
            PaperChecks { seal: true, identity: Some(IdentityDocument::KnownCustomer), environment: true, terms: true };
        let received_on = domain::calendar::jst_day(self.now());
        let submit = CustomerCommand::SubmitApplication { application, request, checks, received_on };
        let (one, other) = if kind == "force stop" { ("H9001", "H9002") } else { ("T1001", "S2001") };
        if self.send(one, customer.id, submit, Some(PersonalData::Application(personal)), None).await.is_err() {
            return false;
        }
        let approve = CustomerCommand::ApproveApplication { application };
        if kind != "withdraw" && self.send(other, customer.id, approve, None, None).await.is_ok() {
            return true;
        }
        let withdraw = CustomerCommand::WithdrawApplication { application };
        self.send(one, customer.id, withdraw, None, None).await.unwrap();
        kind == "withdraw"
    }

    fn request(&mut self, kind: &str, customer: &State) -> Option<Request> {
        let active: Vec<Contract> = customer.contracts.iter().filter(|c| c.active).cloned().collect();
        if kind == "new contract" {
            let users = (0..3).map(|n| self.new_user(n == 0)).collect();
            return active.is_empty().then(|| Request::NewContract { contract: self.contract_number(), users });
        }
        let old = self.any(&active)?.clone();
        let contract = old.number.clone();
        let those = users(&old);
        let one = self.any(&those)?.clone();
        let chosen = vec![ChosenUser { user: one.id.clone(), device_label: "経理課 2号機".into() }];
        let today = domain::calendar::jst_day(self.now());
        let ahead = |world: &mut Self| domain::calendar::later(today, u32::try_from(world.dice.upto(4)).unwrap());
        Some(match kind {
            "add user" if those.len() < 5 => Request::AddUser { contract, user: self.new_user(false) },
            "add user" => return None,
            "rename" => Request::Rename { contract, users: chosen },
            "remove" => Request::RemoveUsers { contract, users: vec![one.id] },
            "force stop" => Request::ForceStop { contract, users: vec![one.id] },
            "close" => Request::Close { contract, closing_on: ahead(self) },
            "recontract" => {
                let moved = those.into_iter().enumerate().map(|(n, user)| MovedUser {
                    from: user.id.clone(),
                    user: NewUser {
                        user: user.id,
                        role: if n == 0 { UserRole::Administrator } else { UserRole::Operator },
                        device_label: "経理課".into(),
                    },
                });
                let (closing_on, opened_on) = (ahead(self), ahead(self));
                let (contract, users) = (self.contract_number(), moved.collect());
                Request::Recontract { contract, old: old.number, closing_on, opened_on, users }
            }
            _ => {
                use ReissueCause as C;
                let every = [C::Broken, C::DiskLeft, C::Deleted, C::Vanished, C::Replaced, C::Renamed, C::Ended];
                Request::Reissue { contract, cause: *self.any(&every)?, users: chosen }
            }
        })
    }

    fn contract_number(&mut self) -> domain::id::ContractNumber {
        format!("{:010}", 6_100_000_000 + self.draw()).parse().unwrap()
    }

    fn new_user(&mut self, administrator: bool) -> NewUser {
        let role = if administrator { UserRole::Administrator } else { UserRole::Operator };
        NewUser { user: format!("H{:07}", self.draw()).parse().unwrap(), role, device_label: "PC".into() }
    }

    /// A slip, a fetch, a confirmation.
    async fn pickup(&mut self, kind: &str, states: &[State]) -> bool {
        let every = states.iter().flat_map(|c| c.certificates.iter().map(|one| (c.id, one.clone())));
        let fits: Vec<(CustomerId, Certificate)> = every
            .filter(|(_, one)| match kind {
                "print" => one.state == CertificateState::Authorised && one.renews.is_none(),
                "fetch" => one.state == CertificateState::Authorised && self.codes.contains_key(&one.id),
                _ => one.state == CertificateState::Signed,
            })
            .collect();
        let Some((customer, right)) = self.any(&fits).cloned() else { return false };
        match kind {
            "print" => {
                let mut entropy = [0; 10];
                entropy[..8].copy_from_slice(&self.draw().to_be_bytes());
                let code = PickupCode::from_entropy(entropy);
                let print = CustomerCommand::PrintSlip { certificate: right.id };
                let done = self.send("T1001", customer, print, None, Some(&code)).await.is_ok();
                if done {
                    self.codes.insert(right.id, code);
                }
                done
            }
            "fetch" => {
                let (key, csr) = fresh_key();
                let code = self.codes[&right.id].grouped();
                let Ok(fetched) = self.portal.fetch(right.user.as_str(), &code, &csr).await else { return false };
                self.held.insert(right.id, Held { key, csr, fetched: Some(fetched) });
                true
            }
            _ => {
                let Some(Held { key, fetched: Some(fetched), .. }) = self.held.get(&right.id) else { return false };
                self.portal.confirm(fetched, key).await.is_ok()
            }
        }
    }

    /// Stop first, ask afterwards.
    async fn suspend(&mut self, customer: &State) -> bool {
        let alive: Vec<_> = customer.certificates.iter().filter(|c| usable(c.state)).cloned().collect();
        let Some(one) = self.any(&alive).cloned() else { return false };
        let scope = match self.dice.upto(2) {
            0 => StopScope::User { user: one.user },
            _ => StopScope::Contract { contract: one.contract },
        };
        let causes = [IncidentCause::Lost, IncidentCause::Lost, IncidentCause::Stolen, IncidentCause::Misuse];
        let (incident, cause) = (IncidentId(uuid::Uuid::now_v7()), *self.any(&causes).unwrap());
        let who = if self.dice.upto(2) == 0 { "T1001" } else { "R1101" };
        let stop = CustomerCommand::SuspendCertificates { incident, cause, scope };
        if self.send(who, customer.id, stop, None, None).await.is_err() {
            return false;
        }
        let ago = Duration::minutes(i64::try_from(self.dice.upto(3000)).unwrap());
        let lost_at = (self.dice.upto(3) > 0).then(|| self.now() - ago);
        let said =
            IncidentDetails { caller: "見本 花子".into(), phone: "025-000-0002".into(), note: String::new() };
        let record = CustomerCommand::RecordIncident { incident, lost_at };
        self.send(who, customer.id, record, Some(PersonalData::Incident(said)), None).await.unwrap();
        true
    }

    async fn settle(&mut self, kind: &str, states: &[State]) -> bool {
        let every = states.iter().flat_map(|c| c.incidents.iter().map(|one| (c.id, one.clone())));
        let open: Vec<_> = every.filter(|(_, one)| one.outcome.is_none()).collect();
        let Some((customer, found)) = self.any(&open).cloned() else { return false };
        let incident = found.id;
        let command = match kind {
            "check mark" => CustomerCommand::ConfirmIncident { incident },
            "resume" => CustomerCommand::ResumeIncident { incident, out_of_control: self.dice.upto(8) == 0 },
            _ => {
                let received_on = domain::calendar::jst_day(self.now());
                let paper = CustomerCommand::RecordRevocationPaper { incident, received_on };
                self.send("T1001", customer, paper, None, None).await.unwrap();
                CustomerCommand::RevokeIncident { incident }
            }
        };
        self.send("S2001", customer, command, None, None).await.is_ok()
    }

    /// What must change nothing: a second fetch with the same key or another, a confirmation of what has ended.
    async fn stray(&mut self, customer: &State) -> bool {
        let Some(one) = self.any(&customer.certificates).cloned() else { return false };
        let Some(held) = self.held.get(&one.id) else { return false };
        let before = self.states().await;
        if let Some(fetched) = &held.fetched
            && one.state != CertificateState::Signed
        {
            let _ = self.portal.confirm(fetched, &held.key).await;
        }
        if let Some(code) = self.codes.get(&one.id) {
            let _ = self.portal.fetch(one.user.as_str(), &code.grouped(), &held.csr).await;
            assert!(self.portal.fetch(one.user.as_str(), &code.grouped(), &fresh_key().1).await.is_err());
        }
        assert!(before == self.states().await, "a stray act changed something");
        true
    }
}

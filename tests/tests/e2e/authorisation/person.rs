//! Everybody who tries, signed in at a terminal where he may be.

use std::sync::{Arc, Mutex};

use central::clock::Clock;
use chrono::NaiveDate;
use domain::Role;
use domain::customer::CustomerCommand;
use domain::id::{CustomerId, StaffId};
use domain::pickup_code::PickupCode;
use domain::staff::StaffCommand;
use domain::{ErrorCode, PersonalData, calendar};
use e2e::centre::{BRANCH, Centre, PASSWORD};
use e2e::customer::Customer;
use e2e::office::root_pem;
use e2e::terminal::Terminal;
use tokio::sync::SetOnce;
use wire::Body;
use wire::api::ErrorAnswer;
use wire::api::command::{CommandAccepted, Passwords};
use wire::api::feed::FeedLeaf;
use wire::api::session::SignedIn;

use super::by_account::ACCOUNTS;
use super::by_state::AUTHOR;
use super::case::Case;
use super::stage::Stage;
use crate::staff::terminal;

/// Somebody at a terminal.
pub(super) struct Person {
    pub(super) name: &'static str,
    pub(super) role: Role,
    pub(super) session: SignedIn,
    pub(super) terminal: Terminal,
}

impl Person {
    pub(super) async fn act(
        &self,
        customer: CustomerId,
        command: CustomerCommand,
        personal: Option<PersonalData>,
        code: Option<&PickupCode>,
    ) -> Result<CommandAccepted, ErrorAnswer> {
        self.terminal.send(&self.session, &self.terminal.seal(&self.session, customer, command, personal, code)).await
    }

    /// As if made without the centre.
    pub(super) async fn act_late(
        &self,
        customer: CustomerId,
        command: CustomerCommand,
        personal: Option<PersonalData>,
    ) -> Result<CommandAccepted, ErrorAnswer> {
        let request = self.terminal.seal_body(&self.session, Body::Customer { customer, command }, personal, true);
        self.terminal.send(&self.session, &request).await
    }

    pub(super) async fn administer(&self, of: &str, command: StaffCommand) -> Result<(), ErrorCode> {
        if command == (StaffCommand::ChangePassword {}) {
            let body = Body::Staff { staff: of.parse().unwrap(), command };
            let mut request = self.terminal.seal_body(&self.session, body, None, false);
            let (new, old) = ("umi no mieru ekimae".to_owned(), Some(PASSWORD.to_owned()));
            request.password = Some(Passwords { new, old });
            return self.terminal.send(&self.session, &request).await.map(drop).map_err(|answer| answer.code);
        }
        let password = match command {
            StaffCommand::AddStaff { .. } | StaffCommand::ResetPassword {} | StaffCommand::ConfirmProposal { .. } => {
                Some("0000-0000")
            }
            _ => None,
        };
        let done = self.terminal.administer(&self.session, of, command, password).await;
        done.map(drop).map_err(|answer| answer.code)
    }
}

/// The columns of most tables, and who else is needed.
pub(super) struct Persons {
    pub(super) centre: Centre,
    /// Of the customers' branch, then of another.
    pub(super) all: Vec<Person>,
    pub(super) second_supervisor: Person,
    pub(super) second_head: Person,
    /// Has another role than at this sign-in: what he makes late is held.
    pub(super) changed: Person,
    /// The same of one who is a supervisor since.
    pub(super) risen: Person,
    pub(super) portal: Customer,
    deputyships: u32,
    /// Cases that only time can make.
    stock: Mutex<Vec<Laid>>,
}

/// A case that lies ready: how it stands, whose work it is, and itself.
pub(super) type Laid = (Stage, StaffId, Case);

impl Persons {
    pub(super) async fn new() -> Self {
        Self::by(Clock::System, ACCOUNTS.to_vec()).await
    }

    /// By a clock; with so many accounts that nobody is signed in with.
    pub(super) async fn by(clock: Clock, accounts: Vec<(char, &'static str, u32)>) -> Self {
        let mut centre = Centre::with_clock(clock, |_| {});
        centre.operate(|operator, runtime| {
            for (id, role, branch) in [
                ("T1009", "teller", BRANCH),
                ("S2009", "teller", BRANCH),
                ("R3001", "sales_rep", "012"),
                ("D3009", "teller", "012"),
            ] {
                let name = format!("見本 {id}");
                runtime.block_on(operator.add_staff(id, &name, role, branch, PASSWORD)).unwrap();
            }
            for (letter, role, count) in accounts {
                for n in 1..=count {
                    let id = format!("{letter}{n:04}");
                    runtime.block_on(operator.add_staff(&id, "見本", role, BRANCH, PASSWORD)).unwrap();
                }
            }
        });
        let seats =
            [(BRANCH, "窓口"), ("012", "窓口"), ("000", "事務部")].map(|(branch, label)| centre.invite(branch, label));
        centre.start();
        let here = terminal(&centre, &seats[0], "here").await;
        let there = terminal(&centre, &seats[1], "there").await;
        let head = terminal(&centre, &seats[2], "head").await;
        let person = async |name, role, id: &str, at: &Terminal| Person {
            name,
            role,
            session: at.sign_in(id).await,
            terminal: at.another(),
        };
        let first = person("head office", Role::HeadOffice, "H9001", &head).await;
        let second_head = person("", Role::HeadOffice, "H9002", &head).await;
        name_deputy(&centre.clock, &first, &second_head, 1).await;
        let changed = person("", Role::Teller, "T1009", &here).await;
        let risen = person("supervisor", Role::Supervisor, "S2009", &here).await;
        let change = |role| StaffCommand::ChangeStaff { role, branch: BRANCH.parse().unwrap() };
        first.administer("T1009", change(Role::SalesRep)).await.unwrap();
        first.administer("S2009", change(Role::Supervisor)).await.unwrap();
        let agree = StaffCommand::ConfirmProposal { number: 1 };
        second_head.terminal.administer(&second_head.session, "S2009", agree, None).await.unwrap();
        let all = vec![
            person("teller", Role::Teller, "T1001", &here).await,
            person("sales rep", Role::SalesRep, "R1101", &here).await,
            person("supervisor", Role::Supervisor, "S2001", &here).await,
            person("deputy", Role::Supervisor, "D3009", &here).await,
            first,
            person("auditor", Role::Auditor, "A9101", &head).await,
            person("teller, other branch", Role::Teller, "T3001", &there).await,
            person("sales rep, other branch", Role::SalesRep, "R3001", &there).await,
            person("supervisor, other branch", Role::Supervisor, "S3001", &there).await,
        ];
        let second_supervisor = person("", Role::Supervisor, "S2002", &here).await;
        let portal = Customer::new(&centre.at().portal, &root_pem(&centre));
        Self {
            centre,
            all,
            second_supervisor,
            second_head,
            changed,
            risen,
            portal,
            deputyships: 1,
            stock: Mutex::default(),
        }
    }

    pub(super) fn today(&self) -> NaiveDate {
        calendar::jst_day(self.centre.clock.now())
    }

    /// Sessions end by themselves, and so does a deputyship: everybody signs in again.
    pub(super) async fn another_day(&mut self) {
        for person in self.everybody().filter(|person| person.role == Role::HeadOffice) {
            person.session = person.terminal.sign_in(person.session.staff.as_str()).await;
        }
        self.deputyships += 1;
        name_deputy(&self.centre.clock, self.named("head office"), &self.second_head, self.deputyships).await;
        for person in self.everybody().filter(|person| person.role != Role::HeadOffice) {
            person.session = person.terminal.sign_in(person.session.staff.as_str()).await;
        }
    }

    fn everybody(&mut self) -> impl Iterator<Item = &mut Person> {
        let Self { all, second_supervisor, second_head, changed, risen, .. } = self;
        all.iter_mut().chain([second_supervisor, second_head, changed, risen])
    }

    pub(super) fn lay_up(&self, case: Laid) {
        self.stock.lock().unwrap().push(case);
    }

    pub(super) fn stock_of(&self, stages: &[Stage]) -> usize {
        self.stock.lock().unwrap().iter().filter(|(stage, ..)| stages.contains(stage)).count()
    }

    /// One that nobody has asked about.
    pub(super) fn laid_up(&self, stage: Stage, author: &Person) -> Case {
        let mut stock = self.stock.lock().unwrap();
        let fits = |(at, by, _): &Laid| *at == stage && *by == author.session.staff;
        let place = stock.iter().position(fits);
        let (.., mut case) = stock.swap_remove(place.unwrap_or_else(|| panic!("lay up more: {stage:?}")));
        case.today = self.today();
        case
    }

    /// Until head office's log says these words so often from a place on.
    pub(super) async fn logged(&self, from: u64, words: &[(&str, usize)]) {
        let begun = std::time::Instant::now();
        let (mut from, mut entries) = (from, Vec::new());
        loop {
            let leaves = self.named("head office").terminal.feed(from, 16_384).await.leaves;
            from += leaves.len() as u64;
            entries.extend(leaves.into_iter().filter_map(full));
            let count = |word: &str| entries.iter().filter(|entry| entry.contains(&format!("\"{word}\""))).count();
            if words.iter().all(|(word, wanted)| count(word) >= *wanted) {
                return;
            }
            assert!(begun.elapsed().as_secs() < 60, "never: {words:?}");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
    }

    /// The names of the columns.
    pub(super) fn columns(&self) -> impl Iterator<Item = &'static str> {
        self.all.iter().map(|person| person.name)
    }

    /// Of the columns, or one of those who are none.
    pub(super) fn by_name(&self, name: &str) -> &Person {
        match name {
            AUTHOR => self.author(),
            "risen" => &self.risen,
            name => self.named(name),
        }
    }

    pub(super) fn named(&self, name: &str) -> &Person {
        self.all.iter().find(|person| person.name == name).expect("somebody")
    }

    /// Who brings in what the others look at.
    pub(super) fn author(&self) -> &Person {
        &self.changed
    }
}

/// What may be made as it is asked for, and what lies ready since long ago.
pub(super) struct Worlds {
    pub(super) now: Arc<Persons>,
    /// Takes a while; nobody else waits for it.
    pub(super) long_ago: SetOnce<Persons>,
}

impl Worlds {
    pub(super) async fn of(&self, stage: Stage) -> &Persons {
        if stage.by_time() { self.long_ago.wait().await } else { &self.now }
    }
}

fn full(leaf: FeedLeaf) -> Option<String> {
    match leaf {
        FeedLeaf::Entry { e, .. } => Some(String::from_utf8_lossy(&e.0).into_owned()),
        FeedLeaf::Hash { .. } => None,
    }
}

/// By two of head office, for a week.
async fn name_deputy(clock: &Clock, first: &Person, second: &Person, number: u32) {
    let today = calendar::jst_day(clock.now());
    let until = calendar::later(today, 7);
    let name = StaffCommand::NameDeputy { branch: BRANCH.parse().unwrap(), from: today, until };
    first.administer("D3009", name).await.unwrap();
    let agree = StaffCommand::ConfirmProposal { number };
    second.terminal.administer(&second.session, "D3009", agree, None).await.unwrap();
}

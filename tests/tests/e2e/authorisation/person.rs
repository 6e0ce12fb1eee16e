//! Everybody who tries, signed in at a terminal where he may be.

use domain::Role;
use domain::customer::CustomerCommand;
use domain::id::CustomerId;
use domain::pickup_code::PickupCode;
use domain::staff::StaffCommand;
use domain::{ErrorCode, PersonalData, calendar};
use e2e::centre::{BRANCH, Centre};
use e2e::customer::Customer;
use e2e::office::root_pem;
use e2e::terminal::Terminal;
use wire::Body;
use wire::api::ErrorAnswer;
use wire::api::command::{CommandAccepted, Passwords};
use wire::api::session::SignedIn;

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
            let (new, old) = ("umi no mieru ekimae".to_owned(), Some(e2e::centre::PASSWORD.to_owned()));
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
}

impl Persons {
    pub(super) async fn new() -> Self {
        let mut centre = Centre::new(|_| {});
        centre.operate(|operator, runtime| {
            for (id, role, branch) in [
                ("T1009", "teller", BRANCH),
                ("S2009", "teller", BRANCH),
                ("R3001", "sales_rep", "012"),
                ("D3009", "teller", "012"),
            ] {
                runtime
                    .block_on(operator.add_staff(id, &format!("見本 {id}"), role, branch, e2e::centre::PASSWORD))
                    .unwrap();
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
        let today = calendar::jst_day(centre.clock.now());
        let until = calendar::later(today, 7);
        let name = StaffCommand::NameDeputy { branch: BRANCH.parse().unwrap(), from: today, until };
        first.administer("D3009", name).await.unwrap();
        let agree = StaffCommand::ConfirmProposal { number: 1 };
        let agreed = second_head.terminal.administer(&second_head.session, "D3009", agree.clone(), None).await;
        agreed.unwrap();
        let changed = person("", Role::Teller, "T1009", &here).await;
        let risen = person("supervisor", Role::Supervisor, "S2009", &here).await;
        let change = |role| StaffCommand::ChangeStaff { role, branch: BRANCH.parse().unwrap() };
        first.administer("T1009", change(Role::SalesRep)).await.unwrap();
        first.administer("S2009", change(Role::Supervisor)).await.unwrap();
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
        Self { centre, all, second_supervisor, second_head, changed, risen, portal }
    }

    pub(super) fn named(&self, name: &str) -> &Person {
        self.all.iter().find(|person| person.name == name).expect("somebody")
    }

    /// Who brings in what the others look at.
    pub(super) fn author(&self) -> &Person {
        &self.changed
    }
}

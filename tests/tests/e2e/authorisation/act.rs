//! Commands: on customers, on staff, on terminals.

use domain::authorisation::role_may;
use domain::branch::BranchCommand;
use domain::id::PolicyChangeId;
use domain::policy::{PolicyCommand, Settings};
use domain::staff::StaffCommand;
use domain::terminal::TerminalCommand;
use domain::{ErrorCode, Role, calendar};
use e2e::centre::BRANCH;
use wire::Body;

use super::case::Case;
use super::person::{Person, Persons};
use super::stage::Stage;
use super::table::{Cell, Table};

/// Every command on a customer, and where things stand when it may happen.
pub(super) const COMMANDS: [(&str, Stage); 31] = [
    ("record_customer", Stage::Nothing),
    ("record_contract", Stage::Recorded),
    ("import_customer", Stage::Nothing),
    ("move_customer", Stage::Recorded),
    ("submit_application", Stage::Recorded),
    ("submit_application (強制停止)", Stage::Active),
    ("resubmit_application", Stage::Returned),
    ("withdraw_application", Stage::Submitted),
    ("approve_application", Stage::Submitted),
    ("return_application", Stage::Submitted),
    ("reject_application", Stage::Submitted),
    ("print_slip", Stage::Authorised),
    ("record_handover", Stage::Printed),
    ("fetch_certificate", Stage::Printed),
    ("confirm_certificate", Stage::Signed),
    ("suspend_certificates", Stage::Active),
    ("record_incident", Stage::Stopped),
    ("record_revocation_paper", Stage::Stopped),
    ("record_paper_reminder", Stage::Stopped),
    ("confirm_incident", Stage::Stopped),
    ("resume_incident", Stage::Stopped),
    ("revoke_incident", Stage::PaperThere),
    ("record_advice", Stage::Active),
    ("renew_certificate", Stage::Active),
    ("accept_held_act", Stage::Held),
    ("dismiss_held_act", Stage::Held),
    ("lapse_right", Stage::Authorised),
    ("expire_certificate", Stage::Active),
    ("end_grace", Stage::Active),
    ("close_contract", Stage::Active),
    ("record_advice (nobody's customer)", Stage::Nothing),
];

fn kind(row: &str) -> &str {
    if row == "record_advice (nobody's customer)" { "record_advice" } else { row }
}

pub(super) async fn others_work(persons: &Persons) -> Table {
    let mut rows = Vec::new();
    for (row, stage) in COMMANDS {
        let mut cells = Vec::new();
        // A refusal changes nothing: the next one finds things as they were.
        let mut case = None;
        for person in &persons.all {
            let one = match case.take() {
                Some(one) => one,
                None => Case::at(persons, stage, persons.author()).await,
            };
            let done = one.try_(person, kind(row)).await;
            if done.is_err() {
                case = Some(one);
            }
            cells.push(Some(done));
        }
        rows.push((row.to_owned(), cells));
    }
    let table = Table {
        title: "Customers, others' work".into(),
        lead: "Somebody of the branch brought it in, and it stands as the command needs it. The other branch's staff sit at their own \
               terminals; head office and the auditor at head office's.",
        columns: persons.all.iter().map(|person| person.name.to_owned()).collect(),
        rows,
    };
    expected(&table, persons);
    table
}

/// What must be so, whatever the document says: the rules' own table, and what no row may ever allow.
fn expected(table: &Table, persons: &Persons) {
    assert!(table.column("auditor").iter().all(|(_, cell)| *cell == Some(Err(ErrorCode::RoleNotPermitted))));
    for person in persons.all.iter().filter(|person| person.name.contains("other branch")) {
        for (row, cell) in table.column(person.name) {
            let stops = ["suspend_certificates", "record_advice (nobody's customer)"];
            assert!(cell != Some(Ok(())) || stops.contains(&row), "{row} by {}", person.name);
        }
    }
    let sample = |row: &str, role| {
        // The kind alone decides, where no request stands in it.
        let json = match row {
            "withdraw_application" | "approve_application" | "return_application" | "reject_application" => {
                format!(r#"{{"type":"{row}","application":"00000000-0000-0000-0000-000000000001"}}"#)
            }
            "confirm_incident" | "revoke_incident" | "record_paper_reminder" => {
                format!(r#"{{"type":"{row}","incident":"00000000-0000-0000-0000-000000000001"}}"#)
            }
            _ => return None,
        };
        Some(role_may(role, &serde_json::from_str(&json).unwrap()))
    };
    for person in persons.all.iter().filter(|person| !person.name.contains("other branch")) {
        for (row, cell) in table.column(person.name) {
            if let Some(may) = sample(row, person.role) {
                assert_eq!(cell == Some(Ok(())), may, "{row} by {}", person.name);
            }
        }
    }
}

pub(super) async fn own_work(persons: &Persons) -> Table {
    let judged = [
        ("approve_application", Stage::Submitted),
        ("return_application", Stage::Submitted),
        ("reject_application", Stage::Submitted),
        ("withdraw_application", Stage::Submitted),
        ("confirm_incident", Stage::Stopped),
        ("resume_incident", Stage::Stopped),
        ("revoke_incident", Stage::PaperThere),
        ("accept_held_act", Stage::Held),
        ("dismiss_held_act", Stage::Held),
    ];
    let columns = ["teller", "sales rep", "supervisor", "deputy", "head office"];
    let mut rows = Vec::new();
    for (row, stage) in judged {
        let mut cells: Vec<Cell> = Vec::new();
        for name in columns {
            let person = match (stage, name) {
                // Head office brings in no application a branch would judge; what is held is held of who has another role now.
                (Stage::Held, "supervisor") => &persons.risen,
                (Stage::Held, _) | (Stage::Submitted, "head office") => {
                    cells.push(None);
                    continue;
                }
                (_, name) => persons.named(name),
            };
            let case = Case::at(persons, stage, person).await;
            cells.push(Some(case.try_(person, row).await));
        }
        rows.push((row.to_owned(), cells));
    }
    for (row, cells) in rows.iter().filter(|(row, _)| row != "withdraw_application") {
        assert!(cells.iter().all(|cell| *cell != Some(Ok(()))), "{row}: nobody judges the own work");
    }
    Table {
        title: "Customers, the own work".into(),
        lead: "Whoever tries has brought it in, or has taken the call.",
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}

/// A person for every try, so that none is changed by another.
struct Targets(u32);

impl Targets {
    fn next(&mut self) -> String {
        self.0 += 1;
        format!("X{:04}", self.0)
    }

    async fn added(&mut self, persons: &Persons, role: Role) -> String {
        let (id, head) = (self.next(), persons.named("head office"));
        let add = StaffCommand::AddStaff { role, branch: BRANCH.parse().unwrap() };
        head.administer(&id, add).await.unwrap();
        if role.approves() {
            let confirm = StaffCommand::ConfirmProposal { number: 1 };
            persons.second_head.administer(&id, confirm).await.unwrap();
        }
        id
    }
}

pub(super) async fn staff(persons: &Persons) -> Table {
    let branch = || BRANCH.parse().unwrap();
    let today = calendar::jst_day(persons.centre.clock.now());
    let change = |role| StaffCommand::ChangeStaff { role, branch: branch() };
    let (terminal, session) = (persons.named("teller").terminal.id(), persons.named("teller").session.session);
    let deputy = StaffCommand::NameDeputy { branch: branch(), from: today, until: today };
    // The command, who it is about (none: nobody yet), and what was done before by head office's first person.
    let rows: [(&str, StaffCommand, Option<Role>, Vec<StaffCommand>); 20] = [
        ("add_staff (teller)", StaffCommand::AddStaff { role: Role::Teller, branch: branch() }, None, vec![]),
        (
            "add_staff (supervisor): proposed",
            StaffCommand::AddStaff { role: Role::Supervisor, branch: branch() },
            None,
            vec![],
        ),
        ("change_staff (to sales rep)", change(Role::SalesRep), Some(Role::Teller), vec![]),
        ("change_staff (to supervisor, temporary password)", change(Role::Supervisor), Some(Role::Teller), vec![]),
        ("lock_staff", StaffCommand::LockStaff {}, Some(Role::Supervisor), vec![]),
        ("unlock_staff (teller)", StaffCommand::UnlockStaff {}, Some(Role::Teller), vec![StaffCommand::LockStaff {}]),
        (
            "unlock_staff (supervisor): proposed",
            StaffCommand::UnlockStaff {},
            Some(Role::Supervisor),
            vec![StaffCommand::LockStaff {}],
        ),
        ("reset_password (teller)", StaffCommand::ResetPassword {}, Some(Role::Teller), vec![]),
        ("reset_password (supervisor): proposed", StaffCommand::ResetPassword {}, Some(Role::Supervisor), vec![]),
        ("change_password (another's)", StaffCommand::ChangePassword {}, Some(Role::Teller), vec![]),
        ("name_deputy (temporary password)", deputy.clone(), Some(Role::Teller), vec![]),
        ("end_deputy (there is none)", StaffCommand::EndDeputy { branch: branch() }, Some(Role::Teller), vec![]),
        ("end_employment", StaffCommand::EndEmployment {}, Some(Role::Supervisor), vec![]),
        (
            "confirm_proposal (of head office's other person)",
            StaffCommand::ConfirmProposal { number: 2 },
            Some(Role::Supervisor),
            vec![],
        ),
        (
            "confirm_proposal (the own one)",
            StaffCommand::ConfirmProposal { number: 2 },
            Some(Role::Supervisor),
            vec![StaffCommand::ResetPassword {}],
        ),
        (
            "dismiss_proposal",
            StaffCommand::DismissProposal { number: 2 },
            Some(Role::Supervisor),
            vec![StaffCommand::ResetPassword {}],
        ),
        (
            "lock_staff (after the end of the employment)",
            StaffCommand::LockStaff {},
            Some(Role::Teller),
            vec![StaffCommand::EndEmployment {}],
        ),
        (
            "sign_in (from a desk, in an envelope)",
            StaffCommand::SignIn { terminal, session, over_lock: false, at: None },
            Some(Role::Teller),
            vec![],
        ),
        ("sign_out (from a desk, in an envelope)", StaffCommand::SignOut { session }, Some(Role::Teller), vec![]),
        (
            "lock_out (from a desk, in an envelope)",
            StaffCommand::LockOut { terminal, until: chrono::DateTime::UNIX_EPOCH },
            Some(Role::Teller),
            vec![],
        ),
    ];
    let mut targets = Targets(1000);
    let head = persons.named("head office");
    let mut table = Vec::new();
    for (row, command, about, before) in rows {
        let mut cells = Vec::new();
        let mut fresh: Option<String> = None;
        for person in &persons.all {
            let target = match fresh.take() {
                Some(target) => target,
                None => {
                    let target = match about {
                        Some(role) => targets.added(persons, role).await,
                        None => targets.next(),
                    };
                    for step in &before {
                        head.administer(&target, step.clone()).await.unwrap();
                    }
                    if row.contains("other person") {
                        persons.second_head.administer(&target, StaffCommand::ResetPassword {}).await.unwrap();
                    }
                    target
                }
            };
            let done = tried(person, &target, &command).await;
            if done.is_err() {
                fresh = Some(target);
            }
            cells.push(Some(done));
        }
        table.push((row.to_owned(), cells));
    }
    // The own account.
    for (row, command) in [
        ("change_staff (the own account)", change(Role::Auditor)),
        ("lock_staff (the own account)", StaffCommand::LockStaff {}),
        ("reset_password (the own account)", StaffCommand::ResetPassword {}),
        ("name_deputy (the own account)", deputy),
    ] {
        let mut cells = Vec::new();
        for person in &persons.all {
            cells.push(Some(tried(person, person.session.staff.as_str(), &command).await));
        }
        table.push((row.to_owned(), cells));
    }
    for (row, cells) in &table {
        for (person, cell) in persons.all.iter().zip(cells) {
            assert!(*cell != Some(Ok(())) || person.role == Role::HeadOffice, "{row} by {}", person.name);
        }
    }
    Table {
        title: "Staff".into(),
        lead: "**yes** at a row that says \"proposed\": it waits for another person of head office, and nothing has changed. The own \
               password is everybody's to change, with the old one beside it.",
        columns: persons.all.iter().map(|person| person.name.to_owned()).collect(),
        rows: table,
    }
}

async fn tried(person: &Person, target: &str, command: &StaffCommand) -> Result<(), ErrorCode> {
    person.administer(target, command.clone()).await
}

pub(super) async fn terminals(persons: &Persons) -> Table {
    let other = persons.named("teller, other branch").terminal.id();
    let mut rows = Vec::new();
    for (row, command) in [
        ("invite_terminal", TerminalCommand::InviteTerminal { branch: BRANCH.parse().unwrap(), label: "窓口".into() }),
        (
            "enrol_terminal",
            TerminalCommand::EnrolTerminal {
                public_key: String::new(),
                certificate_sha256: String::new(),
                not_after: None,
            },
        ),
        ("authorise_terminal (one that nobody asked for)", TerminalCommand::AuthoriseTerminal {}),
        ("reinvite_terminal (one that nobody asked for)", TerminalCommand::ReinviteTerminal {}),
        (
            "renew_terminal (in an envelope)",
            TerminalCommand::RenewTerminal {
                certificate_sha256: "00".repeat(32),
                not_after: chrono::DateTime::UNIX_EPOCH,
            },
        ),
        (
            "move_terminal (one that nobody knows)",
            TerminalCommand::MoveTerminal { branch: BRANCH.parse().unwrap(), label: "窓口".into() },
        ),
        ("revoke_terminal (the own one)", TerminalCommand::RevokeTerminal {}),
        ("revoke_terminal (one that nobody knows)", TerminalCommand::RevokeTerminal {}),
    ] {
        let mut cells = Vec::new();
        for person in &persons.all {
            let terminal = match row {
                "revoke_terminal (the own one)" => person.terminal.id(),
                row if row.contains("that nobody") => domain::id::TerminalId(uuid::Uuid::new_v4()),
                _ => other,
            };
            let body = Body::Terminal { terminal, command: command.clone() };
            let request = person.terminal.seal_body(&person.session, body, None, false);
            let done = person.terminal.send(&person.session, &request).await;
            cells.push(Some(done.map(drop).map_err(|answer| answer.code)));
        }
        rows.push((row.to_owned(), cells));
    }
    Table {
        title: "Terminals".into(),
        lead: "Head office cuts off any terminal but the one it sits at; `terminal_state` says that there is none to cut off.",
        columns: persons.all.iter().map(|person| person.name.to_owned()).collect(),
        rows,
    }
}

pub(super) async fn policy(persons: &Persons) -> Table {
    let change = PolicyChangeId(uuid::Uuid::new_v4());
    let effective_on = calendar::jst_day(persons.centre.clock.now());
    let settings = Settings::from([("pickup_deadline_days".to_owned(), serde_json::json!(40))]);
    let rows = [
        ("open_policy", PolicyCommand::OpenPolicy { settings: settings.clone() }),
        ("propose_policy_change", PolicyCommand::ProposePolicyChange { change, settings, effective_on }),
        ("confirm_policy_change (the own one)", PolicyCommand::ConfirmPolicyChange { change }),
        ("withdraw_policy_change", PolicyCommand::WithdrawPolicyChange { change }),
    ];
    let rows = rows.map(|(row, command)| (row, Body::Policy { command }));
    let lead = "A change is in force when another person of head office has confirmed it.";
    sent(persons, "Policy", lead, &rows).await
}

/// On a branch with its own customer; another person of head office asked, or head office itself.
pub(super) async fn branches(persons: &Persons) -> Table {
    let (name, kana) = (|| "見本支店".to_owned(), || "ミホン".to_owned());
    let on = calendar::jst_day(persons.centre.clock.now());
    let case = Case::at(persons, Stage::Recorded, persons.author()).await;
    let move_it = || BranchCommand::MoveCustomers { into: "778".parse().unwrap(), customers: vec![case.leaving()] };
    let another = Case::at(persons, Stage::Recorded, persons.author()).await;
    let move_another =
        BranchCommand::MoveCustomers { into: "778".parse().unwrap(), customers: vec![another.leaving()] };
    let merge = || BranchCommand::MergeBranch { into: "778".parse().unwrap(), on };
    let (confirm, dismiss) = (
        |number| BranchCommand::ConfirmBranchChange { number },
        |number| BranchCommand::DismissBranchChange { number },
    );
    let second = &persons.second_head;
    for code in ["778", BRANCH] {
        let command = BranchCommand::OpenBranch { name: name(), kana: kana() };
        second
            .terminal
            .straight(&second.session, Body::Branch { branch: code.parse().unwrap(), command })
            .await
            .unwrap();
    }
    let on_branch = |code: &str, command| Body::Branch { branch: code.parse().unwrap(), command };
    let nobodys = |command| on_branch("777", command);
    let here = |command| on_branch(BRANCH, command);
    let day = calendar::business_days_after(on, 1, &[]);
    let import = BranchCommand::ImportCustomers { sha256: "b".repeat(64), rows: 1 };
    // What stands between two rows is done by head office's second person, whose column this is not.
    let rows: Vec<(&str, Body, Option<BranchCommand>)> = vec![
        ("open_branch", nobodys(BranchCommand::OpenBranch { name: name(), kana: kana() }), None),
        ("rename_branch", nobodys(BranchCommand::RenameBranch { name: name(), kana: kana() }), None),
        (
            "merge_branch (into one that nobody opened)",
            {
                let command = BranchCommand::MergeBranch { into: "779".parse().unwrap(), on };
                nobodys(command)
            },
            None,
        ),
        ("withdraw_merger (there is none)", nobodys(BranchCommand::WithdrawMerger {}), None),
        ("merge_branch (proposed)", here(merge()), None),
        ("confirm_branch_change (the own one)", here(confirm(1)), None),
        ("dismiss_branch_change", here(dismiss(1)), Some(move_it())),
        ("move_customers (another request waits)", here(move_it()), None),
        ("confirm_branch_change (of head office's other person)", here(confirm(2)), None),
        ("move_customers (who have gone)", here(move_it()), None),
        ("move_customers (proposed)", here(move_another), None),
        ("end_transfer", here(BranchCommand::EndTransfer { number: 2, moved: 1, stayed: Vec::new() }), None),
        ("import_customers (a file that nobody sent)", here(import), None),
        // A business day that has not closed: whoever may sign off is told so, whoever may not is not told even that.
        (
            "sign_off_day (a day that is not over)",
            here(BranchCommand::SignOffDay { day, size: 0, root: String::new() }),
            None,
        ),
    ];
    let lead = "Which branches there are comes from the zengin list, at the server. What moves customers takes two persons of head \
                office; the centre itself moves them then. `day_not_over`: may sign off, once the day has closed.";
    let mut table: Option<Table> = None;
    for (row, body, then) in rows {
        let one = sent(persons, "Branches", lead, &[(row, body)]).await;
        match &mut table {
            Some(table) => table.rows.extend(one.rows),
            None => table = Some(one),
        }
        if let Some(command) = then {
            second.terminal.straight(&second.session, here(command)).await.unwrap();
        }
        if row.starts_with("confirm_branch_change (of") {
            case.wait_until_moved(persons).await;
        }
    }
    table.expect("rows")
}

async fn sent(persons: &Persons, title: &str, lead: &'static str, rows: &[(&str, Body)]) -> Table {
    let mut table = Vec::new();
    for (row, body) in rows {
        let mut cells = Vec::new();
        for person in &persons.all {
            let request = person.terminal.seal_body(&person.session, body.clone(), None, false);
            let done = person.terminal.send(&person.session, &request).await.map(drop).map_err(|answer| answer.code);
            assert!(done.is_err() || person.role == Role::HeadOffice, "{row} by {}", person.name);
            cells.push(Some(done));
        }
        table.push(((*row).to_owned(), cells));
    }
    let columns = persons.all.iter().map(|person| person.name.to_owned()).collect();
    Table { title: title.into(), lead, columns, rows: table }
}

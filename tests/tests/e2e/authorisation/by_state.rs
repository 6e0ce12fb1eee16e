//! Every command on a customer in every state, by everybody: with others' work, and with the own.

use domain::ErrorCode;
use domain::id::IncidentId;
use serde_json::json;

use super::act::COMMANDS;
use super::person::{Person, Persons};
use super::stage::{Case, Stage};
use super::table::{Cell, Table};

/// The states, in the words of the document.
const STATES: [(&str, Stage); 15] = [
    ("nobody's customer", Stage::Nothing),
    ("recorded", Stage::Recorded),
    ("off-line act held", Stage::Held),
    ("submitted", Stage::Submitted),
    ("returned", Stage::Returned),
    ("rejected", Stage::Rejected),
    ("withdrawn", Stage::Withdrawn),
    ("authorised", Stage::Authorised),
    ("slip printed", Stage::Printed),
    ("signed", Stage::Signed),
    ("active", Stage::Active),
    ("suspended", Stage::Stopped),
    ("suspended with the paper", Stage::PaperThere),
    ("resumed", Stage::Resumed),
    ("revoked", Stage::Revoked),
];

/// What nobody does to the own work, whatever its state.
const JUDGED: [&str; 8] = [
    "approve_application",
    "return_application",
    "reject_application",
    "confirm_incident",
    "resume_incident",
    "revoke_incident",
    "accept_held_act",
    "dismiss_held_act",
];

/// Answers by state. A refusal changes nothing, so that a case serves until something is allowed.
struct Asked {
    case: Option<Case>,
    stage: Stage,
}

impl Asked {
    async fn ask(&mut self, persons: &Persons, (author, person): (&Person, &Person), kind: &str) -> Cell {
        let mut case = match self.case.take() {
            Some(case) => case,
            None => Case::at(persons, self.stage, author).await,
        };
        let report = case.incident;
        if kind == "suspend_certificates" {
            // Another report than the one it may be stopped by.
            case.incident = IncidentId(uuid::Uuid::new_v4());
        }
        let done = case.try_(person, kind).await.map(drop).map_err(|answer| answer.code);
        case.incident = report;
        if done.is_err() {
            self.case = Some(case);
        }
        Some(done)
    }
}

fn commands() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(row, _)| *row).filter(|row| !row.contains("nobody's customer"))
}

pub(super) async fn others_work(persons: &Persons) -> Table {
    let mut cases: Vec<_> = STATES.iter().map(|(_, stage)| Asked { case: None, stage: *stage }).collect();
    let mut rows = Vec::new();
    for kind in commands() {
        let mut states = Vec::new();
        for case in &mut cases {
            let mut cells = Vec::new();
            for person in &persons.all {
                cells.push(case.ask(persons, (persons.author(), person), kind).await);
            }
            states.push(cells);
        }
        rows.extend(merged(kind, states));
    }
    let table = Table {
        title: "Customers by state, others' work".into(),
        lead: "The same in every state of the customer's things. States with the same answers stand in one line.",
        columns: persons.all.iter().map(|person| person.name.to_owned()).collect(),
        rows,
    };
    assert!(table.column("auditor").iter().all(|(_, cell)| *cell == Some(Err(ErrorCode::RoleNotPermitted))));
    for person in persons.all.iter().filter(|person| person.name.contains("other branch")) {
        for (row, cell) in table.column(person.name) {
            let stops = row.starts_with("suspend_certificates ");
            assert!(cell != Some(Ok(())) || stops, "{row} by {}", person.name);
        }
    }
    table
}

pub(super) async fn own_work(persons: &Persons) -> Table {
    let columns = ["teller", "sales rep", "supervisor", "deputy", "head office"];
    let mut found: Vec<Vec<Vec<Cell>>> = vec![vec![Vec::new(); STATES.len()]; commands().count()];
    for name in columns {
        for (state, (_, stage)) in STATES.iter().enumerate() {
            let person = match (stage, name) {
                (Stage::Nothing | Stage::Recorded, _) => None,
                // What is held is held of who has another role now.
                (Stage::Held, "supervisor") => Some(&persons.risen),
                (Stage::Held, _) => None,
                // Head office brings in no application a branch would judge.
                (stage, "head office") if *stage < Stage::Stopped => None,
                _ => Some(persons.named(name)),
            };
            let mut asked = Asked { case: None, stage: *stage };
            for (kind, found) in commands().zip(&mut found) {
                let cell = match person {
                    Some(person) => asked.ask(persons, (person, person), kind).await,
                    None => None,
                };
                let judged = JUDGED.contains(&kind);
                assert!(cell != Some(Ok(())) || !judged, "{kind} of the own work by {name}, {stage:?}");
                found[state].push(cell);
            }
        }
    }
    let rows = commands().zip(found).flat_map(|(kind, states)| merged(kind, states)).collect();
    Table {
        title: "Customers by state, the own work".into(),
        lead: "Whoever tries has brought in the application, and has taken the call.",
        columns: columns.map(str::to_owned).to_vec(),
        rows,
    }
}

/// Whom a stop would hit, asked for in every state.
pub(super) async fn queries(persons: &Persons) -> Table {
    let mut found: [Vec<Vec<Cell>>; 3] = Default::default();
    for (_, stage) in STATES {
        let case = Case::at(persons, stage, persons.author()).await;
        let asked = [
            ("GET", format!("stop-target?id={}", case.user), None),
            ("POST", "history".to_owned(), Some(json!({ "customers": [case.customer], "to": 1 }))),
            (
                "POST",
                "branch/outlook".to_owned(),
                Some(json!({ "branch": e2e::centre::BRANCH, "customers": [case.customer] })),
            ),
        ];
        for (found, (method, path, body)) in found.iter_mut().zip(asked) {
            let mut cells = Vec::new();
            for person in &persons.all {
                let answer = person.terminal.ask(method, &path, &person.session.token, body.clone()).await;
                cells.push(super::query::cell(answer));
            }
            found.push(cells);
        }
    }
    let names = ["stop-target", "history", "branch/outlook"];
    Table {
        title: "Addresses by state".into(),
        lead: "What is asked about one customer, in every state of its things. Of another branch's customer `history` gives nothing.",
        columns: persons.all.iter().map(|person| person.name.to_owned()).collect(),
        rows: names.iter().zip(found).flat_map(|(name, states)| merged(name, states)).collect(),
    }
}

/// States with the same answers in one line.
fn merged(kind: &str, states: Vec<Vec<Cell>>) -> Vec<(String, Vec<Cell>)> {
    let mut lines: Vec<(Vec<&str>, Vec<Cell>)> = Vec::new();
    for ((word, _), cells) in STATES.iter().zip(states) {
        if cells.iter().all(Option::is_none) {
            continue;
        }
        match lines.iter_mut().find(|(_, known)| *known == cells) {
            Some((words, _)) => words.push(word),
            None => lines.push((vec![word], cells)),
        }
    }
    if let [(_, cells)] = lines.as_slice() {
        return vec![(format!("{kind} · every state"), cells.clone())];
    }
    lines.into_iter().map(|(words, cells)| (format!("{kind} · {}", words.join(", ")), cells)).collect()
}

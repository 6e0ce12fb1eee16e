//! Every command on a customer in every state, by everybody: with others' work, and with the own. The states are asked about
//! side by side; in each of them one after another.

use std::sync::Arc;

use central::clock::Clock;
use chrono::Duration;
use domain::ErrorCode;
use serde_json::json;

use super::act::COMMANDS;
use super::case::Case;
use super::merged::{merged, rows, side_by_side};
use super::person::{Persons, Worlds};
use super::stage::Stage;
use super::table::{Cell, Table};

/// The states, in the words of the document.
const STATES: [(&str, Stage); 26] = [
    ("nobody's customer", Stage::Nothing),
    ("recorded", Stage::Recorded),
    ("off-line act held", Stage::Held),
    ("submitted", Stage::Submitted),
    ("returned", Stage::Returned),
    ("rejected", Stage::Rejected),
    ("withdrawn", Stage::Withdrawn),
    ("authorised", Stage::Authorised),
    ("slip printed", Stage::Printed),
    ("lapsed", Stage::Lapsed),
    ("cancelled", Stage::Cancelled),
    ("signed", Stage::Signed),
    ("active", Stage::Active),
    ("active with a renewal begun", Stage::Renewing),
    ("being reissued", Stage::Replacing),
    ("reissued", Stage::Replaced),
    ("suspended", Stage::Stopped),
    ("suspended with the paper", Stage::PaperThere),
    ("resumed", Stage::Resumed),
    ("revoked", Stage::Revoked),
    ("expired", Stage::Expired),
    ("expired with a renewal begun", Stage::RenewingExpired),
    ("expired while suspended", Stage::StoppedExpired),
    ("grace over", Stage::GraceOver),
    ("contract closing", Stage::Closing),
    ("contract closed", Stage::Closed),
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

/// Answers by state. What changes nothing about it leaves the case for the next try.
struct Asked {
    case: Option<Case>,
    stage: Stage,
}

impl Asked {
    fn new(stage: Stage) -> Self {
        Self { case: None, stage }
    }

    async fn ask(&mut self, worlds: &Worlds, (author, person): (&str, &str), kind: &str) -> Cell {
        let persons = worlds.of(self.stage).await;
        let person = persons.by_name(person);
        let mut case = match self.case.take() {
            Some(case) => case,
            None => Case::at(persons, self.stage, persons.by_name(author)).await,
        };
        let done = case.ask(person, kind).await;
        if done.is_err() || stays(kind, self.stage) {
            self.case = Some(case);
        }
        Some(done)
    }
}

/// Does it stand as before, though it was done?
fn stays(kind: &str, stage: Stage) -> bool {
    match kind {
        "record_advice" | "record_handover" | "record_incident" | "record_paper_reminder" => true,
        "print_slip" => stage == Stage::Printed,
        "record_revocation_paper" => stage == Stage::PaperThere,
        _ => false,
    }
}

fn commands() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(row, _)| *row).filter(|row| !row.contains("nobody's customer"))
}

/// For each command a line for each state.
fn lines(found: &[Vec<Vec<Cell>>]) -> Vec<(String, Vec<Cell>)> {
    rows(&commands().collect::<Vec<_>>(), &STATES.map(|(word, _)| word), found)
}

pub(super) async fn others_work(worlds: &Arc<Worlds>) -> Table {
    let states = STATES.into_iter().map(|(_, stage)| {
        let worlds = Arc::clone(worlds);
        async move {
            let (mut asked, mut lines) = (Asked::new(stage), Vec::new());
            for kind in commands() {
                let mut cells = Vec::new();
                for person in worlds.now.columns() {
                    cells.push(asked.ask(&worlds, (AUTHOR, person), kind).await);
                }
                lines.push(cells);
            }
            lines
        }
    });
    let found = side_by_side(states).await;
    let table = Table {
        title: "Customers by state, others' work".into(),
        lead: "The same in every state of the customer's things. States with the same answers stand in one line. Being \
               reissued, or with a renewal begun: the new right is asked about; reissued: the former certificate.",
        columns: worlds.now.columns().map(str::to_owned).collect(),
        rows: lines(&found),
    };
    assert!(table.column("auditor").iter().all(|(_, cell)| *cell == Some(Err(ErrorCode::RoleNotPermitted))));
    for person in worlds.now.columns().filter(|name| name.contains("other branch")) {
        for (row, cell) in table.column(person) {
            let stops = row.starts_with("suspend_certificates ");
            assert!(cell != Some(Ok(())) || stops, "{row} by {person}");
        }
    }
    table
}

/// Who brings in what the others look at.
pub(super) const AUTHOR: &str = "author";

/// Whose own work there is of it.
fn own(stage: Stage, name: &'static str) -> Option<&'static str> {
    match (stage, name) {
        (Stage::Nothing | Stage::Recorded, _) => None,
        // What is held is held of who has another role now.
        (Stage::Held, "supervisor") => Some("risen"),
        (Stage::Held, _) => None,
        // Head office brings in no application a branch would judge.
        (stage, "head office") if !stage.reported() => None,
        _ => Some(name),
    }
}

pub(super) async fn own_work(worlds: &Arc<Worlds>) -> Table {
    let columns = ["teller", "sales rep", "supervisor", "deputy", "head office"];
    let states = STATES.into_iter().map(|(_, stage)| {
        let worlds = Arc::clone(worlds);
        async move {
            let mut lines: Vec<Vec<Cell>> = vec![Vec::new(); commands().count()];
            for name in columns {
                let (person, mut asked) = (own(stage, name), Asked::new(stage));
                for (kind, line) in commands().zip(&mut lines) {
                    let cell = match person {
                        Some(person) => asked.ask(&worlds, (person, person), kind).await,
                        None => None,
                    };
                    let judged = JUDGED.contains(&kind);
                    assert!(cell != Some(Ok(())) || !judged, "{kind} of the own work by {name}, {stage:?}");
                    line.push(cell);
                }
            }
            lines
        }
    });
    let found = side_by_side(states).await;
    Table {
        title: "Customers by state, the own work".into(),
        lead: "Whoever tries has brought in the application, and has taken the call.",
        columns: columns.map(str::to_owned).to_vec(),
        rows: lines(&found),
    }
}

/// Whom a stop would hit, asked for in every state.
pub(super) async fn queries(worlds: &Worlds) -> Table {
    // Who finds nobody again and again must wait, so that time goes by between one state and the next.
    let clock = Clock::at(Clock::System.now());
    let unhurried = Persons::by(clock.clone(), Vec::new()).await;
    let mut found: [Vec<Vec<Cell>>; 3] = Default::default();
    for (_, stage) in STATES {
        clock.advance(Duration::minutes(11));
        let persons = if stage.by_time() { worlds.of(stage).await } else { &unhurried };
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
            assert!(!cells.contains(&Some(Err(ErrorCode::RateLimited))), "{path}, {stage:?}: that says nothing");
            found.push(cells);
        }
    }
    let (names, words) = (["stop-target", "history", "branch/outlook"], STATES.map(|(word, _)| word));
    Table {
        title: "Addresses by state".into(),
        lead: "What is asked about one customer, in every state of its things, with time enough in between. Of another branch's customer `history` gives nothing.",
        columns: worlds.now.columns().map(str::to_owned).collect(),
        rows: names.iter().zip(found).flat_map(|(name, states)| merged(name, &words, states)).collect(),
    }
}

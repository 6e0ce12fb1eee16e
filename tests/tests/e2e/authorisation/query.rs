//! Addresses of the terminal API, and what the feed gives to whom.

use std::collections::BTreeSet;

use domain::ErrorCode;
use serde_json::json;
use wire::api::feed::FeedLeaf;
use wire::{Base64, Entry};

use super::case::Case;
use super::person::Persons;
use super::stage::Stage;
use super::table::{Cell, Table};

/// The addresses, as the router has them.
pub(super) fn routes() -> BTreeSet<String> {
    let source = include_str!("../../../../crates/central/src/http/terminal.rs");
    let path = |line: &str| line.split('"').nth(1).map(|path| path.trim_start_matches("/api/terminal/v1/").to_owned());
    source.lines().filter(|line| line.trim_start().starts_with(".route(")).filter_map(path).collect()
}

pub(super) fn cell((status, code): (u16, Option<ErrorCode>)) -> Cell {
    Some(match (status, code) {
        (200..=299, _) => Ok(()),
        (_, Some(code)) => Err(code),
        (status, None) => panic!("{status} without a code"),
    })
}

pub(super) async fn queries(persons: &Persons) -> Table {
    let case = Case::at(persons, Stage::Active, persons.author()).await;
    let look = json!({ "what": "customer", "customers": [case.customer], "count": 1 });
    let stop = format!("stop-target?id={}", case.user);
    let outlook = json!({ "settings": { "grace_days": 10 }, "effective_on": case.today });
    let along = json!({ "branch": e2e::centre::BRANCH, "customers": [case.customer] });
    let piece = json!({ "sha256": "a".repeat(64), "size": 2, "from": 0, "part": Base64(vec![1]) });
    let file = json!({ "sha256": "b".repeat(64), "encoding": "utf8" });
    let empty = Base64(Vec::new());
    let back = json!({ "epoch": 0, "former": 0, "size": 0, "note": "", "from": 0, "leaves": [] });
    let rows = [
        ("info", "GET", "info", None),
        ("feed", "GET", "feed?from=0&limit=1", None),
        ("stop-target", "GET", stop.as_str(), None),
        ("viewed", "POST", "viewed", Some(look)),
        ("history (of nobody)", "POST", "history", Some(json!({ "customers": [], "to": 1 }))),
        ("policy/outlook", "POST", "policy/outlook", Some(outlook)),
        ("branch/outlook", "POST", "branch/outlook", Some(along)),
        ("import", "GET", "import", None),
        ("import/piece", "POST", "import/piece", Some(piece)),
        ("import/look (a file that nobody sent)", "POST", "import/look", Some(file)),
        ("terminals", "GET", "terminals", None),
        ("certificate (another one for the terminal's key)", "POST", "certificate", None),
        ("session/verify", "POST", "session/verify", Some(json!({ "password": e2e::centre::PASSWORD }))),
        (
            "commands (an envelope that nobody signed)",
            "POST",
            "commands",
            Some(json!({ "envelope": empty, "signature": empty })),
        ),
        ("recovery (nothing is being recovered)", "POST", "recovery", Some(back)),
    ];
    // Somebody with a temporary password, and nobody at all.
    let head = persons.named("head office");
    let add = domain::staff::StaffCommand::AddStaff {
        role: domain::Role::Teller,
        branch: e2e::centre::BRANCH.parse().unwrap(),
    };
    head.administer("Y0001", add).await.unwrap();
    let here = &persons.named("teller").terminal;
    let temporary = here.sign_in_by("Y0001", "0000-0000").await;
    let mut table = Vec::new();
    for (row, method, path, body) in rows {
        let mut cells = Vec::new();
        for person in &persons.all {
            cells.push(cell(person.terminal.ask(method, path, &person.session.token, body.clone()).await));
        }
        for token in [temporary.token.as_str(), ""] {
            cells.push(cell(here.ask(method, path, token, body.clone()).await));
        }
        // Another terminal's session is worth nothing.
        let stolen = &persons.named("supervisor").session.token;
        let there = &persons.named("supervisor, other branch").terminal;
        cells.push(cell(there.ask(method, path, stolen, body.clone()).await));
        table.push((row.to_owned(), cells));
    }
    table.push(sign_ins(persons).await);
    let mut columns: Vec<String> = persons.all.iter().map(|person| person.name.to_owned()).collect();
    columns.extend(["temporary password", "no session", "session of another terminal"].map(str::to_owned));
    Table {
        title: "Addresses".into(),
        lead: "Under `/api/terminal/v1/`, each over a connection that shows an enrolled terminal's certificate; without one there is no \
               answer at all. What a command may is in the tables above. `viewed` is the entry of an auditor's look at personal data.",
        columns,
        rows: table,
    }
}

/// At a terminal of another branch than the own (head office and auditors: at a branch's).
async fn sign_ins(persons: &Persons) -> (String, Vec<Cell>) {
    let (here, there) = (&persons.named("teller").terminal, &persons.named("teller, other branch").terminal);
    let mut cells = Vec::new();
    for person in &persons.all {
        let at = if person.name.contains("other branch") { here } else { there };
        // A deputy's other branch is a third one: this is the own.
        let at = if person.name == "deputy" { &persons.named("head office").terminal } else { at };
        let done = at.try_sign_in(person.session.staff.as_str(), e2e::centre::PASSWORD, false).await;
        cells.push(Some(done.map(drop).map_err(|answer| answer.code)));
    }
    cells.extend([None, None, None]);
    ("session (sign-in at another branch's terminal)".to_owned(), cells)
}

pub(super) async fn feed(persons: &Persons) -> Table {
    Case::at(persons, Stage::Active, persons.author()).await;
    let seats = ["teller", "teller, other branch", "head office"];
    let mut seen = Vec::new();
    for name in seats {
        seen.push(persons.named(name).terminal.feed(0, 16_384).await.leaves);
    }
    let all: Vec<Entry> = seen[2]
        .iter()
        .map(|leaf| match leaf {
            FeedLeaf::Entry { e, .. } => Entry::from_bytes(&e.0).unwrap(),
            FeedLeaf::Hash { .. } => panic!("head office reads everything"),
        })
        .collect();
    let rows = [
        ("of this branch", Some("011")),
        ("of another branch", Some("012")),
        ("of head office", Some("000")),
        ("of nobody in particular", None),
    ];
    let mut table = Vec::new();
    for (row, branch) in rows {
        let mut cells = Vec::new();
        for leaves in &seen {
            let of: Vec<bool> = all
                .iter()
                .zip(leaves)
                .filter(|(entry, _)| entry.branch.as_ref().map(|b| b.as_str()) == branch)
                .map(|(_, leaf)| matches!(leaf, FeedLeaf::Entry { .. }))
                .collect();
            assert!(!of.is_empty() && of.iter().all(|full| *full == of[0]), "{row}: all of them alike");
            cells.push(Some(if of[0] { Ok(()) } else { Err(ErrorCode::BranchNotPermitted) }));
        }
        table.push((row.to_owned(), cells));
    }
    Table {
        title: "Feed".into(),
        lead: "Entries that come in full with what is beside them (**yes**), or as a hash alone. A terminal reads its branch's log, whoever \
               sits at it.",
        columns: ["terminal of this branch", "terminal of another branch", "terminal of head office"]
            .map(str::to_owned)
            .to_vec(),
        rows: table,
    }
}

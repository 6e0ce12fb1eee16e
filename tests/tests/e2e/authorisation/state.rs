//! What may be done with a thing, by the state it is in; asked by somebody whose role may.

use super::case::Case;
use super::person::Persons;
use super::stage::Stage;
use super::table::Table;

pub(super) async fn states(persons: &Persons) -> Vec<Table> {
    let applications = [
        ("submitted", Stage::Submitted),
        ("returned", Stage::Returned),
        ("rejected", Stage::Rejected),
        ("withdrawn", Stage::Withdrawn),
        ("approved", Stage::Authorised),
        ("completed", Stage::Active),
    ];
    let certificates = [
        ("authorised, no slip", Stage::Authorised),
        ("authorised, slip printed", Stage::Printed),
        ("signed", Stage::Signed),
        ("active", Stage::Active),
        ("suspended", Stage::Stopped),
        ("revoked", Stage::Revoked),
    ];
    let incidents = [
        ("open, no paper", Stage::Stopped),
        ("open, paper there", Stage::PaperThere),
        ("resumed", Stage::Resumed),
        ("revoked", Stage::Revoked),
    ];
    vec![
        table(
            persons,
            "States of an application",
            "As a supervisor of the branch who has not brought it in.",
            &[
                "resubmit_application",
                "withdraw_application",
                "approve_application",
                "return_application",
                "reject_application",
            ],
            &applications,
        )
        .await,
        table(
            persons,
            "States of a certificate",
            "As a supervisor of the branch.",
            &["print_slip", "record_handover", "suspend_certificates", "record_advice"],
            &certificates,
        )
        .await,
        table(
            persons,
            "States of a report of a loss",
            "As a supervisor of the branch who has not taken the call.",
            &[
                "record_incident",
                "record_revocation_paper",
                "record_paper_reminder",
                "confirm_incident",
                "resume_incident",
                "revoke_incident",
            ],
            &incidents,
        )
        .await,
    ]
}

async fn table(persons: &Persons, title: &str, lead: &'static str, kinds: &[&str], stages: &[(&str, Stage)]) -> Table {
    let supervisor = persons.named("supervisor");
    let mut rows = Vec::new();
    for kind in kinds {
        let mut cells = Vec::new();
        for (_, stage) in stages {
            let mut case = Case::at(persons, *stage, persons.author()).await;
            cells.push(Some(case.ask(supervisor, kind).await));
        }
        rows.push(((*kind).to_owned(), cells));
    }
    let columns = stages.iter().map(|(name, _)| (*name).to_owned()).collect();
    Table { title: title.to_owned(), lead, columns, rows }
}

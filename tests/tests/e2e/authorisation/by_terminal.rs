//! Every command on a terminal in every state of it, by everybody.

use std::sync::Arc;

use desk::secrets::Secrets;
use domain::ErrorCode;
use domain::id::TerminalId;
use domain::terminal::TerminalCommand;
use e2e::centre::BRANCH;
use e2e::office::root_pem;
use wire::{Body, invitation};

use super::person::{Person, Persons};
use super::table::Table;
use super::thing::{Thing, chapter};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Unknown,
    /// By the person of head office who tries.
    Requested,
    RequestedByAnother,
    Invited,
    Enrolled,
    /// To another branch.
    Moved,
    Revoked,
}

const STATES: [(&str, State); 7] = [
    ("unknown", State::Unknown),
    ("asked for by the same person", State::Requested),
    ("asked for by another", State::RequestedByAnother),
    ("invited", State::Invited),
    ("enrolled", State::Enrolled),
    ("moved", State::Moved),
    ("revoked", State::Revoked),
];

impl Thing for State {
    type Id = TerminalId;
    type Command = TerminalCommand;

    fn commands(_: &Persons) -> Vec<(&'static str, TerminalCommand)> {
        let (branch, label) = (|| BRANCH.parse().unwrap(), || "窓口 8番".to_owned());
        let (not_after, certificate_sha256) = (chrono::DateTime::UNIX_EPOCH, "00".repeat(32));
        let commands = [
            TerminalCommand::InviteTerminal { branch: branch(), label: label() },
            TerminalCommand::AuthoriseTerminal {},
            TerminalCommand::ReinviteTerminal {},
            TerminalCommand::EnrolTerminal {
                public_key: String::new(),
                certificate_sha256: certificate_sha256.clone(),
                not_after: None,
            },
            TerminalCommand::RenewTerminal { certificate_sha256, not_after },
            TerminalCommand::MoveTerminal { branch: branch(), label: label() },
            TerminalCommand::RevokeTerminal {},
        ];
        commands.map(|command| (command.kind(), command)).to_vec()
    }

    async fn made(self, persons: &Persons) -> TerminalId {
        let id = TerminalId(uuid::Uuid::new_v4());
        let (head, other) = (persons.named("head office"), &persons.second_head);
        let (code, branch) = (fresh_code(), || BRANCH.parse().unwrap());
        let does = async |by: &Person, command| assert_eq!(sent(by, id, &command, &code).await, Ok(()), "{self:?}");
        let asks = if self == Self::RequestedByAnother { other } else { head };
        if self == Self::Unknown {
            return id;
        }
        does(asks, TerminalCommand::InviteTerminal { branch: branch(), label: "窓口 9番".into() }).await;
        if matches!(self, Self::Requested | Self::RequestedByAnother) {
            return id;
        }
        does(other, TerminalCommand::AuthoriseTerminal {}).await;
        if self == Self::Invited {
            return id;
        }
        let (centre, dir) = (&persons.centre, persons.centre.dir.path().join(id.to_string()));
        desk::enrol::enrol(&centre.at().enrol, &root_pem(centre), &code, &Secrets::Files(dir)).await.unwrap();
        match self {
            Self::Moved => {
                let there =
                    TerminalCommand::MoveTerminal { branch: "012".parse().unwrap(), label: "窓口 9番".into() };
                does(other, there).await;
            }
            Self::Revoked => does(other, TerminalCommand::RevokeTerminal {}).await,
            _ => {}
        }
        id
    }

    async fn asked(self, person: &Person, id: &TerminalId, command: &TerminalCommand) -> Result<(), ErrorCode> {
        sent(person, *id, command, &fresh_code()).await
    }
}

/// A code that nobody has had.
fn fresh_code() -> String {
    let chance = [uuid::Uuid::new_v4().into_bytes(), uuid::Uuid::new_v4().into_bytes()].concat();
    invitation::code(chance[..invitation::ENTROPY].try_into().unwrap())
}

async fn sent(person: &Person, terminal: TerminalId, command: &TerminalCommand, code: &str) -> Result<(), ErrorCode> {
    let body = Body::Terminal { terminal, command: command.clone() };
    let mut request = person.terminal.seal_body(&person.session, body, None, false);
    request.code_sha256 = command.invites().then(|| invitation::code_sha256(code));
    person.terminal.send(&person.session, &request).await.map(drop).map_err(|answer| answer.code)
}

pub(super) async fn terminals(persons: &Arc<Persons>) -> Table {
    let lead = "The same in every state of the terminal; \"the same person\" is the one of head office who tries.";
    chapter(persons, "Terminals by state", lead, &STATES).await
}

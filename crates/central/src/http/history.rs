//! The history of customers that came over to the terminal's branch: entries that were another branch's when the feed passed
//! them. The desk holds their leaves, and verifies by them.

use axum::Json;
use axum::extract::State;
use domain::ErrorCode;
use wire::Base64;
use wire::api::history::{AskHistory, History, PastEntry};

use super::App;
use super::error::{ApiError, Body};
use super::terminal::Terminal;
use crate::store::read;

/// Most customers of one question.
const CUSTOMERS: usize = 100;
/// No further customer is added to an answer of so many octets.
const OCTETS: usize = 2 * 1024 * 1024;

pub(super) async fn history(
    terminal: Terminal,
    State(app): State<App>,
    Body(request): Body<AskHistory>,
) -> Result<Json<History>, ApiError> {
    if request.customers.len() > CUSTOMERS {
        return Err(ErrorCode::RequestMalformed.into());
    }
    let everything = terminal.branch == app.config.institution.head_office_branch;
    let (mut answer, mut octets) = (History { done: Vec::new(), entries: Vec::new() }, 0);
    for id in request.customers {
        let Some(customer) = read::customer(&app.readers, id).await? else { continue };
        // Whoever has moved on meanwhile is another branch's again.
        if !everything && customer.branch.as_ref() != Some(&terminal.branch) {
            continue;
        }
        if octets > OCTETS {
            break;
        }
        for (index, entry, attachment) in read::history(&app.readers, id, request.to).await? {
            octets += entry.len() + attachment.as_ref().map_or(0, Vec::len);
            let index = u64::try_from(index).unwrap_or_default();
            answer.entries.push(PastEntry { index, e: Base64(entry), a: attachment.map(Base64) });
        }
        answer.done.push(id);
    }
    Ok(Json(answer))
}

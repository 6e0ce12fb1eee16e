//! What goes over with customers of a branch, for whoever of head office asks for it or agrees: counted in their states.

use axum::Json;
use axum::extract::State;
use domain::branch::{TOGETHER, TakenAlong};
use domain::{ErrorCode, Refusal};
use wire::api::branch::{AskTakenAlong, TakenAlongAnswer};

use super::App;
use super::error::{ApiError, Body};
use super::session::StaffSession;
use crate::store::read;

pub(super) async fn outlook(
    session: StaffSession,
    State(app): State<App>,
    Body(request): Body<AskTakenAlong>,
) -> Result<Json<TakenAlongAnswer>, ApiError> {
    session.of_head_office()?;
    let mut found = TakenAlong::default();
    let Some(customers) = request.customers else {
        let mut after = String::new();
        loop {
            let page = read::customer_states_of(&app.readers, request.branch.as_str(), &after).await?;
            let Some((last, _)) = page.last() else { return Ok(Json(found)) };
            after.clone_from(last);
            page.iter().for_each(|(_, customer)| found.add(customer));
        }
    };
    if customers.len() > TOGETHER {
        return Err(Refusal::new(ErrorCode::CustomersTooMany).at("customers").with("max", TOGETHER).into());
    }
    for id in customers {
        let customer = read::customer(&app.readers, id).await?;
        if let Some(customer) = customer.filter(|one| one.branch.as_ref() == Some(&request.branch)) {
            found.add(&customer);
        }
    }
    Ok(Json(found))
}

//! Who may do what, tried through the centre's API: every command and every address, as every role, at the own and at another
//! branch, with others' and with the own work, in every state. What comes out is `docs/authorisation.md`; a command without a row
//! does not pass.

mod act;
mod by_account;
mod by_branch;
mod by_change;
mod by_state;
mod by_terminal;
mod case;
mod command;
mod long_ago;
mod merged;
mod person;
mod query;
mod stage;
mod state;
mod table;
mod thing;

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::branch::BranchCommand;
use domain::customer::CustomerCommand;
use domain::policy::PolicyCommand;
use domain::staff::StaffCommand;
use domain::terminal::TerminalCommand;
use serde::de::DeserializeOwned;
use tokio::sync::SetOnce;

use person::{Persons, Worlds};

/// The kinds that the stored form knows, by its own word: nobody forgets one here.
fn kinds<T: DeserializeOwned>() -> BTreeSet<String> {
    let Err(error) = serde_json::from_str::<T>(r#"{"type":"?"}"#) else { panic!("there is no such kind") };
    let text = error.to_string();
    let (_, known) = text.split_once("expected one of").expect("the kinds");
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_do_what_is_what_the_table_says() {
    let long_ago = tokio::spawn(Persons::long_ago());
    let now = Arc::new(Persons::new().await);
    let worlds = Arc::new(Worlds { now: Arc::clone(&now), long_ago: SetOnce::new() });
    let persons = &now;
    // What a whole log says is asked while nobody adds to it.
    let feed = query::feed(persons).await;
    let ready = async { worlds.long_ago.set(long_ago.await.unwrap()).ok() };
    // Head office's own things: of policy and branches there is one each, so that these come one after another.
    let offices = async {
        let policy = [act::policy(persons).await, by_change::changes(persons).await];
        let branches = [act::branches(persons).await, by_branch::branches(persons).await];
        (policy, branches)
    };
    let customers = async { [act::others_work(persons).await, act::own_work(persons).await] };
    let staff = async { [act::staff(persons).await, by_account::accounts(persons).await] };
    let terminals = async { [act::terminals(persons).await, by_terminal::terminals(persons).await] };
    let (_, others, own, queries, customers, staff, terminals, (policy, branches), addresses, states) = tokio::join!(
        ready,
        by_state::others_work(&worlds),
        by_state::own_work(&worlds),
        by_state::queries(&worlds),
        customers,
        staff,
        terminals,
        offices,
        query::queries(persons),
        state::states(persons),
    );
    let by_state = [others, own];
    let mut tables: Vec<_> = [customers, by_state, staff, terminals, policy, branches].into_iter().flatten().collect();
    tables.extend([addresses, queries, feed]);
    tables.extend(states);
    let rows = |title: &str| -> BTreeSet<String> {
        let of = tables.iter().filter(|table| table.title.starts_with(title));
        of.flat_map(|table| table.rows.iter().map(|(name, _)| name.split(' ').next().unwrap().to_owned())).collect()
    };
    assert_eq!(rows("Customers, others' work"), kinds::<CustomerCommand>());
    assert_eq!(rows("Customers by state, others' work"), kinds::<CustomerCommand>());
    assert_eq!(rows("Staff"), kinds::<StaffCommand>());
    assert_eq!(rows("Staff by state"), kinds::<StaffCommand>());
    assert_eq!(rows("Terminals"), kinds::<TerminalCommand>());
    assert_eq!(rows("Terminals by state"), kinds::<TerminalCommand>());
    assert_eq!(rows("Policy"), kinds::<PolicyCommand>());
    assert_eq!(rows("Policy by state"), kinds::<PolicyCommand>());
    assert_eq!(rows("Branches"), kinds::<BranchCommand>());
    assert_eq!(rows("Branches by state"), kinds::<BranchCommand>());
    assert_eq!(rows("Addresses"), query::routes());
    table::compare(&tables);
}

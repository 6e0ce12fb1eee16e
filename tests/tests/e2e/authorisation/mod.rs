//! Who may do what, tried through the centre's API: every command and every address, as every role, at the own and at another
//! branch, with others' and with the own work, in every state. What comes out is `docs/authorisation.md`; a command without a row
//! does not pass.

mod act;
mod by_state;
mod person;
mod query;
mod stage;
mod state;
mod table;

use std::collections::BTreeSet;

use domain::branch::BranchCommand;
use domain::customer::CustomerCommand;
use domain::policy::PolicyCommand;
use domain::staff::StaffCommand;
use domain::terminal::TerminalCommand;
use serde::de::DeserializeOwned;

use person::Persons;

/// The kinds that the stored form knows, by its own word: nobody forgets one here.
fn kinds<T: DeserializeOwned>() -> BTreeSet<String> {
    let Err(error) = serde_json::from_str::<T>(r#"{"type":"?"}"#) else { panic!("there is no such kind") };
    let text = error.to_string();
    let (_, known) = text.split_once("expected one of").expect("the kinds");
    known.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_do_what_is_what_the_table_says() {
    let persons = Persons::new().await;
    let mut tables = vec![
        act::others_work(&persons).await,
        act::own_work(&persons).await,
        by_state::others_work(&persons).await,
        by_state::own_work(&persons).await,
        act::staff(&persons).await,
        act::terminals(&persons).await,
        act::policy(&persons).await,
        act::branches(&persons).await,
    ];
    tables.push(query::queries(&persons).await);
    tables.push(by_state::queries(&persons).await);
    tables.push(query::feed(&persons).await);
    tables.extend(state::states(&persons).await);
    let rows = |title: &str| -> BTreeSet<String> {
        let of = tables.iter().filter(|table| table.title.starts_with(title));
        of.flat_map(|table| table.rows.iter().map(|(name, _)| name.split(' ').next().unwrap().to_owned())).collect()
    };
    assert_eq!(rows("Customers, others' work"), kinds::<CustomerCommand>());
    assert_eq!(rows("Customers by state, others' work"), kinds::<CustomerCommand>());
    assert_eq!(rows("Staff"), kinds::<StaffCommand>());
    assert_eq!(rows("Terminals"), kinds::<TerminalCommand>());
    assert_eq!(rows("Policy"), kinds::<PolicyCommand>());
    assert_eq!(rows("Branches"), kinds::<BranchCommand>());
    assert_eq!(rows("Addresses"), query::routes());
    table::compare(&tables);
}

//! What everybody holds afterwards, read from the files themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use central::config::Config;
use desk::secrets::Secrets;
use desk::view::OutboxState;
use domain::customer::Customer;
use domain::{Event, Subject};
use e2e::centre::Centre;
use e2e::table;
use sqlx::{ConnectOptions as _, Connection as _, SqliteConnection};
use wire::{Attachment, Entry};

use super::worker::{ANSWERED, Answered, read_orders};

/// How much was compared.
#[derive(Debug, Default)]
pub(super) struct Compared {
    pub(super) entries: u64,
    pub(super) customers: u64,
    pub(super) answered: u64,
    pub(super) refused: u64,
    pub(super) usable_at_most: usize,
}

/// A replica's file, with the key from where the desk keeps it.
async fn replica(dir: &Path) -> SqliteConnection {
    let key = Secrets::Files(dir.join("secrets")).get("replica-key").unwrap().unwrap();
    e2e::encrypted::options(&dir.join("replica.sqlite"), key.as_slice()).read_only(true).connect().await.unwrap()
}

type States = BTreeMap<String, serde_json::Value>;

fn states(rows: Vec<(String, String)>) -> States {
    rows.into_iter().map(|(id, json)| (id, serde_json::from_str(&json).unwrap())).collect()
}

pub(super) async fn everything(centre: &Centre, desks: &[&Path]) -> Compared {
    let config = &centre.config;
    let mut compared = Compared::default();
    let (ids, branches) = rules_held(config, &mut compared).await;
    let text = "SELECT substr(subject, 10), state FROM aggregate WHERE subject LIKE 'customer/%'";
    let at_centre = states(table::rows(config, text).await);
    compared.customers = at_centre.len() as u64;

    let acts: Vec<(i64,)> = table::rows(config, "SELECT idx FROM entry WHERE subject LIKE 'customer/%'").await;
    let last_act = acts.into_iter().map(|(index,)| index).max();
    let log: Vec<(i64, Vec<u8>)> = table::rows(config, "SELECT idx, leaf FROM entry ORDER BY idx").await;

    for dir in desks {
        let branch = &read_orders(dir).identity.branch;
        let mut here = replica(dir).await;
        let own: States = at_centre
            .iter()
            .filter(|(id, _)| branches.get(*id) == Some(&branch.to_string()))
            .map(|(id, state)| (id.clone(), state.clone()))
            .collect();
        let held = sqlx::query_as("SELECT customer_id, state FROM customer").fetch_all(&mut here).await.unwrap();
        let held = states(held);
        for (id, state) in &own {
            assert!(held.get(id) == Some(state), "customer {id} is another one at {}", dir.display());
        }
        assert_eq!(held.len(), own.len(), "{}", dir.display());
        let runs: Vec<(i64, Vec<u8>)> =
            sqlx::query_as("SELECT first, hashes FROM leaves ORDER BY first").fetch_all(&mut here).await.unwrap();
        let leaves: Vec<(i64, Vec<u8>)> =
            runs.iter().flat_map(|(first, hashes)| (*first..).zip(hashes.chunks(32).map(<[u8]>::to_vec))).collect();
        // The others have signed in since, which is an entry, too; nothing else has happened.
        let same = log.starts_with(&leaves) && leaves.last().map(|(idx, _)| *idx) >= last_act;
        assert!(same, "{}: {} leaves of {}", dir.display(), leaves.len(), log.len());

        // Whoever was told 確定 finds it in the log; whoever was told 受付不可 does not.
        let said = std::fs::read_to_string(dir.join(ANSWERED)).unwrap_or_default();
        for line in said.lines().filter(|line| line.ends_with('}')) {
            let answered: Answered = serde_json::from_str(line).unwrap();
            let recorded = ids.contains(&answered.command);
            match answered.state {
                OutboxState::Confirmed => {
                    compared.answered += 1;
                    assert!(recorded, "lost: {answered:?}");
                }
                OutboxState::Refused => {
                    compared.refused += 1;
                    assert!(!recorded, "refused and done: {answered:?}");
                }
                OutboxState::Waiting | OutboxState::Sending | OutboxState::Held => {}
            }
        }
        // The outbox remembers what it sent: what it shows as confirmed is in the log, everything else was refused and is not.
        let rest: Vec<(String, String)> =
            sqlx::query_as("SELECT command_id, state FROM outbox").fetch_all(&mut here).await.unwrap();
        for (command, state) in rest {
            let confirmed = state == "confirmed";
            assert!(confirmed || state == "refused", "{command} is {state}");
            assert_eq!(ids.contains(&command), confirmed, "{command} is {state}");
        }
        here.close().await.unwrap();
    }
    compared
}

/// Applies the log entry by entry: no command twice, and at each position at most one usable certificate and one successor
/// for a user ID of the whole institution. Gives the ids of all entries, and whose branch each customer is.
async fn rules_held(config: &Config, compared: &mut Compared) -> (BTreeSet<String>, BTreeMap<String, String>) {
    let text = "SELECT e.bytes, a.bytes FROM entry e LEFT JOIN attachment a ON a.entry_id = e.id ORDER BY e.idx";
    let rows: Vec<(Vec<u8>, Option<Vec<u8>>)> = table::rows(config, text).await;
    let (mut ids, mut branches, mut customers) = (BTreeSet::new(), BTreeMap::new(), BTreeMap::new());
    let mut usable: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (bytes, attachment) in rows {
        let entry = Entry::from_bytes(&bytes).unwrap();
        assert!(ids.insert(entry.id.to_string()), "{} twice", entry.id);
        compared.entries += 1;
        let Subject::Customer(id) = &entry.subject else { continue };
        if matches!(entry.events.as_slice(), [Event::Access(_)]) {
            continue;
        }
        let personal = attachment.map(|bytes| Attachment::from_bytes(&bytes).unwrap().data);
        let state = customers.entry(*id).or_insert_with(|| Customer::unknown(*id));
        for event in &entry.events {
            if let Event::Customer(event) = event {
                domain::customer::apply(state, event, personal.as_ref(), &entry.actor, entry.at);
            }
        }
        branches.insert(id.to_string(), entry.branch.unwrap().to_string());
        let mut users: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
        for certificate in &state.certificates {
            let counts = users.entry(certificate.user.as_str()).or_default();
            counts[0] += usize::from(certificate.state.usable());
            counts[1] += usize::from(certificate.state.successor());
            if certificate.state.usable() {
                usable.entry(certificate.user.to_string()).or_default().insert(id.to_string());
            }
        }
        for (user, [now, next]) in users {
            assert!(now <= 1 && next <= 1, "{user} has {now} and {next} at entry {}", compared.entries - 1);
            compared.usable_at_most = compared.usable_at_most.max(now);
        }
    }
    for (user, holders) in usable {
        assert_eq!(holders.len(), 1, "{user} belonged to {holders:?}");
    }
    (ids, branches)
}

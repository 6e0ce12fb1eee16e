#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use std::path::PathBuf;

use super::*;
use crate::check;
use crate::cli::{Operator, init_with};
use crate::store::act::Command;
use crate::store::read;
use crate::testing::{PASSPHRASE, PASSWORD, config, start};
use domain::branch::BranchCommand;
use serde_json::{Value, json};

struct World {
    dir: tempfile::TempDir,
    config: Config,
    authority: Authority,
    clock: Clock,
}

impl World {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (config, clock) = (config(&dir), Clock::at(start()));
        init_with(&config, PASSPHRASE, &clock).await.unwrap();
        let authority = Authority::open(&config, PASSPHRASE).unwrap();
        Self { dir, config, authority, clock }
    }

    async fn import(&self, customers: &Value, there: There) -> Result<usize, String> {
        let file = self.dir.path().join("customers.json");
        std::fs::write(&file, serde_json::to_vec(customers).unwrap()).unwrap();
        let done = super::customers(&self.config, &self.authority, &self.clock, &file, there).await;
        done.map_err(|error| format!("{error:#}"))
    }

    /// Refused with all of these words, and nothing was written.
    async fn refused(&self, customers: &Value, words: &[&str]) {
        let before = self.entries().await;
        let error = self.import(customers, There::Stay).await.unwrap_err();
        for word in words {
            assert!(error.contains(word), "{word}: {error}");
        }
        assert_eq!(self.entries().await, before, "{error}");
    }

    async fn entries(&self) -> u64 {
        let key = self.authority.log().verifier().to_vkey();
        let verdict = check::check(&self.config.place().unwrap(), &key).await.unwrap();
        assert_eq!(verdict.findings, []);
        verdict.entries
    }

    async fn operator(&self) -> Operator {
        Operator::open_with(&self.config, PASSPHRASE, self.clock.clone()).await.unwrap()
    }

    async fn open_branch(&self, code: &str) {
        let operator = self.operator().await;
        let open = BranchCommand::OpenBranch { name: "本店".into(), kana: "ﾎﾝﾃﾝ".into() };
        operator.act(Command::Branch(code.parse().unwrap(), open), None, Vec::new()).await.unwrap();
        operator.close().await.unwrap();
    }
}

fn customer(cif: &str, branch: &str, contracts: &[Value]) -> Value {
    json!({ "cif": cif, "branch": branch, "name": format!("株式会社見本{cif}"), "kana": "カブシキガイシャミホン",
            "address": "新潟県新潟市", "phone": "025-000-0001", "email": "info@example.jp", "contracts": contracts })
}

fn contract(number: &str, user: &str) -> Value {
    json!({ "number": number, "status": "active", "opened_on": "2010-01-10", "users": [
        { "user_id": user, "role": "administrator", "device_label": "経理課, \"1号機\"", "login": "password" },
        { "user_id": format!("{user}B"), "role": "operator", "device_label": "" },
    ] })
}

#[tokio::test]
async fn the_training_data_is_imported_by_the_same_rules() {
    let world = World::new().await;
    let file = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../assets/training/customers.json");
    let count = customers(&world.config, &world.authority, &world.clock, &file, There::Stay).await.unwrap();
    assert_eq!(count, 114, "also those without a contract");
    assert_eq!(world.entries().await, 2 + 114);
    for there in [There::Stay, There::Enough] {
        assert_eq!(customers(&world.config, &world.authority, &world.clock, &file, there).await.unwrap(), 0);
    }
    assert_eq!(world.entries().await, 2 + 114, "what is there stays");
}

#[tokio::test]
async fn words_and_keys_that_nobody_knows_are_refused() {
    let world = World::new().await;
    for status in ["Closed", "解約", ""] {
        let mut one = contract("9000000001", "KNR00001");
        one["status"] = status.into();
        world.refused(&json!([customer("1", "001", &[one])]), &["active", "closed", "line 1"]).await;
    }
    let mut one = contract("9000000001", "KNR00001");
    one["staus"] = "closed".into();
    world.refused(&json!([customer("1", "001", &[one])]), &["staus"]).await;
    let mut one = contract("9000000001", "KNR00001");
    one["status"] = "closed".into();
    let mut next = customer("1", "001", &[one]);
    assert_eq!(world.import(&json!([next]), There::Stay).await, Ok(1));
    next["memo"] = "?".into();
    world.refused(&json!([next]), &["memo"]).await;
}

#[tokio::test]
async fn all_of_it_or_nothing_and_everything_is_named() {
    let world = World::new().await;
    let mut broken = contract("9000000004", "KNR00004");
    broken["users"][0]["device_label"] = "経理課\n1号機".into();
    let file = json!([
        customer("1", "001", &[contract("9000000001", "KNR00001")]),
        customer("2", "001", &[]),
        customer("3", "001", &[contract("9000000003", "KNR00001")]),
        customer("4", "001", &[broken]),
    ]);
    world.refused(&file, &["9000000004", "no text may have", "9000000003"]).await;
    let file = json!([
        customer("1", "001", &[contract("9000000001", "KNR00001")]),
        customer("2", "001", &[]),
        customer("3", "001", &[contract("9000000003", "KNR00001")]),
        customer("2", "001", &[]),
        customer(
            "5",
            "001",
            &[json!({ "number": "9000000005", "status": "active", "opened_on": "2010-01-10", "users": [] })]
        ),
    ]);
    let words =
        ["contract 9000000003, user ID KNR00001", "contract 9000000001", "customer 0000002", "twice", "9000000005"];
    world.refused(&file, &words).await;
    let mut bad = customer("6", "001", &[contract("9000000006", "KNR00006")]);
    bad["phone"] = "1\n2".into();
    world.refused(&json!([bad]), &["9000000006", "電話"]).await;
    bad["phone"] = "12".into();
    world.refused(&json!([bad]), &["9000000006", "電話"]).await;
    bad["contracts"] = json!([]);
    world.refused(&json!([bad]), &["customer 0000006", "phone"]).await;
}

#[tokio::test]
async fn a_customer_that_is_there_gets_the_contracts_that_it_does_not_have() {
    let world = World::new().await;
    let first = contract("9000000001", "KNR00001");
    assert_eq!(world.import(&json!([customer("1", "001", std::slice::from_ref(&first))]), There::Stay).await, Ok(1));
    let both = json!([customer("1", "001", &[first.clone(), contract("9000000002", "KNR00002")])]);
    let before = world.entries().await;
    assert_eq!(world.import(&both, There::Stay).await, Ok(0));
    assert_eq!(world.entries().await, before + 1);
    // Also where it has another name by now.
    let mut third = customer("1", "001", &[contract("9000000003", "KNR00003")]);
    third["name"] = "株式会社旧名".into();
    assert_eq!(world.import(&json!([third]), There::Stay).await, Ok(0));
    assert_eq!(world.entries().await, before + 2);
    world.refused(&json!([customer("2", "001", &[first])]), &["contract 9000000001", "contract_exists"]).await;
}

#[tokio::test]
async fn once_branches_are_known_nobody_is_bound_to_another_one() {
    let world = World::new().await;
    let operator = world.operator().await;
    operator.add_staff("T1001", "見本 花子", "teller", "777", PASSWORD).await.unwrap();
    operator.close().await.unwrap();
    world.open_branch("001").await;
    let with = customer("1", "777", &[contract("9000000001", "KNR00001")]);
    world.refused(&json!([with, customer("2", "001", &[])]), &["branch_unknown", "import the branches"]).await;
    world.refused(&json!([customer("2", "777", &[])]), &["customer 0000002", "branch_unknown"]).await;
    let operator = world.operator().await;
    let add = |branch| operator.add_staff("T1002", "見本 花子", "teller", branch, PASSWORD);
    operator.invite("001", "窓口").await.unwrap();
    let [terminal] = read::open_invitations(&operator.readers).await.unwrap().try_into().unwrap();
    let terminal: (String, i64) = terminal;
    for refused in [
        add("777").await,
        operator.change_staff("T1001", "teller", "777").await,
        operator.invite("777", "窓口").await.map(drop),
        operator.move_terminal(&terminal.0, "777", "窓口").await,
    ] {
        let error = format!("{:#}", refused.unwrap_err());
        assert!(error.contains("branch 777") && error.contains("import-branches"), "{error}");
    }
    add("001").await.unwrap();
    operator.change_staff("T1001", "supervisor", "001").await.unwrap();
    // Head office is in no list of branches.
    operator.invite("000", "本部").await.unwrap();
    operator.add_staff("H9001", "見本 花子", "head_office", "000", PASSWORD).await.unwrap();
    operator.close().await.unwrap();
}

#[tokio::test]
async fn no_desk_has_to_take_more_at_a_time_than_stand_under_a_checkpoint() {
    let world = World::new().await;
    let many: Vec<Value> = (1..=1_100).map(|n| customer(&n.to_string(), "001", &[])).collect();
    assert_eq!(world.import(&json!(many), There::Stay).await, Ok(1_100));
    let mut db = world.config.place().unwrap().reader().await.unwrap();
    let sizes: Vec<(i64,)> = query("SELECT size FROM checkpoint ORDER BY size").fetch_all(&mut db).await.unwrap();
    db.close().await.unwrap();
    let apart = sizes.windows(2).map(|two| two[1].0 - two[0].0).max().unwrap();
    assert!(apart <= i64::try_from(PAGE).unwrap(), "{apart}");
}

//! An opened entry says what was before and after, whatever it is about: at head office of everything, at a branch of what its desk
//! has heard, and nothing that it has not.

use desk::secrets::Secrets;
use desk::view::{LogFilter, PolicyForm, PolicyPartView, StaffAct};
use domain::Role;
use e2e::centre::{BRANCH, Centre};
use e2e::office::Office;
use e2e::terminal::Terminal;

use crate::moved::{open_branches, until};
use crate::staff::terminal;

type Row = (String, Option<String>, String);

struct World {
    centre: Centre,
    head: Office,
    here: Office,
    there: Office,
    /// Of the branch.
    bare: Terminal,
}

impl World {
    async fn new() -> Self {
        let mut centre = Centre::new(|_| {});
        let seats = [("000", "本部 1番"), (BRANCH, "窓口 1番"), ("012", "窓口 1番"), (BRANCH, "窓口 2番")];
        let seats = seats.map(|(branch, label)| centre.invite(branch, label));
        centre.start();
        let head = Office::enrol(&centre, &seats[0]).await;
        let (here, there) = (Office::enrol(&centre, &seats[1]).await, Office::enrol(&centre, &seats[2]).await);
        let bare = terminal(&centre, &seats[3], "bare").await;
        head.sign_in("H9001").await;
        let of_head = Terminal::new(head.identity.clone(), &Secrets::Files(head.dir.path().join("secrets")));
        open_branches(&head, &of_head).await;
        Self { centre, head, here, there, bare }
    }

    async fn staff(&self, id: &str, act: StaffAct) {
        let rows = self.head.desk.staff().await.unwrap().rows;
        let version = rows.into_iter().find(|row| row.staff_id == id).map(|row| row.version);
        self.head.desk.administer_staff(id, version.as_deref(), act).await.unwrap();
    }
}

/// What the newest entry of a kind changed, as a desk tells it.
async fn told(office: &Office, kind: &str) -> Vec<Row> {
    let filter = || LogFilter { kind: Some(kind.into()), ..LogFilter::default() };
    until(kind, async || office.desk.log_page(filter(), None, 0, 1).await.unwrap().total > 0).await;
    let line = office.desk.log_page(filter(), None, 0, 1).await.unwrap().lines.remove(0);
    let entry = office.desk.log_entry(line.index).await.unwrap();
    let named = |what: String, of: &str| if of.is_empty() { what } else { format!("{what} {of}") };
    entry.changes.into_iter().map(|row| (named(row.what, &row.of), row.before, row.after)).collect()
}

fn row(what: &str, before: impl Into<Option<&'static str>>, after: &str) -> Row {
    (what.to_owned(), before.into().map(str::to_owned), after.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_subject_with_what_was_before() {
    let world = World::new().await;
    let World { head, here, there, .. } = &world;
    // Sign-ins are between what changes an account, and are no gap.
    for _ in 0..2 {
        here.sign_in("T1001").await;
    }
    here.sign_in("S2001").await;
    there.sign_in("T3001").await;

    // The policy, of which every desk hears.
    let today = domain::calendar::jst_day(world.centre.clock.now()).to_string();
    let part = PolicyPartView { key: "idle_lock_minutes".into(), before: vec![], after: vec!["7".into()] };
    head.desk.propose_policy(&PolicyForm { parts: vec![part], effective_on: today.clone() }).await.unwrap();
    let change = head.desk.policy().await.unwrap().changes.remove(0).change_id;
    head.sign_in("H9002").await;
    head.desk.confirm_policy(&change).await.unwrap();
    for office in [head, here] {
        let proposed = told(office, "policy_change_proposed").await;
        assert!(proposed.contains(&row("asked_setting idle_lock_minutes", "5", "7")), "{proposed:?}");
        let confirmed = told(office, "policy_change_confirmed").await;
        assert!(confirmed.contains(&row("setting idle_lock_minutes", "5", "7")), "{confirmed:?}");
        assert!(confirmed.contains(&row("effective_on", "", &today)), "{confirmed:?}");
        let kind = LogFilter { kind: Some("policy_change_confirmed".into()), ..LogFilter::default() };
        let line = office.desk.log_page(kind, None, 0, 1).await.unwrap().lines.remove(0);
        assert_eq!(line.detail["setting_value"], "7", "the line says which change was confirmed");
    }

    // A role, and then another branch: what the new branch never heard, its desk does not say.
    world.staff("T1001", StaffAct::Change { role: Role::SalesRep, branch_code: BRANCH.into() }).await;
    for office in [head, here] {
        assert_eq!(told(office, "staff_changed").await, [row("role", "teller", "sales_rep")]);
    }
    world.staff("T1001", StaffAct::Change { role: Role::Teller, branch_code: "012".into() }).await;
    let branch = row("staff_branch", "見本支店(011)", "西支店(012)");
    assert_eq!(told(there, "staff_changed").await, [row("role", None, "teller"), branch.clone()]);
    until("gone", async || told(here, "staff_changed").await.contains(&branch)).await;
    assert_eq!(told(here, "staff_changed").await, [row("role", "sales_rep", "teller"), branch]);

    // A terminal, from where and to where.
    head.desk.move_terminal(&world.bare.id().to_string(), "012", "窓口 3番").await.unwrap();
    let branch = row("terminal_branch", "見本支店(011)", "西支店(012)");
    assert_eq!(told(head, "terminal_moved").await, [branch.clone(), row("terminal_label", "窓口 2番", "窓口 3番")]);
    assert_eq!(told(there, "terminal_moved").await, [branch, row("terminal_label", None, "窓口 3番")]);

    // A merger, by two persons; the other branch reads it as well.
    let on = domain::calendar::later(domain::calendar::jst_day(world.centre.clock.now()), 30).to_string();
    head.desk.merge_branch(BRANCH, "012", &on).await.unwrap();
    head.sign_in("H9001").await;
    head.desk.confirm_branch_change(BRANCH, 1).await.unwrap();
    for office in [head, there] {
        let merged = [
            row("merger_into", "", "西支店(012)"),
            row("merger_on", "", &on),
            row("proposal merge", "submitted", "approved"),
        ];
        assert_eq!(told(office, "branch_merged").await, merged);
    }

    // What nobody changes changes nothing.
    assert_eq!(told(here, "signed_in").await, []);
    let World { mut centre, .. } = world;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

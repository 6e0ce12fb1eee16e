//! 店舗統廃合 and 移管 take two persons of head office: one alone moves nobody, by whatever route; what goes over is shown first;
//! whoever can't go stays, and the log says so.

use desk::secrets::Secrets;
use desk::view::{BranchChangeKind, BranchView, MoveForm, MoveLine};
use domain::branch::{BranchCommand, Leaving};
use domain::customer::CustomerCommand;
use domain::{ErrorCode, calendar};
use e2e::centre::{BRANCH, Centre, Kind};
use e2e::office::Office;
use e2e::terminal::Terminal;
use wire::Body;
use wire::api::session::SignedIn;

use crate::moved::{form, open_branches, until};

e2e::on_both!(one_person_alone_moves_nobody, many_go_in_one_request_and_whoever_cannot_stays);

struct World {
    centre: Centre,
    head: Office,
    old: Office,
    new: Office,
    /// At head office.
    terminal: Terminal,
}

impl World {
    async fn new(kind: Kind) -> Self {
        let mut centre = Centre::new(|config| kind.choose(config));
        let seats =
            [("000", "本部"), (BRANCH, "窓口"), ("012", "窓口")].map(|(branch, label)| centre.invite(branch, label));
        centre.start();
        let [head, old, new] = &seats;
        let head = Office::enrol(&centre, head).await;
        let (old, new) = (Office::enrol(&centre, old).await, Office::enrol(&centre, new).await);
        head.sign_in("H9001").await;
        let terminal = Terminal::new(head.identity.clone(), &Secrets::Files(head.dir.path().join("secrets")));
        open_branches(&head, &terminal).await;
        Self { centre, head, old, new, terminal }
    }

    async fn send(&self, by: &SignedIn, command: BranchCommand) -> Result<(), ErrorCode> {
        let body = Body::Branch { branch: BRANCH.parse().unwrap(), command };
        self.terminal.straight(by, body).await
    }

    async fn branch(&self) -> BranchView {
        self.head.desk.branches().await.unwrap().into_iter().find(|one| one.code == BRANCH).unwrap()
    }

    async fn id(&self, user: &str) -> domain::id::CustomerId {
        until("the customer at head office", async || !self.head.desk.search(user).await.unwrap().hits.is_empty())
            .await;
        self.head.desk.search(user).await.unwrap().hits.remove(0).customer_id.parse().unwrap()
    }
}

async fn one_person_alone_moves_nobody(kind: Kind) {
    let mut world = World::new(kind).await;
    let (user, _) = world.old.issue(1).await;
    let customer = world.id(&user).await;
    let today = calendar::jst_day(world.centre.clock.now());
    // The act itself is nobody's: not even head office's, in its own name or another's.
    let first = world.terminal.sign_in("H9001").await;
    let act = CustomerCommand::MoveCustomer { branch: "012".parse().unwrap(), cif: "2000001".parse().unwrap() };
    let sealed = world.terminal.seal(&first, customer, act, None, None);
    assert_eq!(world.terminal.send(&first, &sealed).await.unwrap_err().code, ErrorCode::RoleNotPermitted);
    let ends = BranchCommand::EndTransfer { number: 1, moved: 1, stayed: vec![] };
    assert_eq!(world.send(&first, ends).await, Err(ErrorCode::RoleNotPermitted));
    // What one asks for waits, and is not confirmed by the same person: here, in another session, at another terminal.
    let leaving = vec![Leaving { customer, cif: "2000001".parse().unwrap() }];
    let asked = [
        BranchCommand::MergeBranch { into: "012".parse().unwrap(), on: today },
        BranchCommand::MoveCustomers { into: "012".parse().unwrap(), customers: leaving },
    ];
    let there = Terminal::new(world.old.identity.clone(), &Secrets::Files(world.old.dir.path().join("secrets")));
    for (number, command) in (1..).zip(asked) {
        world.send(&first, command).await.unwrap();
        let confirm = || BranchCommand::ConfirmBranchChange { number };
        let again = world.terminal.sign_in("H9001").await;
        for by in [&first, &again] {
            assert_eq!(world.send(by, confirm()).await, Err(ErrorCode::TwoPersonRule));
        }
        let elsewhere = there.sign_in("H9001").await;
        let body = Body::Branch { branch: BRANCH.parse().unwrap(), command: confirm() };
        assert_eq!(there.straight(&elsewhere, body.clone()).await, Err(ErrorCode::TwoPersonRule));
        for (staff, code) in [("S2001", ErrorCode::RoleNotPermitted), ("T1001", ErrorCode::RoleNotPermitted)] {
            let by = there.sign_in(staff).await;
            assert_eq!(there.straight(&by, body.clone()).await, Err(code), "{staff}");
        }
        assert!(world.head.desk.confirm_branch_change(BRANCH, number).await.is_err());
        world.send(&first, BranchCommand::DismissBranchChange { number }).await.unwrap();
        let second = world.terminal.sign_in("H9002").await;
        assert_eq!(world.send(&second, confirm()).await, Err(ErrorCode::ProposalUnknown), "it was dropped");
    }
    // The jobs have looked more than once, and after a start, and moved nobody.
    world.centre.stop();
    world.centre.start();
    let mut terminal = world.terminal.another();
    terminal.moved(&world.centre.at().terminal);
    let size = terminal.size().await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let moved = terminal.feed(0, 10_000).await.leaves;
    let moves = moved.iter().filter(|leaf| match leaf {
        wire::api::feed::FeedLeaf::Entry { e, .. } => String::from_utf8_lossy(&e.0).contains("\"customer_moved\""),
        wire::api::feed::FeedLeaf::Hash { .. } => false,
    });
    assert_eq!((moves.count(), terminal.size().await), (0, size));
    world.centre.stop();
    assert_eq!(world.centre.check().findings, []);
}

async fn many_go_in_one_request_and_whoever_cannot_stays(kind: Kind) {
    let mut world = World::new(kind).await;
    let mut users = Vec::new();
    for n in 1..=4 {
        users.push(world.old.issue(n).await.0);
    }
    for user in &users {
        world.id(user).await;
    }
    world.new.sign_in("T3001").await;
    world.new.record_customer("2000002", "西の見本", "ニシノミホン").await;
    // A number that is taken there is said at once, by its number.
    let lines = |numbers: &[(&str, &str)]| MoveForm {
        customers: numbers.iter().map(|(cif, new)| MoveLine { cif: (*cif).into(), new_cif: (*new).into() }).collect(),
        ..form(BRANCH, "", "012", "")
    };
    let taken = world.head.desk.move_customers(&lines(&[("2000001", ""), ("2000002", "")])).await.unwrap_err();
    assert_eq!(taken.code(), ErrorCode::CustomerNumberTaken);
    assert_eq!(taken.view().args.get("cif").map(String::as_str), Some("2000002"));
    let unknown = world.head.desk.move_outlook(&lines(&[("2000001", ""), ("7777777", "")])).await.unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::CustomerUnknown);
    // What goes over is shown before: to whoever asks, and to whoever agrees.
    let three = lines(&[("2000001", ""), ("2000002", "2000092"), ("2000003", "2000093")]);
    let outlook = world.head.desk.move_outlook(&three).await.unwrap();
    let counts = outlook.taken_along;
    assert_eq!((counts.customers, counts.users, counts.certificates, counts.held), (3, 3, 3, 0));
    assert_eq!(outlook.customers[1].new_cif, "2000092");
    let all = world.head.desk.merge_outlook(BRANCH).await.unwrap();
    assert_eq!((all.customers, all.users, all.certificates), (4, 4, 4));
    world.head.desk.move_customers(&three).await.unwrap();
    let asked = world.branch().await.proposal.unwrap();
    assert_eq!((asked.change, asked.customers.len(), asked.own), (BranchChangeKind::MoveCustomers, 3, true));
    assert_eq!(world.head.desk.branch_proposal_outlook(BRANCH).await.unwrap(), counts);
    // The branch they leave reads it; another one does not.
    let named = async |office: &Office| {
        let known = office.desk.log_page(desk::view::LogFilter::default(), None, 0, 500).await.unwrap().lines;
        known.iter().any(|line| line.events.iter().any(|event| event == "branch_change_proposed"))
    };
    until("the request at the old branch", async || named(&world.old).await).await;
    // Meanwhile the number that one of them was to have is given to somebody else there.
    world.new.record_customer("2000093", "東の見本", "ヒガシノミホン").await;
    assert!(!named(&world.new).await, "whose customers leave is no other branch's business");
    let second = world.terminal.sign_in("H9002").await;
    let confirm = || BranchCommand::ConfirmBranchChange { number: 1 };
    assert_eq!(world.send(&second, confirm()).await, Err(ErrorCode::CustomerNumberTaken), "looked at once more");
    world.send(&second, BranchCommand::DismissBranchChange { number: 1 }).await.unwrap();
    let three = lines(&[("2000001", ""), ("2000002", "2000092"), ("2000003", "2000094")]);
    world.head.desk.move_customers(&three).await.unwrap();
    world.send(&second, BranchCommand::ConfirmBranchChange { number: 2 }).await.unwrap();
    until("the end of the transfer", async || world.branch().await.carried.is_some()).await;
    let branch = world.branch().await;
    let carried = branch.carried.unwrap();
    assert_eq!((carried.number, carried.moved, carried.stayed.len(), branch.on_their_way), (2, 3, 0, 0));
    until("the customers at the new branch", async || {
        let mut there = 0;
        for user in &users {
            there += world.new.desk.search(user).await.unwrap().hits.len();
        }
        there == 3
    })
    .await;
    assert_eq!(world.branch().await.customers, 1);
    // Asked for again, whoever went is no customer of the branch.
    let gone = world.head.desk.move_customers(&lines(&[("2000001", "")])).await.unwrap_err();
    assert_eq!(gone.code(), ErrorCode::CustomerUnknown);
    world.centre.stop();
    assert_eq!(world.centre.check().findings, []);
    assert!(world.centre.rebuild().findings.is_empty());
}

//! Ten desks under faults: each in a process of its own, on a bad line of its own, killed at random and started again;
//! the centre is killed, too; customers fetch all the while. Afterwards everybody holds the same, nothing that was
//! answered is lost, nothing is doubled, and at every position of the log no user ID has two certificates.
//! The printed seed gives the same orders and the same faults again.

mod compare;
mod worker;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use desk::view::OutboxState;
use e2e::centre::{BRANCH, Centre, Kind, PASSWORD};
use e2e::customer::{Customer, fresh_key};
use e2e::fault::chance::Chance;
use e2e::fault::line::{Faults, Line};
use e2e::office::root_pem;
use e2e::served::Served;
use worker::{CODES, ORDERS, Orders, open, read_orders};

use crate::faults::{campaign, long, seed, socket};

const DESKS: u64 = 10;
/// Acts of each desk in the long campaign.
const ACTS: u64 = 1000;
/// The last desks belong to another branch.
const ELSEWHERE: u64 = 2;
/// What the work may take, for each act of a desk. Ten debug builds share two cores.
const PATIENCE: Duration = Duration::from_secs(6);

/// A desk's folder, line and process.
struct Desk {
    dir: tempfile::TempDir,
    line: Line,
    process: Child,
    kills: u32,
}

fn start(dir: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "campaign::worker::desk_process", "--ignored", "--nocapture"])
        .env("MADOGUCHI_TEST_DIR", dir)
        .stdout(std::fs::File::options().create(true).append(true).open(dir.join("out")).unwrap())
        .stderr(std::fs::File::options().create(true).append(true).open(dir.join("err")).unwrap())
        .stdin(Stdio::null())
        .spawn()
        .unwrap()
}

impl Desk {
    async fn new(number: u64, acts: u64, served: &Served, invitation: &str, root: &str, chance: &Chance) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let secrets = desk::secrets::Secrets::Files(dir.path().join("secrets"));
        let mut identity = desk::enrol::enrol(&served.at.enrol, root, invitation, &secrets).await.unwrap();
        let line = Line::to(socket(&identity.terminal_url), chance.apart(number)).await;
        line.set(Faults::bad());
        identity.terminal_url = format!("https://{}", line.at);
        let here = number < DESKS - ELSEWHERE;
        let (teller, supervisor) = if here { ("T1001", "S2001") } else { ("T3001", "S3001") };
        let orders = Orders {
            seed: chance.clone().below(u64::MAX),
            number,
            acts,
            teller: teller.into(),
            supervisor: supervisor.into(),
            identity,
        };
        std::fs::write(dir.path().join(ORDERS), serde_json::to_vec(&orders).unwrap()).unwrap();
        let process = start(dir.path());
        Self { dir, line, process, kills: 0 }
    }

    /// Has it done its work? A process that ended otherwise is a failure.
    fn done(&mut self) -> bool {
        match self.process.try_wait().unwrap() {
            None => false,
            Some(status) if status.success() => true,
            Some(status) => {
                let said = std::fs::read_to_string(self.dir.path().join("err")).unwrap_or_default();
                panic!("a desk ended by itself: {status}\n{said}");
            }
        }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = start(self.dir.path());
        self.kills += 1;
    }
}

impl Drop for Desk {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Customers who fetch with every code that was printed. Codes that were ended meanwhile are refused; that is right.
async fn fetch_new(desks: &[Desk], fetched: &mut Vec<String>, portal: &str, root: &str) {
    let customer = Customer::new(portal, root);
    for desk in desks {
        let codes = std::fs::read_to_string(desk.dir.path().join(CODES)).unwrap_or_default();
        for line in codes.lines() {
            let Some((user, code)) = line.split_once(' ') else { continue };
            if code.len() < 21 || fetched.iter().any(|known| known == line) {
                continue;
            }
            fetched.push(line.to_owned());
            let (key, csr) = fresh_key();
            if let Ok(answer) = customer.fetch(user, code, &csr).await {
                let _ = customer.confirm(&answer, &key).await;
            }
        }
    }
}

/// Opens a desk until nothing waits there and nothing is left to come.
async fn settle(dir: &Path) {
    let orders = read_orders(dir);
    let opened = open(dir, orders.identity).await;
    let start = Instant::now();
    let late = || assert!(start.elapsed() < Duration::from_secs(60), "{} does not settle", dir.display());
    while opened.sign_in(&orders.teller, PASSWORD).await.is_err() {
        late();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    loop {
        opened.sync_now();
        let status = opened.sync_status().await.unwrap();
        let waits = status.outbox.iter().any(|o| !matches!(o.state, OutboxState::Refused | OutboxState::Confirmed));
        if !waits && status.online && status.size == status.centre_size {
            break;
        }
        late();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    opened.close().await;
}

e2e::on_both!(ten_desks_under_faults_end_equal);

async fn ten_desks_under_faults_end_equal(kind: Kind) {
    let chance = Chance::new(seed("ten_desks_under_faults"));
    // The desks and their lines are the same; the usual run has time for less on the second database.
    let acts = if kind == Kind::Sqlite || long() { campaign(ACTS) } else { campaign(ACTS) / 4 };
    let centre = Centre::new(|config| kind.choose(config));
    let invitations: Vec<String> = (0..DESKS)
        .map(|n| centre.invite(if n < DESKS - ELSEWHERE { BRANCH } else { "012" }, &format!("窓口 {n}番")))
        .collect();
    let root = root_pem(&centre);
    let mut served = Served::start(&centre, None).await;
    let mut desks = Vec::new();
    for (number, invitation) in (0..).zip(&invitations) {
        desks.push(Desk::new(number, acts, &served, invitation, &root, &chance).await);
    }

    let (mut dice, mut fetched, mut centre_kills) = (chance.apart(1000), Vec::new(), 0);
    let begun = Instant::now();
    loop {
        let working: Vec<usize> = (0..desks.len()).filter(|n| !desks[*n].done()).collect();
        if working.is_empty() {
            break;
        }
        assert!(begun.elapsed() < PATIENCE * u32::try_from(acts).unwrap(), "desks {working:?} do not get on");
        tokio::time::sleep(Duration::from_millis(500)).await;
        if dice.per_mille(150) {
            desks[*dice.one(&working)].kill();
        }
        if dice.per_mille(40) {
            desks.iter().for_each(|desk| desk.line.part());
            drop(served);
            served = Served::start(&centre, None).await;
            let terminal = served.at.terminal.clone();
            desks.iter().for_each(|desk| desk.line.join(socket(&terminal)));
            centre_kills += 1;
        }
        fetch_new(&desks, &mut fetched, &served.at.portal, &root).await;
    }

    // The line is good again: everything that waits is sent, and everybody follows to the end. Twice, as what one desk
    // sends is news to another.
    desks.iter().for_each(|desk| desk.line.set(Faults::default()));
    let dirs: Vec<&Path> = desks.iter().map(|desk| desk.dir.path()).collect();
    for dir in dirs.iter().chain(&dirs) {
        settle(dir).await;
    }
    drop(served);
    assert_eq!(centre.check().findings, []);
    let kills: u32 = desks.iter().map(|desk| desk.kills).sum();
    let told = compare::everything(&centre, &dirs).await;
    let fetched = fetched.len();
    let enough = kills > 0 && told.answered > DESKS * acts / 10;
    assert!(enough, "little was tried: {told:?}, {kills} kills, {centre_kills} of the centre, {fetched} codes");
}

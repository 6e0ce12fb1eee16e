//! Whoever watches the service: is it alive, may it be asked, and numbers that say what happens, and to nobody whose.

use central::clock::Clock;
use domain::Role;
use domain::staff::StaffCommand;
use e2e::centre::{BRANCH, Centre, Kind};
use e2e::office::Office;
use e2e::served::{Served, operator};

async fn read(url: &str) -> (u16, String) {
    let answer = reqwest::get(url).await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The value of a number on the page.
fn value(page: &str, name: &str) -> Option<f64> {
    page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_follow_what_happens() {
    let mut centre = Centre::new(|config| config.listen.watch = Some("127.0.0.1:0".parse().unwrap()));
    let invitation = centre.invite(BRANCH, "窓口 1番");
    centre.start();
    let watch = centre.at().watch.clone().unwrap();
    assert_eq!(read(&format!("{watch}/live")).await, (200, "alive\n".into()));
    assert_eq!(read(&format!("{watch}/ready")).await, (200, "ready\n".into()));
    let page = || async { read(&format!("{watch}/metrics")).await.1 };
    let before = page().await;
    assert_eq!(value(&before, "madoguchi_backup_last_seconds"), None, "there is none");
    assert_eq!(value(&before, "madoguchi_writes"), Some(1.0));
    let ends = value(&before, "madoguchi_certificate_end_seconds{certificate=\"server\"}").unwrap();
    let two_years = centre.clock.now().timestamp() as f64 + 2.0 * 365.0 * 86_400.0;
    assert!((ends - two_years).abs() < 7_200.0, "{ends}");

    let office = Office::enrol(&centre, &invitation).await;
    office.desk.sign_in("T1001", "wrong").await.unwrap_err();
    office.sign_in("T1001").await;
    let customer = "株式会社見本商店";
    office.record_customer("1234567", customer, "ミホンショウテン").await;
    operator(&centre, &["backup", centre.dir.path().join("one.backup").to_str().unwrap()]).unwrap();
    let after = page().await;
    assert_eq!(value(&after, "madoguchi_sign_ins_failed_total"), Some(1.0));
    let grown = |name: &str| value(&after, name).unwrap() - value(&before, name).unwrap();
    assert!(grown("madoguchi_log_size") >= 3.0 && grown("madoguchi_batch_seconds_count") >= 3.0);
    assert!(value(&after, "madoguchi_backup_last_size").unwrap() >= 3.0);
    for personal in [customer, "T1001", "1234567", "窓口 1番", &office.identity.terminal.to_string()] {
        assert!(!after.contains(personal), "{personal} in {after}");
    }
    // Three digits stand in many a measured number by chance: a branch would be told by a name or a label.
    let said = after
        .lines()
        .map(|line| line.rsplit_once(' ').filter(|_| !line.starts_with('#')).map_or(line, |(said, _)| said));
    assert_eq!(said.filter(|said| said.contains(BRANCH)).collect::<Vec<_>>(), Vec::<&str>::new());
    office.desk.close().await;
    centre.stop();
}

/// What waits for a second person is counted until it does not, and its age is that of the oldest; after a start the same.
async fn what_waits_is_counted(kind: Kind) {
    let clock = Clock::at("2026-11-24T01:00:00Z".parse().unwrap());
    let mut centre = Centre::with_clock(clock.clone(), |config| {
        kind.choose(config);
        config.listen.watch = Some("127.0.0.1:0".parse().unwrap());
    });
    let seats = [(BRANCH, "窓口 1番"), ("000", "事務部")].map(|(branch, label)| centre.invite(branch, label));
    centre.start();
    let office = Office::enrol(&centre, &seats[0]).await;
    let head = crate::staff::terminal(&centre, &seats[1], "head").await;
    let numbers = async |centre: &Centre, kind: &str| {
        let page = read(&format!("{}/metrics", centre.at().watch.clone().unwrap())).await.1;
        let of = |name: &str| value(&page, &format!("{name}{{kind=\"{kind}\"}}")).unwrap();
        (of("madoguchi_waiting"), of("madoguchi_waiting_oldest_seconds"))
    };
    for kind in ["application", "stop", "held", "head_office"] {
        assert_eq!(numbers(&centre, kind).await, (0.0, 0.0), "{kind}");
    }
    office.sign_in("T1001").await;
    let mut applications = Vec::new();
    for n in 1..=2 {
        let customer = office.record_customer(&n.to_string(), "見本", "ミホン").await;
        let form = office.new_contract(&customer, &format!("400000000{n}"), &format!("WAITS00{n}")).await;
        applications.push(form.application_id.clone());
        office.submit(form).await;
        clock.advance(chrono::Duration::seconds(100));
    }
    assert_eq!(numbers(&centre, "application").await, (2.0, 200.0));
    // Head office asks for something that takes two.
    let first = head.sign_in("H9001").await;
    let asked = StaffCommand::ChangeStaff { role: Role::Supervisor, branch: BRANCH.parse().unwrap() };
    head.administer(&first, "T1001", asked, None).await.unwrap();
    clock.advance(chrono::Duration::seconds(10));
    assert_eq!(numbers(&centre, "head_office").await, (1.0, 10.0));
    head.administer(&first, "T1001", StaffCommand::DismissProposal { number: 1 }, None).await.unwrap();
    assert_eq!(numbers(&centre, "head_office").await, (0.0, 0.0));
    // The first is decided: the other one is the oldest. The same after a start, from what is stored.
    office.sign_in("S2001").await;
    office.approve(&applications[0]).await;
    assert_eq!(numbers(&centre, "application").await, (1.0, 110.0));
    office.desk.close().await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
    centre.start();
    assert_eq!(numbers(&centre, "application").await, (1.0, 110.0));
    centre.stop();
    assert!(centre.rebuild().findings.is_empty());
}

e2e::on_both!(what_waits_is_counted);

/// Closed unless somebody opens it.
#[tokio::test(flavor = "multi_thread")]
async fn nobody_watches_unless_it_is_configured() {
    let mut centre = Centre::new(|_| {});
    centre.start();
    assert_eq!(centre.at().watch, None);
    let status = centre.at().status.clone();
    for page in ["live", "ready", "metrics"] {
        assert_eq!(read(&format!("{status}/{page}")).await.0, 404, "not on a listener that others reach");
    }
    centre.stop();
}

/// Of two instances one writes, and each knows of itself; one whose server is gone is not ready, and lives.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_instance_without_its_server_is_alive_and_not_ready() {
    let mut cluster = e2e::cluster::Cluster::start();
    let url = cluster.database();
    let centre = Centre::new(|config| {
        config.database.url = url;
        config.listen.watch = Some("127.0.0.1:0".parse().unwrap());
    });
    let first = Served::start(&centre, None).await;
    let second = Served::beside(&centre).await;
    let [one, two] = [&first, &second].map(|served| served.at.watch.clone().unwrap());
    let writes = async |at: &str| value(&read(&format!("{at}/metrics")).await.1, "madoguchi_writes").unwrap();
    assert_eq!((writes(&one).await, writes(&two).await), (1.0, 0.0));
    cluster.stop_at_once();
    let begun = std::time::Instant::now();
    while read(&format!("{two}/ready")).await.0 != 503 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(15), "still ready");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    assert_eq!(read(&format!("{two}/live")).await.0, 200);
    cluster.run();
    while read(&format!("{two}/ready")).await.0 != 200 {
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "never ready again");
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    drop((first, second));
}

//! One look is enough: nothing that is wrong waits for the correction of something else, and nothing is said that such a correction
//! makes untrue.
use super::super::unreadable::Unreadable;
use super::*;

/// A line of a file; branch and details are alike in all of them.
struct Row<'a> {
    cif: &'a str,
    contract: &'a str,
    day: &'a str,
    user: &'a str,
    role: &'a str,
}

const fn row<'a>(cif: &'a str, contract: &'a str, day: &'a str, user: &'a str, role: &'a str) -> Row<'a> {
    Row { cif, contract, day, user, role }
}

fn file(rows: &[Row<'_>]) -> Vec<u8> {
    let mut text = COLUMNS.join(",");
    for Row { cif, contract, day, user, role } in rows {
        text.push_str(&format!(
            "\n011,{cif},見本商店,ミホンショウテン,見本市1-1,,,{contract},{day},契約中,{user},{role},PC"
        ));
    }
    text.into_bytes()
}

/// What it is about, its lines, and everything that is said of them.
type Case<'a> = (&'a str, &'a [Row<'a>], &'a [(u64, &'a str, ErrorCode)]);

const DAY: &str = "2019-04-01";
const NO_DAY: &str = "2019-02-30";

#[tokio::test]
async fn everything_that_can_be_said_is_said_at_once() {
    use ErrorCode as E;
    let world = World::new().await;
    world.import(&file(&[row("99", "09000001", DAY, "TAKEN001", "管理者")]), false).await.unwrap();
    let cases: &[Case<'_>] = &[
        (
            "a bad day in one contract hides nothing of the customer's other one",
            &[
                row("1", "06000001", DAY, "ADMIN001", "管理者"),
                row("1", "06000001", NO_DAY, "OPERA001", "一般者"),
                row("1", "06000002", DAY, "OPERA002", "一般者"),
            ],
            &[(3, "契約日", E::DateOutOfRange), (4, "利用者ID", E::AdministratorCount)],
        ),
        (
            "nor of the same contract: its roles can all be read",
            &[row("1", "06000001", NO_DAY, "ADMIN001", "一般者"), row("1", "06000001", DAY, "ADMIN002", "承認者")],
            &[(2, "利用者ID", E::AdministratorCount), (2, "契約日", E::DateOutOfRange)],
        ),
        (
            "two administrators are too many, whatever the bad line is",
            &[
                row("1", "06000001", DAY, "ADMIN001", "管理者"),
                row("1", "06000001", DAY, "ADMIN002", "管理者"),
                row("1", "06000001", DAY, "ADMIN003", "社長"),
            ],
            &[(2, "利用者ID", E::AdministratorCount), (4, "役割", E::NotFound)],
        ),
        (
            "a role that can't be read may be the administrator's",
            &[row("1", "06000001", DAY, "ADMIN001", "社長"), row("1", "06000001", DAY, "OPERA001", "一般者")],
            &[(2, "役割", E::NotFound)],
        ),
        (
            "a contract number that can't be read may be this contract's, and is no other customer's",
            &[
                row("1", "6", DAY, "ADMIN001", "管理者"),
                row("1", "06000001", DAY, "OPERA001", "一般者"),
                row("2", "06000002", DAY, "OPERA002", "一般者"),
            ],
            &[(2, "契約者番号", E::ContractNumberMalformed), (4, "利用者ID", E::AdministratorCount)],
        ),
        (
            "user IDs of bad lines are compared with those of the file and of the centre",
            &[
                row("1", "06000001", DAY, "ADMIN001", "管理者"),
                row("2", "06000002", NO_DAY, "ADMIN001", "管理者"),
                row("3", "6", DAY, "TAKEN001", "管理者"),
                row("4", "06000004", NO_DAY, "TAKEN001", "管理者"),
            ],
            &[
                (3, "利用者ID", E::UserTwice),
                (3, "契約日", E::DateOutOfRange),
                (4, "利用者ID", E::UserExists),
                (4, "契約者番号", E::ContractNumberMalformed),
                (5, "利用者ID", E::UserTwice),
                (5, "契約日", E::DateOutOfRange),
            ],
        ),
        (
            "a line that stands twice is one administrator, not two",
            &[row("1", "06000001", DAY, "ADMIN001", "管理者"), row("1", "06000001", DAY, "ADMIN001", "管理者")],
            &[(3, "利用者ID", E::UserTwice)],
        ),
        (
            "a contract without a customer that can be read",
            &[row("x", "06000001", DAY, "OPERA001", "一般者"), row("y", "09000001", DAY, "ADMIN009", "管理者")],
            &[
                (2, "利用者ID", E::AdministratorCount),
                (2, "顧客番号", E::CifMalformed),
                (3, "契約者番号", E::ContractExists),
                (3, "顧客番号", E::CifMalformed),
            ],
        ),
        (
            "a contract of two customers is said once, and neither is without an administrator",
            &[row("1", "06000001", DAY, "OPERA001", "一般者"), row("2", "06000001", DAY, "ADMIN001", "管理者")],
            &[(3, "契約者番号", E::ContractExists)],
        ),
        (
            "another day, in a line that is bad besides",
            &[row("1", "06000001", DAY, "ADMIN001", "管理者"), row("1", "06000001", "2019-04-02", "x", "一般者")],
            &[(3, "利用者ID", E::UserIdMalformed), (3, "契約日", E::CommandIdReused)],
        ),
    ];
    for (what, rows, expected) in cases {
        let report = world.import(&file(rows), true).await.unwrap();
        let (mut said, mut expected) = (told(&report), expected.to_vec());
        said.sort();
        expected.sort();
        assert_eq!(said, expected, "{what}");
    }
}

/// A line whose cells can't be told apart may be the administrator's of the contract it seems to name, or else of its neighbours: they
/// are not said to have none, and every other contract is.
#[tokio::test]
async fn a_line_that_falls_apart_raises_no_false_alarm() {
    let world = World::new().await;
    let whole = String::from_utf8(file(&[
        row("1", "06000001", DAY, "ADMIN001", "管理者"),
        row("1", "06000001", DAY, "OPERA001", "一般者"),
        row("2", "06000002", DAY, "OPERA002", "一般者"),
        row("3", "06000003", DAY, "OPERA003", "一般者"),
    ]))
    .unwrap();
    let (count, apart) = (ErrorCode::AdministratorCount, (2, "", ErrorCode::RequestMalformed));
    let others = [apart, (4, "利用者ID", count), (5, "利用者ID", count)];
    for (first, expected) in [
        // One comma too many before the contract's number, or behind it: that is 06000001's line.
        (whole.lines().nth(1).unwrap().replace("見本商店", "見本,商店"), others.to_vec()),
        (whole.lines().nth(1).unwrap().replace("PC", "PC,2"), others.to_vec()),
        // Nobody knows whose: it may be that of the line after it.
        ("011,x".to_owned(), others.to_vec()),
        ("011,1,見本,商店,ミホン,,,,6,20190401,契約中,ADMIN001,管理者,PC".to_owned(), others.to_vec()),
        // No administrator's in any case.
        (
            whole.lines().nth(1).unwrap().replace("管理者", "承認者,"),
            [&[apart, (3, "利用者ID", count)], others.get(1..).unwrap()].concat(),
        ),
    ] {
        let lines = whole.lines().enumerate().map(|(at, line)| if at == 1 { first.as_str() } else { line });
        let report = world.import(lines.collect::<Vec<_>>().join("\n").as_bytes(), true).await.unwrap();
        assert_eq!(told(&report), expected, "{first}");
    }
}

#[tokio::test]
async fn every_column_that_differs_is_named_and_each_against_a_line_that_can_be_read() {
    let world = World::new().await;
    let text = String::from_utf8(file(&[
        row("1", "06000001", DAY, "ADMIN001", "管理者"),
        row("1", "06000001", DAY, "OPERA001", "一般者"),
        row("1", "06000001", DAY, "OPERA002", "一般者"),
    ]))
    .unwrap();
    // The first line's name can't be read, so the second one's counts.
    let changed = |(at, line): (usize, &str)| match at {
        1 => line.replace("見本商店", ""),
        3 => line.replace("見本商店", "別の商店").replace("ミホンショウテン", "ベツ").replace("見本市1-1", "見本市2"),
        _ => line.to_owned(),
    };
    let lines: Vec<String> = text.lines().enumerate().map(changed).collect();
    let report = world.import(lines.join("\n").as_bytes(), true).await.unwrap();
    let said: Vec<_> =
        report.problems.iter().map(|one| (one.line, one.column, one.args.get("line").map(String::as_str))).collect();
    assert_eq!(
        said,
        [(2, "氏名・名称", None), (4, "カナ", Some("2")), (4, "所在地", Some("2")), (4, "氏名・名称", Some("3"))]
    );
}

#[tokio::test]
async fn too_many_users_hide_no_missing_administrator() {
    let world = World::new().await;
    let most = usize::try_from(domain::Policy::default().users_per_contract).unwrap();
    let ids: Vec<String> = (0..=most).map(|n| format!("OPERA{n:04}")).collect();
    let rows: Vec<Row<'_>> = ids.iter().map(|id| row("1", "06000001", DAY, id, "一般者")).collect();
    let report = world.import(&file(&rows), true).await.unwrap();
    let codes: Vec<_> = report.problems.iter().map(|one| (one.line, one.code)).collect();
    assert_eq!(codes, [(2, ErrorCode::AdministratorCount), (2, ErrorCode::UsersTooMany)]);
}

#[tokio::test]
async fn an_open_quotation_mark_hides_no_other_line() {
    let world = World::new().await;
    let text = String::from_utf8(file(&[
        row("1", "06000001", DAY, "ADMIN001", "管理者"),
        row("2", "06000002", NO_DAY, "ADMIN002", "管理者"),
        row("3", "06000003", DAY, "OPERA003", "一般者"),
    ]))
    .unwrap();
    let bad = text.replacen("見本商店", "\"見本商店", 1);
    for bad in [bad.clone(), bad.replace('\n', "\r\n"), format!("{bad}\n")] {
        let report = world.import(bad.as_bytes(), true).await.unwrap();
        assert_eq!(report.rows, 3);
        assert_eq!(
            told(&report),
            [
                (2, "", ErrorCode::RequestMalformed),
                (3, "契約日", ErrorCode::DateOutOfRange),
                (4, "利用者ID", ErrorCode::AdministratorCount)
            ]
        );
        assert!(report.problems.first().unwrap().next().contains("quotation"));
    }
    // What is quoted as it should be is the same file.
    let good = "\"011\",1,\"見本\"\"商店\",ミホン,\"見本市1,2\",,,06000001,2019-04-01,契約中,ADMIN001,管理者,\"PC\"";
    let good = format!("{}\n{good}\n", COLUMNS.join(","));
    assert_eq!(world.import(good.as_bytes(), true).await.unwrap().problems, []);
}

/// Why a file is none at all is told with the names and numbers that are wrong, all of them at once.
#[test]
fn what_is_wrong_with_the_whole_file_is_named() {
    let read = |bytes: &[u8]| Plan::read(bytes, None, &mut |_| {}).map(drop).unwrap_err();
    let told = |error: &Unreadable| {
        let refusal = error.refusal();
        (refusal.code, refusal.args.into_iter().collect::<Vec<_>>())
    };
    let arg = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let header = COLUMNS.join(",");
    let other = header.replace("店番", "支店").replace("契約日", "カナ").replace("利用PC", "備考\u{7}");
    assert_eq!(
        told(&read(other.as_bytes())),
        (
            ErrorCode::ImportColumns,
            vec![arg("missing", "店番, 契約日, 利用PC"), arg("twice", "カナ"), arg("unknown", "「支店」, 「備考」")]
        )
    );
    // A first line that is none of ours may be a customer's: nothing of it is in the answer.
    let (code, args) = told(&read("011,1000001,見本商店\n".as_bytes()));
    assert_eq!((code, args), (ErrorCode::ImportColumns, vec![arg("missing", &COLUMNS.join(", "))]));
    assert_eq!(told(&read(b"")).0, ErrorCode::ImportColumns);
    let many = format!("{header},{}", (0..9).map(|n| format!("{n}{}", "長".repeat(90))).collect::<Vec<_>>().join(","));
    let (_, args) = told(&read(many.as_bytes()));
    let unknown = &args.iter().find(|(name, _)| name == "unknown").unwrap().1;
    assert!(unknown.ends_with(", …") && unknown.chars().count() < 250, "{unknown}");
    let too_long = read(&many_rows(ROWS + 2));
    assert_eq!(
        told(&too_long),
        (ErrorCode::ImportTooLong, vec![arg("line", "100002"), arg("max", "100000"), arg("rows", "100002")])
    );
}

fn many_rows(rows: usize) -> Vec<u8> {
    format!("{}{}", COLUMNS.join(","), "\nx".repeat(rows)).into_bytes()
}

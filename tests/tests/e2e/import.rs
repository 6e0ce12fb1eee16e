//! Head office has a file of customers taken over while the branches work: sent, looked at with every bad line, written whole or not at
//! all; by head office's signed word alone.

use std::fmt::Write as _;

use desk::Desk;
use desk::secrets::Secrets;
use desk::view::{ExportFormat, ImportFileEncoding, ImportStep, ImportView, LogFilter};
use domain::ErrorCode;
use domain::branch::BranchCommand;
use e2e::centre::{BRANCH, Centre, Kind};
use e2e::office::Office;
use e2e::terminal::Terminal;
use wire::Body;

use crate::faults::long;
use crate::moved::until;

e2e::on_both!(a_file_is_taken_over_whole_or_not_at_all, a_long_file_is_given_up_half_way);

const HEADER: &str = "店番,顧客番号,氏名・名称,カナ,所在地,電話,メール,契約者番号,契約日,契約状態,利用者ID,役割,利用PC";

/// A contract of two user IDs for each customer from a number on.
fn csv(numbers: std::ops::Range<u32>) -> String {
    let mut text = format!("{HEADER}\n");
    for n in numbers {
        for (user, role) in [("A", "管理者"), ("B", "一般者")] {
            let _ = writeln!(
                text,
                "{BRANCH},{n},株式会社髙見本{n},ｶﾌﾞｼｷｶﾞｲｼｬ ﾐﾎﾝ,見本市1-1,025-000-0001,a@example.jp,{:010},2019-04-01,契約中,TORI{n:05}{user},{role},経理課",
                6_000_000 + n
            );
        }
    }
    text
}

/// Customers of the long file, of two rows each; in the long campaign it has as many rows as any file may have.
const MANY: u32 = 3_000;
const MOST: u32 = 50_000;

/// A centre with a desk at head office, and one at a branch where somebody works.
async fn offices(kind: Kind) -> (Centre, Office, Office) {
    let mut centre = Centre::new(|config| kind.choose(config));
    let seats = [("000", "本部"), (BRANCH, "窓口")].map(|(branch, label)| centre.invite(branch, label));
    centre.start();
    let head = Office::enrol(&centre, &seats[0]).await;
    let branch = Office::enrol(&centre, &seats[1]).await;
    branch.sign_in("T1001").await;
    (centre, head, branch)
}

/// Until nothing is under way.
async fn ended(desk: &Desk) -> ImportView {
    until("the end of the import", async || {
        !matches!(desk.import_state().await.unwrap().step, ImportStep::Looking | ImportStep::Writing)
    })
    .await;
    desk.import_state().await.unwrap()
}

async fn a_file_is_taken_over_whole_or_not_at_all(kind: Kind) {
    let (mut centre, head, branch) = offices(kind).await;
    let customer = branch.record_customer("7", "別の見本", "ベツノミホン").await;
    let refused = branch.desk.import_file(b"x", ImportFileEncoding::Utf8).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::RoleNotPermitted);
    head.sign_in("H9001").await;
    let desk = &head.desk;
    assert_eq!(desk.import_state().await.unwrap().step, ImportStep::Nothing);

    // No CSV of the layout; then one with bad lines, each named with its column and why. Nothing is written.
    desk.import_file("a,b\n1,2\n".as_bytes(), ImportFileEncoding::Utf8).await.unwrap();
    let unreadable = ended(desk).await;
    assert_eq!((unreadable.step, unreadable.failed), (ImportStep::Failed, Some(ErrorCode::ImportColumns)));
    assert_eq!(unreadable.failed_args["missing"], HEADER.replace(',', ", "));
    let renamed = csv(1..2).replace("契約日", "開始日");
    desk.import_file(renamed.as_bytes(), ImportFileEncoding::Utf8).await.unwrap();
    let renamed = ended(desk).await;
    assert_eq!(renamed.failed, Some(ErrorCode::ImportColumns));
    let told = ["missing", "unknown"].map(|arg| renamed.failed_args[arg].as_str());
    assert_eq!(told, ["契約日", "「開始日」"]);
    let long = format!("{HEADER}{}", "\nx".repeat(100_001));
    desk.import_file(long.as_bytes(), ImportFileEncoding::Utf8).await.unwrap();
    let long = ended(desk).await;
    assert_eq!((long.step, long.failed), (ImportStep::Failed, Some(ErrorCode::ImportTooLong)));
    let told = ["rows", "max", "line"].map(|arg| long.failed_args[arg].as_str());
    assert_eq!(told, ["100001", "100000", "100002"]);
    let bad = csv(1..40).replace("2019-04-01,契約中,TORI00003A", "2019-02-30,契約中,TORI00003A");
    desk.import_file(bad.as_bytes(), ImportFileEncoding::Utf8).await.unwrap();
    let looked = ended(desk).await;
    let report = looked.report.clone().unwrap();
    assert_eq!((looked.step, report.rows, report.problem_count), (ImportStep::Looked, 78, 2), "{:?}", report.problems);
    let named: Vec<_> = report.problems.iter().map(|one| (one.line, one.column.as_str(), one.code)).collect();
    assert_eq!(named, [(6, "契約日", ErrorCode::DateOutOfRange), (14, "氏名・名称", ErrorCode::CustomerExists)]);
    assert_eq!(desk.import_begin(&looked.sha256, 78).await.unwrap_err().code(), ErrorCode::ImportLines);

    // A good one, in Shift_JIS, in more pieces than one. Read as UTF-8 it is refused line by line.
    let text = csv(100..1_100);
    let good = encoding_rs::SHIFT_JIS.encode(&text).0.into_owned();
    assert!(good.len() > 2 * wire::api::import::PIECE);
    desk.import_file(&good, ImportFileEncoding::Utf8).await.unwrap();
    let wrong = ended(desk).await;
    assert!(wrong.step == ImportStep::Failed || wrong.report.is_some_and(|report| report.problem_count > 0));
    desk.import_file(&good, ImportFileEncoding::ShiftJis).await.unwrap();
    let looked = ended(desk).await;
    let report = looked.report.clone().unwrap();
    assert_eq!((report.customers, report.contracts, report.users, report.problem_count), (1_000, 1_000, 2_000, 0));
    assert!(desk.search("TORI00100A").await.unwrap().hits.is_empty(), "nothing is written by a look");
    // By head office's word alone, for the very file that was looked at.
    let there = Terminal::new(branch.identity.clone(), &Secrets::Files(branch.dir.path().join("secrets")));
    let order = |sha256: &str| Body::Branch {
        branch: "000".parse().unwrap(),
        command: BranchCommand::ImportCustomers { sha256: sha256.into(), rows: 2_000 },
    };
    for staff in ["T1001", "S2001"] {
        let by = there.sign_in(staff).await;
        assert_eq!(there.straight(&by, order(&looked.sha256)).await, Err(ErrorCode::RoleNotPermitted));
    }
    assert_eq!(desk.import_begin(&"0".repeat(64), 2_000).await.unwrap_err().code(), ErrorCode::ImportMissing);
    assert_eq!(desk.import_begin(&looked.sha256, 1_999).await.unwrap_err().code(), ErrorCode::ImportMissing);
    // Forgotten on request, and then it is not there any more.
    desk.import_cancel().await.unwrap();
    assert_eq!(desk.import_begin(&looked.sha256, 2_000).await.unwrap_err().code(), ErrorCode::ImportMissing);
    desk.import_file(&good, ImportFileEncoding::ShiftJis).await.unwrap();
    let looked = ended(desk).await;
    desk.import_begin(&looked.sha256, 2_000).await.unwrap();
    let written = ended(desk).await;
    assert_eq!((written.step, written.report.unwrap().users), (ImportStep::Written, 2_000));

    // The branch has them by the feed, with what it had; the log names who had them taken over.
    until("the customers at the branch", async || !branch.desk.search("TORI01099B").await.unwrap().hits.is_empty())
        .await;
    assert!(!branch.desk.search("髙見本100").await.unwrap().hits.is_empty());
    branch.desk.customer(&customer).await.unwrap();
    branch.issue(1).await;
    until("the order in the log", async || {
        let mut told = false;
        for offset in (0..1_400).step_by(200) {
            let page = desk.log_page(LogFilter::default(), None, offset, 200).await.unwrap();
            told |= page.lines.iter().any(|line| line.events.iter().any(|event| event == "import_ordered"));
        }
        told
    })
    .await;
    // The same file once more: every contract is there.
    desk.import_file(&good, ImportFileEncoding::ShiftJis).await.unwrap();
    let again = ended(desk).await.report.unwrap();
    assert_eq!((again.problem_count, again.problems.len()), (1_000, 1_000));
    assert!(again.problems.iter().all(|one| one.code == ErrorCode::ContractExists));
    everything_wrong_is_a_file(desk).await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
    assert!(centre.rebuild().findings.is_empty());
}

/// The screen has the first thousand; a file has all of them, in the order of the lines.
async fn everything_wrong_is_a_file(desk: &Desk) {
    const BAD: usize = 2_400;
    let bad = csv(5_000..5_000 + 1_200).replace("2019-04-01", "2019-02-30");
    desk.import_file(bad.as_bytes(), ImportFileEncoding::Utf8).await.unwrap();
    let looked = ended(desk).await;
    let report = looked.report.unwrap();
    assert_eq!((report.problem_count as usize, report.problems.len()), (BAD, wire::api::import::PROBLEMS));
    let (name, extension) = desk.import_problems_name(ExportFormat::CsvUtf8);
    assert!(name.ends_with(".csv") && extension == "csv", "{name}");
    let mut file = Vec::new();
    let count = desk.export_import_problems(&looked.sha256, ExportFormat::CsvUtf8, &mut file).await.unwrap();
    let text = String::from_utf8(file).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((count, lines.len()), (BAD, BAD + 1));
    for (at, line) in lines.iter().enumerate().skip(1) {
        assert!(line.starts_with(&format!("{},契約日,", at + 1)), "{line}");
    }
    for format in [ExportFormat::CsvShiftJis, ExportFormat::Xlsx] {
        let mut file = Vec::new();
        assert_eq!(desk.export_import_problems(&looked.sha256, format, &mut file).await.unwrap(), BAD);
        assert!(!file.is_empty());
    }
    let refused = desk.export_import_problems(&looked.sha256, ExportFormat::Pdf, Vec::new()).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ExportTooLong);
    let other = desk.export_import_problems(&"0".repeat(64), ExportFormat::CsvUtf8, Vec::new()).await.unwrap_err();
    assert_eq!(other.code(), ErrorCode::ImportMissing);
}

async fn a_long_file_is_given_up_half_way(kind: Kind) {
    let (mut centre, head, branch) = offices(kind).await;
    head.sign_in("H9001").await;
    let desk = &head.desk;
    let customers = if long() { MOST } else { MANY };
    let (text, rows) = (csv(1..customers + 1), 2 * customers);
    let looked = async || {
        desk.import_file(text.as_bytes(), ImportFileEncoding::Utf8).await.unwrap();
        let looked = ended(desk).await;
        assert_eq!((looked.step, looked.report.unwrap().rows), (ImportStep::Looked, rows));
        looked.sha256
    };

    // Given up while some of it is written: nothing of it was, and the work of the branch goes on.
    desk.import_begin(&looked().await, rows).await.unwrap();
    loop {
        let state = desk.import_state().await.unwrap();
        assert!(matches!(state.step, ImportStep::Looked | ImportStep::Writing), "{state:?}");
        if state.done > 0 && state.total == customers {
            assert!(state.done < state.total, "it was too quick to be given up");
            break;
        }
    }
    desk.import_cancel().await.unwrap();
    let given_up = ended(desk).await;
    assert_eq!((given_up.step, given_up.failed), (ImportStep::Failed, Some(ErrorCode::ImportCancelled)));
    let customer = branch.record_customer("90001", "別の見本", "ベツノミホン").await;
    until("the customer at head office", async || desk.customer(&customer).await.is_ok()).await;
    for user in ["TORI00001A".to_owned(), format!("TORI{customers:05}B")] {
        assert!(desk.search(&user).await.unwrap().hits.is_empty(), "{user}");
    }

    // It is sent and signed for once more; how far it is only grows.
    desk.import_begin(&looked().await, rows).await.unwrap();
    let mut steps = vec![0];
    loop {
        let state = desk.import_state().await.unwrap();
        if state.total == customers && steps.last() != Some(&state.done) {
            steps.push(state.done);
        }
        if state.step == ImportStep::Written {
            assert_eq!(state.report.unwrap().users, rows);
            break;
        }
        assert!(matches!(state.step, ImportStep::Looked | ImportStep::Writing), "{state:?}");
    }
    assert!(steps.is_sorted() && steps.len() > 3, "{steps:?}");
    let last = format!("TORI{customers:05}B");
    until("the last one at the branch", async || !branch.desk.search(&last).await.unwrap().hits.is_empty()).await;
    centre.stop();
    assert_eq!(centre.check().findings, []);
}

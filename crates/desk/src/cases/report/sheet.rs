//! A report as a table.

use crate::cases::export::{Cell, Column, Sheet};
use crate::cases::words::{Word, Words};
use crate::view::{Language, ReportKind, ReportSpan, ReportTimeKind, ReportView};

type OfSpan = fn(&ReportSpan) -> u32;

const SPANS: [(Word, OfSpan); 3] = [
    (("件数", "Count"), |span| span.count),
    (("中央値(秒)", "Median (s)"), |span| span.median),
    (("最長(秒)", "Longest (s)"), |span| span.worst),
];

const fn kind(kind: ReportKind) -> Word {
    match kind {
        ReportKind::Issued => ("発行", "Issued"),
        ReportKind::Reissued => ("再発行", "Reissued"),
        ReportKind::Renewed => ("更新", "Renewals"),
        ReportKind::Fetched => ("取得", "Fetched"),
        ReportKind::Suspended => ("一時停止", "Suspended"),
        ReportKind::Revoked => ("失効", "Revoked"),
        ReportKind::Lapsed => ("取得期限切れ", "Lapsed"),
    }
}

const fn time(kind: ReportTimeKind) -> Word {
    match kind {
        ReportTimeKind::Stopped => ("受付から停止まで", "Report to stop"),
        ReportTimeKind::Checked => ("停止から事後検印まで", "Stop to check mark"),
    }
}

/// Causes and reasons; the same as on screen. One of a newer version shows itself.
fn detail(detail: &str, words: Words) -> &str {
    let (ja, en) = match detail {
        "broken" => (
            "故障・修理・再インストール(PCは手元にある)",
            "Broken, repaired or reinstalled (the PC stayed with the customer)",
        ),
        "disk_left" => ("故障・修理(PCやディスクが手元を離れた)", "Broken or repaired (PC or disk left the customer)"),
        "deleted" => ("誤削除(ご自身で削除した覚えがある)", "Deleted by mistake (the customer remembers doing it)"),
        "vanished" => ("証明書が消えた(削除した覚えがない)", "The certificate vanished (nobody remembers deleting it)"),
        "replaced" => ("PC入替", "PC replaced"),
        "renamed" | "affiliation_changed" => ("名義変更", "Change of name"),
        "ended" => ("失効後・取得期限切れ後の再発行", "After a revocation or a missed pickup deadline"),
        "key_compromise" => ("鍵の危殆化", "Key compromise"),
        "superseded" => ("新しい証明書への切替", "Replaced by a new certificate"),
        "cessation_of_operation" => ("利用の終了(解約・削除・再契約)", "End of use (closing, removal, re-contract)"),
        "privilege_withdrawn" => ("金庫による強制停止", "Forced stop by the institution"),
        other => (other, other),
    };
    words.pick(ja, en)
}

/// `whose`: of which branch; the months it goes from and to, as they are written.
pub(super) fn sheet(report: &ReportView, whose: &str, (from, until): (&str, &str), words: Words) -> Sheet {
    let word = |(ja, en): Word| words.pick(ja, en).to_owned();
    let text = |text: &str| Cell::Text(text.to_owned());
    let number = |number: u32| Cell::Number(i64::from(number));
    let mut columns = vec![words.column(("項目", "Item"), false), words.column(("内訳", "Of these"), false)];
    columns.extend(report.months.iter().map(|month| Column { name: month.replace('-', "/"), number: true }));
    columns.push(words.column(("合計", "Total"), true));
    let mut rows = Vec::new();
    for row in &report.rows {
        let mut cells = vec![Cell::Text(word(kind(row.kind))), text(detail(&row.detail, words))];
        cells.extend(row.counts.iter().copied().map(number));
        cells.push(number(row.total));
        rows.push(cells);
    }
    for times in &report.times {
        for (what, of) in SPANS {
            let mut cells = vec![Cell::Text(word(time(times.kind))), Cell::Text(word(what))];
            cells.extend(times.months.iter().chain([&times.all]).map(|span| match (of(span), span.count) {
                // Of nothing there is no middle and no longest.
                (_, 0) if what != SPANS[0].0 => text(""),
                (value, _) => number(value),
            }));
            rows.push(cells);
        }
    }
    // What is of no month stands under the total alone.
    for (name, value) in [(("未取得", "Not fetched"), report.not_fetched), (("期限間近", "Ending soon"), report.ending)]
    {
        let mut cells = vec![Cell::Text(word(name)), Cell::Text(word(("現在", "now")))];
        cells.extend(report.months.iter().map(|_| text("")));
        cells.push(number(value));
        rows.push(cells);
    }
    let about = match words.0 {
        Language::Ja => format!("{whose} {from}から{until}まで"),
        Language::En => format!("{whose}, {from} to {until}"),
    };
    Sheet { title: word(("報告", "Report")), about, columns, rows }
}

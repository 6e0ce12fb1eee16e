//! A report as tables: by month, by branch, and what a chart shows.

use crate::cases::export::{Cell, Column, Sheet};
use crate::cases::words::{Word, Words};
use crate::view::{ReportChart, ReportKind, ReportRow, ReportSpan, ReportTimeKind, ReportView};

/// A report, of what it is, and in which language it is told.
#[derive(Clone, Copy)]
pub(super) struct Of<'a> {
    pub(super) report: &'a ReportView,
    /// Of which branch and months.
    pub(super) about: &'a str,
    pub(super) words: Words,
}

type OfSpan = fn(&ReportSpan) -> u32;

const SPANS: [(Word, OfSpan); 3] = [
    (("件数", "Count"), |span| span.count),
    (("中央値(秒)", "Median (s)"), |span| span.median),
    (("最長(秒)", "Longest (s)"), |span| span.worst),
];

/// What is counted; the same as on screen.
pub(super) fn kind(kind: ReportKind, words: Words) -> &'static str {
    let (ja, en) = match kind {
        ReportKind::Issued => ("発行", "Issued"),
        ReportKind::Reissued => ("再発行", "Reissued"),
        ReportKind::Renewed => ("更新", "Renewals"),
        ReportKind::Fetched => ("取得", "Fetched"),
        ReportKind::Suspended => ("一時停止", "Suspended"),
        ReportKind::Revoked => ("失効", "Revoked"),
        ReportKind::Lapsed => ("取得期限切れ", "Lapsed"),
        ReportKind::NotFetched => ("未取得(発行した月)", "Not fetched (month of issue)"),
        ReportKind::Ending => ("期限到来(次の証明書なし)", "Ending (nothing after it)"),
    };
    words.pick(ja, en)
}

/// What a chart shows; the same as on screen.
pub(super) fn chart(chart: ReportChart, words: Words) -> &'static str {
    match chart {
        ReportChart::Issued => words.pick("発行・再発行・取得の件数", "Issued, reissued and fetched"),
        ReportChart::Stopped => words.pick("一時停止・失効・取得期限切れの件数", "Suspended, revoked and lapsed"),
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

/// What stands beside each other in a chart.
pub(super) fn series(report: &ReportView, chart: ReportChart) -> impl Iterator<Item = &ReportRow> {
    let kinds = report.charts.iter().filter(move |one| one.chart == chart).flat_map(|one| &one.kinds);
    kinds.filter_map(|kind| report.rows.iter().find(|row| row.kind == *kind && row.detail.is_empty()))
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn number(number: u32) -> Cell {
    Cell::Number(i64::from(number))
}

/// Of nothing there is no middle and no longest.
fn spans<'a>(what: Word, of: OfSpan, spans: impl Iterator<Item = &'a ReportSpan>) -> Vec<Cell> {
    spans.map(|span| if span.count == 0 && what != SPANS[0].0 { text("") } else { number(of(span)) }).collect()
}

/// The columns of numbers of a table by month.
fn months<'a>(Of { report, words, .. }: Of<'a>) -> impl Iterator<Item = Column> + 'a {
    let month = |month: &String| Column { name: month.replace('-', "/"), number: true };
    report.months.iter().map(month).chain([words.column(("合計", "Total"), true)])
}

fn counts(row: &ReportRow) -> impl Iterator<Item = Cell> {
    row.counts.iter().chain([&row.total]).copied().map(number)
}

/// By month.
pub(super) fn by_month(of: Of<'_>) -> Sheet {
    let Of { report, words, .. } = of;
    let word = |(ja, en): Word| text(words.pick(ja, en));
    let mut columns = vec![words.column(("項目", "Item"), false), words.column(("内訳", "Of these"), false)];
    columns.extend(months(of));
    let mut rows = Vec::new();
    for row in &report.rows {
        rows.push(
            [text(kind(row.kind, words)), text(detail(&row.detail, words))].into_iter().chain(counts(row)).collect(),
        );
    }
    for times in &report.times {
        for (what, of) in SPANS {
            let mut cells = vec![word(time(times.kind)), word(what)];
            cells.extend(spans(what, of, times.months.iter().chain([&times.all])));
            rows.push(cells);
        }
    }
    // What is of no month stands under the total alone.
    for (name, value) in [(("未取得", "Not fetched"), report.not_fetched), (("期限間近", "Ending soon"), report.ending)]
    {
        let mut cells = vec![word(name), word(("現在", "now"))];
        cells.extend(report.months.iter().map(|_| text("")));
        cells.push(number(value));
        rows.push(cells);
    }
    Sheet { title: words.pick("報告", "Report").to_owned(), about: of.about.to_owned(), columns, rows }
}

/// The figures of a chart.
pub(super) fn of_chart(of: Of<'_>, which: ReportChart) -> Sheet {
    let columns = [of.words.column(("項目", "Item"), false)].into_iter().chain(months(of)).collect();
    let row = |row: &ReportRow| [text(kind(row.kind, of.words))].into_iter().chain(counts(row)).collect();
    Sheet {
        title: chart(which, of.words).to_owned(),
        about: of.about.to_owned(),
        columns,
        rows: series(of.report, which).map(row).collect(),
    }
}

/// Branches below each other, with what each had of all months; the last row is of all of them.
pub(super) fn by_branch(of: Of<'_>) -> Sheet {
    let Of { report, words, .. } = of;
    let named = |name: &str, of: &str| if of.is_empty() { name.to_owned() } else { format!("{name}: {of}") };
    let mut columns = vec![words.column(("店番", "Branch code"), false), words.column(("店名", "Branch"), false)];
    let heads = report.rows.iter().map(|row| named(kind(row.kind, words), detail(&row.detail, words)));
    columns.extend(heads.map(|name| Column { name, number: true }));
    for times in &report.times {
        let (of_time, spans) = (time(times.kind), SPANS.map(|(what, _)| what));
        let names = spans.map(|what| named(words.pick(of_time.0, of_time.1), words.pick(what.0, what.1)));
        columns.extend(names.map(|name| Column { name, number: true }));
    }
    let lines = report.compared.iter().map(|one| (one.code.as_str(), one.name.as_str()));
    let lines = lines.chain([("", words.pick("合計", "Total"))]).enumerate();
    let row = |(place, (code, name)): (usize, (&str, &str))| {
        let mut cells = vec![text(code), text(name)];
        // Beyond the last branch there are all of them.
        cells.extend(report.rows.iter().map(|row| number(row.branches.get(place).copied().unwrap_or(row.total))));
        for times in &report.times {
            let span = times.branches.get(place).unwrap_or(&times.all);
            cells.extend(SPANS.into_iter().flat_map(|(what, of)| spans(what, of, [span].into_iter())));
        }
        cells
    };
    Sheet {
        title: words.pick("店別の報告", "Report by branch").to_owned(),
        about: of.about.to_owned(),
        columns,
        rows: lines.map(row).collect(),
    }
}

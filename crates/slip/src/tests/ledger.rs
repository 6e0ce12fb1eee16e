//! Papers over many pages: nothing of a long day is cut, and every page says which one it is.

use super::*;

const LONG: &str = "特定非営利活動法人日本海沿岸地域総合物流情報化推進協議会連合会見本支部事務局";

pub(super) fn ledger(rows: usize, training: bool) -> Slip {
    let row = |n: usize| LedgerRow {
        at: format!("{:02}:{:02}:09", 9 + n / 60, n % 60),
        kinds: "申込の登録(承認依頼)、発行、発行通知書の印刷".into(),
        exceptions: if n.is_multiple_of(7) { "緊急停止、業務時間外".into() } else { String::new() },
        users: format!("MIHON{n:05}、TANTOU{n:05}"),
        customer: format!("{LONG}第{n}号"),
        receipt: format!("001-261124-{n:05}"),
        staff: "訓練 花子勅使河原権左衛門(T1001)".into(),
        approver: "訓練 太郎(S2001・代行)".into(),
        terminal: "本店営業部 窓口3番".into(),
    };
    Slip::DayLedger(DayLedger {
        training,
        institution: "訓練信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        day: "2026年11月24日(令和8年)".into(),
        span: "2026年11月20日 17時から 2026年11月24日 17時まで".into(),
        made_at: "2026年11月24日(令和8年) 17時30分0秒".into(),
        staff: "訓練 太郎".into(),
        rows: (1..=rows).map(row).collect(),
        exceptions: 3,
        head_size: "1024".into(),
        head_root: (0..8).map(|n| format!("{n:08X}")).collect(),
        head_words: (0..16).map(|n| format!("ことば{n}")).collect(),
        head_line: format!("madoguchi-head-1 1024 {}", "5A".repeat(32)),
        signed: Some(LedgerSigned {
            by: "訓練 太郎(S2001)".into(),
            at: "2026年11月24日(令和8年) 17時5分0秒".into(),
            comment: "緊急停止は電話の記録と照合しました".into(),
        }),
    })
}

/// The text of each page in the order in which it is drawn: cell by cell, however the lines of two of them meet.
pub(super) fn pages_by_cell(slip: &Slip) -> Vec<String> {
    let text = String::from_utf8(through("pdftotext", &["-raw", "-", "-"], &render_pdf(slip).unwrap())).unwrap();
    let mut pages: Vec<String> = text.split('\u{c}').map(squeezed).collect();
    assert_eq!(pages.pop().as_deref(), Some(""), "each page ends in a form feed");
    pages
}

#[test]
fn a_long_day_runs_over_pages_and_nothing_is_cut() {
    let slip = ledger(130, true);
    let pages = pages_by_cell(&slip);
    assert!(pages.len() > 5, "{}", pages.len());
    let all = pages.concat();
    for n in 1..=130 {
        for word in [format!("MIHON{n:05}"), format!("{LONG}第{n}号"), format!("001-261124-{n:05}")] {
            assert!(all.contains(&word), "{word} is cut");
        }
    }
    for (n, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("{}/{}ページ", n + 1, pages.len())), "page {n} does not say which it is");
        assert!(page.contains("時刻種別・例外") || n + 1 == pages.len(), "page {n} has no head of the table");
    }
    assert_eq!(all.matches('◆').count(), 18);
    for word in
        ["1024", "00000007", "ことば15", "訓練太郎(S2001)", "緊急停止は電話の記録と照合しました", "検印", "精査"]
    {
        assert!(all.contains(word), "{word}");
    }
    assert_eq!(render_svg(&slip).unwrap().len(), pages.len());
    assert!(render_svg(&slip).unwrap().iter().all(|page| page.contains(MARK)), "the training mark is on every page");
    assert!(render_svg(&ledger(130, false)).unwrap().iter().all(|page| !page.contains(MARK)));
}

/// Where the text of each page ends, and how high the page is, points.
fn bottoms(pdf: &[u8]) -> Vec<(f64, f64)> {
    let html = String::from_utf8(through("pdftotext", &["-bbox", "-", "-"], pdf)).unwrap();
    let number = |of: &str, name: &str| -> f64 {
        let (_, rest) = of.split_once(&format!("{name}=\"")).unwrap();
        rest.split_once('"').unwrap().0.parse().unwrap()
    };
    let page = |page: &str| {
        let words = page.lines().filter(|line| line.contains("<word "));
        (words.map(|word| number(word, "yMax")).fold(0.0, f64::max), number(page, "height"))
    };
    html.split("<page ").skip(1).map(page).collect()
}

/// An approval of a contract of 99, with every event and every user ID written out: more than a page holds.
#[test]
fn a_row_higher_than_a_page_goes_on_on_the_next() {
    let Slip::DayLedger(mut ledger) = ledger(9, true) else { unreachable!() };
    ledger.rows[3].kinds = (1..=99).map(|n| format!("利用者IDの追加{n}番")).collect::<Vec<_>>().join("、");
    ledger.rows[3].users = (1..=99).map(|n| format!("KAISHA{n:03}")).collect::<Vec<_>>().join("、");
    let wide =
        ledger.rows.iter().map(|row| vec![row.at.clone(), row.kinds.clone(), row.users.clone(), row.receipt.clone()]);
    let column = |name: &str| TableColumn { name: name.into(), number: false };
    let table = TablePaper {
        training: true,
        institution: "訓練信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        title: "発行ログ".into(),
        about: "2026年11月24日 現在".into(),
        made_at: "2026年11月24日(令和8年)".into(),
        staff: "訓練 花子".into(),
        columns: ["日時", "操作", "利用者ID", "受付番号", "端末", "お客様", "実行者", "未接続"].map(column).into(),
        rows: wide
            .map(|mut row| {
                row.resize(8, "見本".into());
                row
            })
            .collect(),
    };
    for slip in [Slip::DayLedger(ledger), Slip::Table(table)] {
        let pages = pages_by_cell(&slip);
        let all = pages.concat();
        assert!((1..=99).all(|n| all.contains(&format!("KAISHA{n:03}"))), "a user ID is cut: {all}");
        // A word may go on on the next page.
        let broken = (1..=99).filter(|n| !all.contains(&format!("の追加{n}番"))).count();
        assert!(broken < pages.len(), "{broken} words are cut: {all}");
        for n in 1..=9 {
            assert!(all.contains(&format!("001-261124-{n:05}")), "row {n} is cut");
        }
        for (n, (bottom, height)) in bottoms(&render_pdf(&slip).unwrap()).into_iter().enumerate() {
            assert!(bottom > 0.0 && bottom < height - 10.0, "page {n} runs off its end: {bottom} of {height}");
        }
    }
}

#[test]
fn a_day_without_entries_says_so() {
    let Slip::DayLedger(ledger) = ledger(0, true) else { unreachable!() };
    let text = only_page(&Slip::DayLedger(DayLedger { signed: None, ..ledger }));
    assert!(text.contains("この営業日の記録はありません") && text.contains("検印されていません"), "{text}");
}

#[test]
fn a_table_lies_on_its_side_and_holds_everything() {
    let columns = ["残り日数", "氏名・名称", "電話", "契約者番号", "利用者ID", "役割", "利用PC", "証明書"];
    let rows = |count: usize| {
        (1..=count).map(|n| {
            let mut row: Vec<String> = columns.iter().map(|name| format!("{name}{n}")).collect();
            row[1] = format!("{LONG}第{n}号");
            row
        })
    };
    let slip = Slip::Table(TablePaper {
        training: true,
        institution: "訓練信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        title: "期限の近い証明書".into(),
        about: "2026年11月24日 現在".into(),
        made_at: "2026年11月24日(令和8年)".into(),
        staff: "訓練 花子".into(),
        columns: columns
            .iter()
            .enumerate()
            .map(|(n, name)| TableColumn { name: (*name).into(), number: n == 0 })
            .collect(),
        rows: rows(90).collect(),
    });
    let pages = pages_by_cell(&slip);
    let all = pages.concat();
    assert!(pages.len() > 1);
    for row in rows(90) {
        for cell in row {
            assert!(all.contains(&squeezed(&cell)), "{cell}");
        }
    }
    let svg = render_svg(&slip).unwrap();
    assert!(svg[0].contains("viewBox=\"0 0 841.88"), "{}", &svg[0][..200]);
}

//! Files that a spreadsheet opens: what a customer is called stays a name.

use domain::customer::{CertificateState, UserRole};

use super::csv::text as guarded;
use super::*;
use crate::view::{ApplicationRow, CertificateRow, IncidentRow, Language, ListPage};

fn row(name: &str) -> CertificateRow {
    CertificateRow {
        certificate_id: "c".into(),
        application_id: "a".into(),
        customer_id: "k".into(),
        customer_name: name.into(),
        customer_kana: "ミホン".into(),
        phone: "025-000-0001".into(),
        user_id: "MIHON001".into(),
        contract: "1000000001".into(),
        role: Some(UserRole::Administrator),
        device_label: "経理課 1号機".into(),
        state: CertificateState::Active,
        day: "2026-11-22".into(),
        days_left: -3,
        renews: false,
        successor: None,
    }
}

fn page(list: TodayList, names: &[&str]) -> ListPage {
    let certificates = names.iter().map(|name| row(name)).collect();
    ListPage { list, certificates, incidents: Vec::new(), applications: Vec::new(), next: None }
}

fn sheet(page: &ListPage) -> Sheet {
    list::sheet(page, "2026-11-24".parse().unwrap(), Words(Language::Ja))
}

fn csv(page: &ListPage) -> Vec<u8> {
    super::csv::whole(&sheet(page), Encoding::Utf8).unwrap()
}

fn read(bytes: &[u8]) -> Vec<Vec<String>> {
    let plain = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap();
    let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(plain);
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn a_file_as_excel_wants_it() {
    let bytes = csv(&page(TodayList::Ending, &["株式会社見本製作所", "㈱髙﨑商店, \"本店\""]));
    let text = std::str::from_utf8(&bytes).unwrap();
    assert!(text.starts_with("\u{feff}残り日数,有効期限,氏名・名称,"), "{text}");
    assert_eq!((text.matches("\r\n").count(), text.matches('\n').count()), (3, 3), "CRLF and nothing else");
    assert!(text.ends_with("\r\n"));
    let rows = read(&bytes);
    assert_eq!(rows[2][2], "㈱髙﨑商店, \"本店\"", "quoted, and read back as it was");
    assert_eq!(rows[1][..2], ["-3", "2026/11/22"], "our own numbers stay numbers");
    assert_eq!(rows[1][7..], ["管理者", "経理課 1号機", "有効", ""]);
}

#[test]
fn in_english_the_words_are_english_and_the_names_stay() {
    let of = |page: &ListPage| list::sheet(page, "2026-11-24".parse().unwrap(), Words(Language::En));
    let ending = of(&page(TodayList::Ending, &["㈱髙﨑商店"]));
    assert_eq!((ending.title.as_str(), ending.about.as_str()), ("Certificates ending soon", "as of 24 November 2026"));
    let titles: Vec<_> = ending.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(titles[..3], ["Days left", "Valid until", "Name"]);
    assert_eq!(ending.columns.iter().filter(|column| column.number).count(), 1);
    let row: Vec<_> = ending.rows[0].iter().map(Cell::plain).collect();
    assert_eq!(row[2..4], ["㈱髙﨑商店", "ミホン"]);
    assert_eq!(row[7..], ["Administrator", "経理課 1号機", "active", ""]);
    // The same columns as in Japanese, in every list.
    for list in [TodayList::ToPrint, TodayList::Ending, TodayList::Unconfirmed, TodayList::Waiting] {
        let (ja, en) = (sheet(&page(list, &[])), of(&page(list, &[])));
        let numbers = |sheet: &Sheet| sheet.columns.iter().map(|column| column.number).collect::<Vec<_>>();
        assert_eq!(numbers(&ja), numbers(&en));
        let ascii = |text: &str| text.is_ascii() && !text.is_empty();
        assert!(ascii(&en.title) && en.columns.iter().all(|column| ascii(&column.name)), "{en:?}");
    }
    assert_eq!(ExportAs { format: ExportFormat::Pdf, language: Language::En }.language(), Language::Ja, "paper");
}

#[test]
fn nothing_in_it_is_calculated() {
    let hostile = [
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+81-25-000-0001",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "\n=1+1",
        "  =1+1",
        "\u{3000}＝1+1",
        "＝HYPERLINK(\"http://example.jp\")",
        "＋1",
        "－1",
        "＠SUM(A1)",
        "\u{2212}2+3",
    ];
    let rows = read(&csv(&page(TodayList::NotFetched, &hostile)));
    assert_eq!(rows.len(), hostile.len() + 1);
    for (row, name) in rows[1..].iter().zip(hostile) {
        assert_eq!(row[2], format!("'{name}"), "made text, and nothing of it is lost");
        assert_eq!(row.len(), rows[0].len(), "{name:?}: nothing spills into another cell");
    }
    for harmless in ["株式会社=見本", "見本-商店", "a@example.jp", "'quoted'", "1+1", "見本,\"商店\"", ""]
    {
        assert_eq!(guarded(harmless), harmless);
    }
}

#[test]
fn every_list_has_as_many_cells_as_titles() {
    let at = "2026-11-24T15:30:05+00:00";
    let incident = IncidentRow {
        incident_id: "i".into(),
        customer_id: "k".into(),
        customer_name: "=見本".into(),
        customer_kana: "ミホン".into(),
        phone: "025-000-0001".into(),
        cause: domain::customer::IncidentCause::Lost,
        user_id: String::new(),
        contract: "1000000001".into(),
        reported_at: at.into(),
        age_days: 1,
        caller: "@見本 太郎".into(),
        call_back: "+8190".into(),
        confirmed: false,
        paper: false,
        reminded: 2,
        overdue: false,
    };
    let application = ApplicationRow {
        application_id: "a".into(),
        customer_id: "k".into(),
        customer_name: "-見本".into(),
        customer_kana: "ミホン".into(),
        phone: "025-000-0001".into(),
        receipt: "001-261124-ABCDE".into(),
        kind: crate::view::RequestKind::Reissue,
        contract: "1000000001".into(),
        users: "MIHON001、MIHON002".into(),
        state: domain::customer::ApplicationState::Returned,
        submitted_at: at.into(),
        comment: "=届出印\n相違".into(),
    };
    for list in [
        TodayList::Waiting,
        TodayList::Returned,
        TodayList::ToPrint,
        TodayList::ToHandOver,
        TodayList::NotFetched,
        TodayList::BeingFetched,
        TodayList::Ending,
        TodayList::Incidents,
        TodayList::Unconfirmed,
        TodayList::PapersOutstanding,
        TodayList::Applications,
    ] {
        let page = ListPage {
            incidents: vec![incident.clone()],
            applications: vec![application.clone()],
            ..page(list, &["=見本"])
        };
        let rows = read(&csv(&page));
        assert_eq!((rows.len(), rows[1].len()), (2, rows[0].len()), "{list:?}");
        let acts = |cell: &String| cell.starts_with(['=', '+', '@']) || (cell.starts_with('-') && cell != "-3");
        assert!(!rows[1].iter().any(acts), "{list:?}: {:?}", rows[1]);
    }
}

#[test]
fn in_shift_jis_it_is_what_windows_writes_or_says_which_character_is_not() {
    let good = page(TodayList::Ending, &["株式会社見本製作所", "㈱髙﨑商店", "=見本"]);
    let bytes = super::csv::whole(&sheet(&good), Encoding::ShiftJis).unwrap();
    let (text, _, broken) = encoding_rs::SHIFT_JIS.decode(&bytes);
    assert!(!broken && !text.starts_with('\u{feff}'), "{text}");
    // The same cells as in UTF-8.
    assert_eq!(text.as_bytes(), csv(&good).strip_prefix("\u{feff}".as_bytes()).unwrap());
    assert!(text.contains("㈱髙﨑商店") && text.contains("'=見本"), "{text}");
    for (name, character) in
        [("𠮷野家具", "𠮷"), ("한글상사", "한"), ("Société", "é"), ("¥100ショップ", "¥"), ("見本‾商店", "‾")]
    {
        let refused = super::csv::whole(&sheet(&page(TodayList::Ending, &["見本", name])), Encoding::ShiftJis)
            .unwrap_err()
            .view();
        let said = ["row", "column", "character"].map(|arg| refused.args[arg].as_str());
        assert_eq!((refused.code, said), (domain::ErrorCode::ExportUnmappable, ["2", "氏名・名称", character]));
    }
}

/// What a Mac or a phone types for a sign that Windows has elsewhere is that sign, and nothing else is changed on the way.
#[test]
fn in_shift_jis_the_same_sign_is_written_whichever_way_it_was_typed() {
    let typed = ["見本〜商店", "見本～商店", "025\u{2212}000\u{2212}0001", "A‖B", "見本—商店", "¢£¬", "ｶﾅ\\~"];
    let meant = ["見本～商店", "見本～商店", "025－000－0001", "A∥B", "見本―商店", "￠￡￢", "ｶﾅ\\~"];
    let bytes = super::csv::whole(&sheet(&page(TodayList::Ending, &typed)), Encoding::ShiftJis).unwrap();
    let (text, _, _) = encoding_rs::SHIFT_JIS.decode(&bytes);
    let rows = read(format!("\u{feff}{text}").as_bytes());
    let names: Vec<&str> = rows[1..].iter().map(|row| row[2].as_str()).collect();
    assert_eq!(names, meant);
}

/// Of every sign there is: it comes back as it was or as Windows has it, or it is named. None that acts comes back unguarded.
#[test]
fn in_shift_jis_no_sign_becomes_another() {
    let column = Column { name: "名".to_owned(), number: false };
    let mut written = 0;
    for c in (' '..='\u{ffff}').chain(['𠮷', '😀']) {
        let cell = Cell::Text(format!("{c}1"));
        let mut csv = Csv::begin(Vec::new(), Encoding::ShiftJis, std::slice::from_ref(&column)).unwrap();
        let Err(refused) = csv.row(std::slice::from_ref(&cell)) else {
            let bytes = csv.end().unwrap();
            let (text, _, _) = encoding_rs::SHIFT_JIS.decode(&bytes);
            let rows = read(format!("\u{feff}{text}").as_bytes());
            let back = rows[1][0].as_str();
            let two_places =
                matches!(c, '\u{2212}' | '\u{301c}' | '\u{2016}' | '\u{2014}' | '\u{a2}' | '\u{a3}' | '\u{ac}');
            assert!(two_places || back.trim_start_matches('\'').starts_with(c) || c == '\'', "{c:?} {back}");
            assert!(!back.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']), "{c:?} {back}");
            written += 1;
            continue;
        };
        assert_eq!(refused.view().args["character"], c.to_string());
    }
    assert!(written > 7_000, "{written}");
}

#[test]
fn in_a_workbook_numbers_are_numbers_and_everything_else_is_text() {
    use calamine::{Data, Reader as _, Xlsx};
    let names = [
        "=1+1",
        "@SUM(A1)",
        "=HYPERLINK(\"http://example.jp\")",
        "株式会社見本製作所",
        "𠮷野家具",
        "https://example.jp/",
    ];
    let now = "2026-11-24T08:00:00Z".parse().unwrap();
    let bytes = super::xlsx::workbook(&sheet(&page(TodayList::Ending, &names)), now).unwrap();
    let mut book = Xlsx::new(std::io::Cursor::new(bytes.clone())).unwrap();
    let sheets = book.sheet_names();
    let range = book.worksheet_range(&sheets[0]).unwrap();
    assert_eq!(range.height(), names.len() + 1);
    for (row, name) in range.rows().skip(1).zip(names) {
        assert_eq!(row[0], Data::Float(-3.0), "a number of ours");
        assert_eq!(row[2], Data::String(name.to_owned()), "as it was given");
        // What looks like a number and is none keeps its zeros and its hyphens.
        assert_eq!((&row[4], &row[5]), (&Data::String("025-000-0001".into()), &Data::String("1000000001".into())));
    }
    assert!(book.worksheet_formula(&sheets[0]).unwrap().is_empty(), "nothing is calculated");
    let again = super::xlsx::workbook(&sheet(&page(TodayList::Ending, &names)), now).unwrap();
    assert_eq!(bytes, again, "the same list is the same file");
}

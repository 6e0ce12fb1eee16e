#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

fn notice(name: &str, code: &str, masked: bool) -> Slip {
    let contact = |title: &str| Contact {
        title: title.into(),
        phone: "0120-000-000".into(),
        hours: "平日 9:00~22:00".into(),
        email: Some("system@example.jp".into()),
    };
    Slip::IssueNotice(IssueNotice {
        training: true,
        institution: "訓練信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        customer_name: name.into(),
        customer_kana: "カブシキガイシャミホン".into(),
        contract_number: "1000000001".into(),
        user_id: "MIHON001".into(),
        user_role: "管理者".into(),
        device_label: "経理課 1号機".into(),
        pickup_code: PickupCodeText::new(code.into()),
        masked,
        deadline: "2027年2月12日(令和9年)".into(),
        issued_at: "2026年11月24日(令和8年)".into(),
        portal_url: "https://pickup.example.jp/pickup/".into(),
        contacts: vec![contact("操作に関するお問い合わせ"), contact("お申し込み等に関するお問い合わせ")],
        print_number: 1,
        notice_id: "0123abcd".into(),
        staff: "訓練 花子".into(),
    })
}

/// The text of a PDF, by a tool that is not ours.
fn text(pdf: &[u8]) -> String {
    let mut tool = Command::new("pdftotext").args(["-layout", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = tool.stdin.take().unwrap();
    stdin.write_all(pdf).unwrap();
    drop(stdin);
    String::from_utf8(tool.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn one_page_with_everything_on_it() {
    let slip = notice("株式会社見本製作所", "ABCD-EFGH-JKMN-PQRS-T", false);
    assert_eq!(render_svg(&slip).unwrap().len(), 1);
    let text = text(&render_pdf(&slip).unwrap());
    for word in ["訓練", "株式会社見本製作所", "MIHON001", "ABCD-EFGH-JKMN-PQRS-T", "2027年2月12日", "0120-000-000", "pickup.example.jp"] {
        assert!(text.contains(word), "{word} in {text}");
    }
    assert_eq!(text.matches("ABCD-EFGH").count(), 1, "the branch's half has no code");
}

#[test]
fn a_masked_slip_does_not_know_the_code() {
    let (a, b) = (notice("見本", "ABCD-EFGH-JKMN-PQRS-T", true), notice("見本", "0123-4567-89AB-CDEF-G", true));
    assert_eq!(render_svg(&a).unwrap(), render_svg(&b).unwrap());
    assert_eq!(text(&render_pdf(&a).unwrap()), text(&render_pdf(&b).unwrap()));
    assert_ne!(render_svg(&notice("見本", "ABCD-EFGH-JKMN-PQRS-T", false)).unwrap(), render_svg(&a).unwrap());
    assert!(!format!("{a:?}").contains("ABCD"));
}

#[test]
fn hostile_and_long_names_are_text_on_one_page() {
    for name in ["#panic()", "<script>alert(1)</script>", "*太字* _斜体_ $x$", "㈱髙﨑濵①", &"株式会社".repeat(10), "\"],\"x\":[\""] {
        let slip = notice(name, "ABCD-EFGH-JKMN-PQRS-T", false);
        let pages = render_svg(&slip).unwrap();
        assert_eq!(pages.len(), 1, "{name}");
        assert!(!pages[0].contains("<script"), "{name}");
        let shown: String = text(&render_pdf(&slip).unwrap()).split_whitespace().collect();
        let wanted: String = name.split_whitespace().collect();
        assert!(shown.contains(&wanted), "{name} in {shown}");
    }
}

#[test]
fn fifty_at_once_each_carry_their_own() {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..50)
            .map(|n| {
                scope.spawn(move || {
                    let name = format!("見本{n:02}商店");
                    let code = format!("{n:04}-EFGH-JKMN-PQRS-T");
                    let text = text(&render_pdf(&notice(&name, &code, false)).unwrap());
                    assert!(text.contains(&name) && text.contains(&code));
                    assert_eq!(text.matches("見本").count(), 2, "nobody else's name");
                })
            })
            .collect();
        threads.into_iter().for_each(|t| t.join().unwrap());
    });
}

#[test]
fn names_that_cannot_be_printed_are_told() {
    assert_eq!(unprintable("㈱髙橋 﨑濵①"), None);
    assert_eq!(unprintable("𠮷野"), Some('𠮷'));
}

#[test]
fn the_receipt_is_one_page() {
    let slip = Slip::Receipt(Receipt {
        training: false,
        institution: "見本信用金庫".into(),
        branch_name: "本店".into(),
        branch_code: "001".into(),
        customer_name: "見本商店".into(),
        contract_number: "1000000001".into(),
        kind: "電子証明書方式への変更".into(),
        user_ids: vec![("MIHON001".into(), "経理課".into()), ("MIHON002".into(), "社長室".into())],
        receipt_number: "001-261124-ABCDE".into(),
        received_at: "2026年11月24日".into(),
        staff: "花子".into(),
        next_steps: "承認後、発行通知書をお渡しします。".into(),
        contacts: Vec::new(),
    });
    assert_eq!(render_svg(&slip).unwrap().len(), 1);
    assert!(text(&render_pdf(&slip).unwrap()).contains("001-261124-ABCDE"));
}

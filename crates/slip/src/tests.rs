//! The slips, judged by poppler (the text and pixels of the PDF) and by a QR reader: tools that are not ours.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use super::*;

mod invitation;
mod ledger;
mod letters;
mod report;

const CODE: &str = "ABCD-EFGH-JKMN-PQRS-T";
/// The colour of the training mark, which is drawn and so in no text.
const MARK: &str = "#c85a0024";
const PORTAL: &str = "https://pickup.example.jp/pickup/";

fn contacts() -> Vec<Contact> {
    let contact = |title: &str, phone: &str, hours: &str, email: Option<&str>| Contact {
        title: title.into(),
        phone: phone.into(),
        hours: hours.into(),
        email: email.map(Into::into),
    };
    vec![
        contact("操作に関するお問い合わせ しんきんIBヘルプデスク", "0120-000-000", "平日 9:00~22:00", None),
        contact(
            "お申し込み等に関するお問い合わせ 事務部システム課",
            "025-000-0000",
            "平日 9:00~17:00",
            Some("system@example.jp"),
        ),
    ]
}

fn notice(name: &str, code: &str, masked: bool) -> IssueNotice {
    IssueNotice {
        training: true,
        institution: "訓練信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        customer_name: name.into(),
        customer_kana: "カブシキガイシャミホンセイサクショ".into(),
        contract_number: "1000000001".into(),
        user_id: "MIHON001".into(),
        user_role: "管理者".into(),
        device_label: "経理課 1号機".into(),
        pickup_code: PickupCodeText::new(code.into()),
        masked,
        deadline: "2027年2月12日(令和9年)".into(),
        issued_at: "2026年11月24日(令和8年)".into(),
        portal_url: PORTAL.into(),
        contacts: contacts(),
        print_number: 1,
        reissue: false,
        old_certificate: None,
        notice_id: "0123abcd".into(),
        staff: "訓練 花子".into(),
    }
}

fn slip(name: &str) -> Slip {
    Slip::IssueNotice(notice(name, CODE, false))
}

fn receipt(name: &str, users: usize) -> Slip {
    Slip::Receipt(Receipt {
        training: true,
        institution: "訓練信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        customer_name: name.into(),
        contract_number: "1000000001".into(),
        kind: "電子証明書方式への変更".into(),
        user_ids: (1..=users).map(|n| (format!("MIHON{n:03}"), format!("経理課 {n}号機"))).collect(),
        receipt_number: "001-261124-ABCDE".into(),
        received_at: "2026年11月24日(令和8年)".into(),
        staff: "訓練 花子".into(),
        next_steps: "役席の承認後、発行通知書をお渡しします。\n取得期限までに、電子証明書を取得してください。".into(),
        contacts: contacts(),
    })
}

fn through(tool: &str, args: &[&str], input: &[u8]) -> Vec<u8> {
    let mut tool = Command::new(tool).args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = tool.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = tool.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success());
    output.stdout
}

/// The text of each page, without any white space: a name may wrap.
fn pages_of_text(slip: &Slip) -> Vec<String> {
    let text = String::from_utf8(through("pdftotext", &["-", "-"], &render_pdf(slip).unwrap())).unwrap();
    let mut pages: Vec<String> = text.split('\u{c}').map(squeezed).collect();
    assert_eq!(pages.pop().as_deref(), Some(""), "each page ends in a form feed");
    pages
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn only_page(slip: &Slip) -> String {
    let mut pages = pages_of_text(slip);
    assert_eq!(pages.len(), 1, "one page: {pages:?}");
    pages.remove(0)
}

#[test]
fn one_page_with_everything_on_it() {
    for training in [true, false] {
        let slip = Slip::IssueNotice(IssueNotice { training, ..notice("株式会社見本製作所", CODE, false) });
        assert_eq!(render_svg(&slip).unwrap().len(), 1);
        let text = only_page(&slip);
        for word in [
            "電子証明書発行通知書",
            "訓練信用金庫",
            "本店営業部（店番001）",
            "株式会社見本製作所御中",
            "カブシキガイシャミホンセイサクショ",
            "1000000001",
            "MIHON001",
            "管理者",
            "経理課1号機",
            "2027年2月12日(令和9年)まで",
            "2026年11月24日(令和8年)",
            PORTAL,
            "0120-000-000",
            "平日9:00~22:00",
            "025-000-0000",
            "平日9:00~17:00",
            "system@example.jp",
            "MicrosoftEdge",
            "GoogleChrome",
            "第1回発行",
            "0123abcd",
            "訓練花子",
            "切り取り線",
            "受領書",
            "1/1ページ",
        ] {
            assert!(text.contains(word), "{word} in {text}");
        }
        assert_eq!(text.matches(CODE).count(), 1, "the branch's part has no code");
        assert_eq!(text.contains("訓練用—実際の手続きには使用できません"), training);
        assert_eq!(text.contains("【訓練】"), training);
        assert_eq!(render_svg(&slip).unwrap()[0].contains(MARK), training);
    }
}

#[test]
fn the_code_is_copied_from_the_text_as_it_is_typed() {
    // With the layout kept, as a person copies it out of a viewer.
    let text =
        String::from_utf8(through("pdftotext", &["-layout", "-", "-"], &render_pdf(&slip("見本")).unwrap())).unwrap();
    assert!(text.contains(CODE), "{text}");
}

#[test]
fn a_masked_slip_does_not_know_the_code() {
    let masked = |code| Slip::IssueNotice(notice("見本", code, true));
    let (a, b) = (masked(CODE), masked("0123-4567"));
    assert_eq!(render_svg(&a).unwrap(), render_svg(&b).unwrap());
    assert_eq!(render_pdf(&a).unwrap(), render_pdf(&b).unwrap());
    assert!(only_page(&a).contains("●●●●-●●●●"));
    assert!(!only_page(&a).contains("ABCD"));
    // The comparison would show a code: unmasked, the same two differ.
    let open = |code| Slip::IssueNotice(notice("見本", code, false));
    assert_ne!(render_svg(&open(CODE)).unwrap(), render_svg(&open("0123-4567")).unwrap());
    assert_ne!(render_pdf(&open(CODE)).unwrap(), render_pdf(&open("0123-4567")).unwrap());
    assert!(!format!("{:?}", open(CODE)).contains("ABCD"));
}

#[test]
fn hostile_and_long_names_are_text_on_one_page() {
    let long = "株式会社".repeat(10);
    for name in [
        "#eval(\"1 + 1\")",
        "#panic()",
        "<script>alert(1)</script>",
        "*太字* _斜体_ $x$ `raw`",
        "㈱髙﨑濵①",
        &long,
        "\"],\"x\":[\"",
        "= 見出し",
        "\\u{41}",
        "'; DROP TABLE customer; --",
        "@see <label> // 注",
        "葛\u{e0100}城",
        &"W".repeat(40),
        "見本 & Co. ~-- \"引用\"",
    ] {
        let slips = [
            Slip::IssueNotice(IssueNotice {
                customer_kana: name.into(),
                device_label: name.into(),
                staff: name.into(),
                ..notice(name, CODE, false)
            }),
            receipt(name, 3),
        ];
        for (slip, times) in slips.iter().zip([5, 1]) {
            let pages = render_svg(slip).unwrap();
            assert_eq!(pages.len(), 1, "{name}");
            assert!(!pages[0].contains("<script"), "{name}");
            let text: String = only_page(slip).replace('\u{200b}', "");
            assert!(text.matches(&squeezed(name)).count() >= times, "{name} in {text}");
        }
    }
}

#[test]
fn unseen_and_unknown_characters_are_made_visible() {
    let text = only_page(&slip("見本\u{202e}店商𠮷"));
    assert!(text.contains("見本〔U+202E〕店商〓御中"), "{text}");
    assert!(!text.contains('\u{202e}'));
}

#[test]
fn svg_is_drawing_only() {
    for slip in [slip("<script>alert(1)</script>&amp;"), receipt("\"onload=\"alert(1)", 2)] {
        for page in render_svg(&slip).unwrap() {
            let tags = page.split('<').skip(1).filter(|t| !t.starts_with('/'));
            let names: BTreeSet<&str> = tags.clone().map(|t| t.split([' ', '>', '/']).next().unwrap()).collect();
            let known = BTreeSet::from(["svg", "g", "path", "use", "defs", "symbol", "clipPath"]);
            assert!(names.is_subset(&known), "{names:?}");
            for tag in tags {
                assert!(!tag.contains(" on") && !tag.contains("style=") && !tag.contains("data:"), "{tag}");
                assert!(tag.split("href=\"").skip(1).all(|target| target.starts_with('#')), "{tag}");
            }
            assert!(!page.contains("alert"));
        }
    }
}

#[test]
fn fifty_at_once_each_carry_their_own() {
    let name = |n: u32| format!("見本{n:02}商店");
    let code = |n: u32| format!("{n:04}-EFGH-JKMN-PQRS-T");
    let slip = |n: u32| Slip::IssueNotice(notice(&name(n), &code(n), false));
    let alone: Vec<_> = (0..50).map(|n| render_svg(&slip(n)).unwrap()).collect();
    std::thread::scope(|scope| {
        for n in 0..50 {
            let alone = &alone;
            scope.spawn(move || {
                assert_eq!(render_svg(&slip(n)).unwrap(), alone[n as usize], "the same as when rendered alone");
                let text = only_page(&slip(n));
                assert_eq!(text.matches(&name(n)).count(), 2);
                assert_eq!(text.matches("商店").count(), 2, "nobody else's name");
                assert_eq!(text.matches(&code(n)).count(), 1);
                assert_eq!(text.matches("-EFGH-").count(), 1, "nobody else's code");
            });
        }
        for n in 0..50 {
            scope.spawn(move || {
                let text = only_page(&receipt(&name(n), 2));
                assert_eq!((text.matches(&name(n)).count(), text.matches("商店").count()), (1, 1));
                assert!(!text.contains("-EFGH-"), "no code on a receipt");
            });
        }
    });
}

#[test]
fn the_same_slip_gives_the_same_bytes() {
    for slip in [slip("見本"), receipt("見本", 40)] {
        let pdf = render_pdf(&slip).unwrap();
        assert_eq!(pdf, render_pdf(&slip).unwrap());
        assert!(!String::from_utf8_lossy(&pdf).contains("CreationDate"));
    }
}

#[test]
fn a_second_print_says_that_the_first_is_void() {
    let second =
        Slip::IssueNotice(IssueNotice { print_number: 2, ..notice("株式会社見本製作所", CODE, false) });
    let text = only_page(&second);
    assert!(text.contains("第2回発行") && text.contains("取得コードは使えなくなりました"), "{text}");
    assert!(!only_page(&slip("見本")).contains("使えなくなりました"));
}

#[test]
fn a_receipt_of_many_user_ids_goes_on_and_says_training_on_each_page() {
    assert!(only_page(&receipt("見本商店", 2)).contains("001-261124-ABCDE"));
    let pages = pages_of_text(&receipt("見本商店", 99));
    assert!(pages.len() > 1);
    for (n, page) in pages.iter().enumerate() {
        assert!(page.contains("【訓練】") && page.contains("訓練用—実際の手続きには使用できません"), "{page}");
        assert!(page.contains(&format!("{}/{}ページ", n + 1, pages.len())), "{page}");
    }
    assert!(render_svg(&receipt("見本商店", 99)).unwrap().iter().all(|page| page.contains(MARK)));
    let all = pages.concat();
    assert!((1..=99).all(|n| all.contains(&format!("MIHON{n:03}"))));
}

/// What a reader finds in the QR codes of the paper.
fn in_qr_code(slip: &Slip) -> Vec<String> {
    let pgm = through("pdftoppm", &["-gray", "-r", "150", "-"], &render_pdf(slip).unwrap());
    let mut header = pgm.splitn(4, |b| b.is_ascii_whitespace());
    assert_eq!(header.next(), Some(&b"P5"[..]));
    let mut number = || std::str::from_utf8(header.next().unwrap()).unwrap().parse::<usize>().unwrap();
    let (width, height) = (number(), number());
    let pixels = &pgm[pgm.len() - width * height..];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(width, height, |x, y| pixels[y * width + x]);
    image.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
}

#[test]
fn a_reader_finds_the_portal_in_the_qr_code() {
    assert_eq!(in_qr_code(&slip("見本")), [PORTAL]);
}

#[test]
fn an_address_too_long_for_a_qr_code_is_refused() {
    let slip = Slip::IssueNotice(IssueNotice { portal_url: "x".repeat(3000), ..notice("見本", CODE, false) });
    assert!(matches!(render_svg(&slip), Err(SlipError::Encode(_))));
}

#[test]
fn the_templates_raise_no_warning() {
    let all = [slip("見本"), receipt("見本", 99)].into_iter().chain(letters::all("見本", 3));
    let reports = [Slip::Report(report::paper(36, 40)), Slip::Chart(report::picture(true))];
    for slip in all.chain([letters::again("見本", 2), invitation::paper("窓口 1番", true)]).chain(reports) {
        let warnings = typst::compile::<PagedDocument>(&SlipWorld::new(&slip).unwrap()).warnings;
        assert!(warnings.is_empty(), "{warnings:?}");
    }
}

/// Leaves PNGs to look at: `MADOGUCHI_SLIP_PNG=/some/folder cargo test -p slip -- --ignored`.
#[test]
#[ignore = "for the eye"]
fn pictures() {
    let folder = std::env::var("MADOGUCHI_SLIP_PNG").unwrap();
    let real = |name: &str, print_number| {
        Slip::IssueNotice(IssueNotice {
            training: false,
            print_number,
            institution: "見本信用金庫".into(),
            ..notice(name, CODE, false)
        })
    };
    for (file, slip) in [
        ("notice", real("株式会社見本製作所", 1)),
        ("notice-again-long", real(&"株式会社".repeat(10), 2)),
        ("notice-training", slip("㈱髙﨑濵①")),
        ("notice-masked", Slip::IssueNotice(notice("株式会社見本製作所", CODE, true))),
        ("receipt", receipt("株式会社見本製作所", 3)),
        ("receipt-many", receipt("株式会社見本製作所", 99)),
        ("again", letters::again("株式会社見本製作所", 1)),
        ("again-long", letters::again(&"株式会社".repeat(10), 2)),
        ("suspension", letters::suspension("株式会社見本製作所", 3)),
        ("suspension-many", letters::suspension(&"株式会社".repeat(10), 40)),
        ("suspension-stolen", letters::stolen("㈱髙﨑濵①")),
        ("revocation", letters::revocation("株式会社見本製作所")),
        ("revocation-plain", letters::superseded(&"株式会社".repeat(10))),
        ("restore", letters::restore("株式会社見本製作所")),
        ("restore-long", letters::restore(&"株式会社".repeat(10))),
    ] {
        std::fs::write(format!("{folder}/{file}.pdf"), render_pdf(&slip).unwrap()).unwrap();
        std::fs::write(format!("{folder}/{file}.svg"), render_svg(&slip).unwrap().concat()).unwrap();
    }
}

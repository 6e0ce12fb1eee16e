//! The papers about something that happened, and the 再発行通知書.

use super::*;

fn letter(name: &str, training: bool) -> Letter {
    Letter {
        training,
        institution: "訓練信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        customer_name: name.into(),
        customer_kana: "カブシキガイシャミホンセイサクショ".into(),
        contract_number: "1000000001".into(),
        issued_at: "2026年11月25日(令和8年)".into(),
        notice_id: "89abcdef".into(),
        staff: "訓練 花子".into(),
        contacts: contacts(),
    }
}

pub(super) fn again(name: &str, print_number: u32) -> Slip {
    Slip::IssueNotice(IssueNotice {
        reissue: true,
        print_number,
        old_certificate: Some("2026年11月25日(令和8年)に失効します。それより前に新しい電子証明書が有効になったときは、そのときに失効します。".into()),
        ..notice(name, CODE, false)
    })
}

fn stop(name: &str, count: usize, device: &str) -> SuspensionNotice {
    SuspensionNotice {
        letter: letter(name, true),
        cause: "紛失".into(),
        stopped_at: "2026年11月24日(令和8年) 14時30分5秒".into(),
        lost_at: Some("2026年11月24日(令和8年) 9時0分0秒".into()),
        stopped: (1..=count)
            .map(|n| Stopped {
                user_id: format!("MIHON{n:03}"),
                user_role: if n == 1 { "管理者" } else { "一般者" }.into(),
                device_label: format!("{device} {n}号機"),
                what: if n == 2 { "発行済・未取得(取得の停止)" } else { "電子証明書の一時停止" }.into(),
            })
            .collect(),
        paper_on: None,
        may_resume: true,
    }
}

pub(super) fn suspension(name: &str, count: usize) -> Slip {
    Slip::Suspension(stop(name, count, "経理課"))
}

pub(super) fn stolen(name: &str) -> Slip {
    Slip::Suspension(SuspensionNotice {
        cause: "盗難".into(),
        lost_at: None,
        paper_on: Some("2026年11月25日(令和8年)".into()),
        may_resume: false,
        ..stop(name, 1, "経理課")
    })
}

fn end(name: &str) -> RevocationNotice {
    RevocationNotice {
        letter: letter(name, true),
        user_id: "MIHON001".into(),
        user_role: "管理者".into(),
        device_label: "経理課 1号機".into(),
        serial: "01BA 597A 84F3 9680 9DB0 0007 43".into(),
        revoked_at: "2026年11月25日(令和8年) 10時5分9秒".into(),
        reason: "紛失".into(),
        rfc_reason: "keyCompromise(1)".into(),
        lost_at: Some("2026年11月24日(令和8年) 9時0分0秒".into()),
        invalid_from: Some("2026年11月24日(令和8年) 9時0分0秒".into()),
        next_steps: "引き続きご利用になるときは、再発行のお申し込みが必要です。\nウイルス検査を済ませてください。"
            .into(),
    }
}

pub(super) fn revocation(name: &str) -> Slip {
    Slip::Revocation(end(name))
}

pub(super) fn superseded(name: &str) -> Slip {
    Slip::Revocation(RevocationNotice {
        letter: letter(name, false),
        reason: "電子証明書の消失(削除した覚えがない)".into(),
        rfc_reason: "superseded(4)".into(),
        lost_at: None,
        invalid_from: None,
        next_steps: "新しい電子証明書でログインしてください。".into(),
        ..end(name)
    })
}

fn guide(name: &str, device: &str) -> RestoreGuide {
    RestoreGuide {
        letter: letter(name, true),
        user_id: "MIHON001".into(),
        user_role: "管理者".into(),
        device_label: device.into(),
        serial: "01BA 597A 84F3 9680 9DB0 0007 43".into(),
        valid_until: "2027年11月24日(令和9年)".into(),
    }
}

pub(super) fn restore(name: &str) -> Slip {
    Slip::Restore(guide(name, "経理課 1号機"))
}

pub(super) fn all(name: &str, count: usize) -> Vec<Slip> {
    vec![suspension(name, count), stolen(name), revocation(name), superseded(name), restore(name)]
}

fn has(text: &str, words: &[&str]) {
    for word in words {
        assert!(text.contains(&squeezed(word)), "{word} in {text}");
    }
}

/// Both contacts with their hours, who printed it, and the reference.
const EVERYWHERE: [&str; 11] = [
    "訓練信用金庫",
    "本店営業部（店番 001）",
    "株式会社見本製作所 御中",
    "1000000001",
    "2026年11月25日(令和8年)",
    "0120-000-000",
    "平日 9:00~22:00",
    "025-000-0000",
    "平日 9:00~17:00",
    "訓練 花子",
    "管理番号 89abcdef",
];

#[test]
fn each_letter_says_who_when_and_whom_to_call() {
    for slip in all("株式会社見本製作所", 3) {
        let text = only_page(&slip);
        has(&text, &EVERYWHERE);
        let training = !text.contains("消失");
        assert_eq!(text.contains("【訓練】"), training, "{text}");
        assert_eq!(render_svg(&slip).unwrap()[0].contains(MARK), training);
        assert!(!text.contains("取得コード"), "nothing secret");
    }
}

#[test]
fn a_stop_is_no_revocation_and_says_what_to_bring() {
    let text = only_page(&suspension("株式会社見本製作所", 3));
    has(
        &text,
        &[
            "電子証明書 一時停止のお知らせ",
            "2026年11月24日(令和8年) 14時30分5秒",
            "紛失",
            "9時0分0秒",
            "停止したもの（3件）",
        ],
    );
    has(&text, &["MIHON001", "MIHON002", "MIHON003", "発行済・未取得(取得の停止)", "経理課 3号機"]);
    has(&text, &["これは失効ではありません", "停止を解除できます", "電子証明書失効依頼書", "お届け印"]);
    let text = only_page(&stolen("株式会社見本製作所"));
    has(
        &text,
        &[
            "盗難",
            "不明（お分かりになりましたらお知らせください）",
            "停止の解除はできません",
            "2026年11月25日(令和8年) に受領いたしました",
        ],
    );
    assert!(!text.contains("停止を解除できます"), "never after a theft");
}

#[test]
fn a_revocation_says_which_when_and_why_in_both_languages() {
    let text = only_page(&revocation("株式会社見本製作所"));
    has(&text, &["電子証明書 失効完了通知書", "MIHON001", "01BA 597A 84F3 9680 9DB0 0007 43", "10時5分9秒"]);
    has(
        &text,
        &[
            "失効の理由",
            "紛失",
            "RFC 5280: keyCompromise(1)",
            "お申し出による発生日時",
            "無効とする起点",
            "失効を取り消すことはできません",
        ],
    );
    let text = only_page(&superseded("株式会社見本製作所"));
    has(&text, &["電子証明書の消失(削除した覚えがない)", "superseded(4)", "新しい電子証明書でログインしてください。"]);
    assert!(!text.contains("発生日時") && !text.contains("無効とする起点"), "no loss, no time of it: {text}");
}

#[test]
fn the_way_back_from_a_backup() {
    let text = only_page(&restore("株式会社見本製作所"));
    has(&text, &["バックアップからの復元手順", "MIHON001", "経理課 1号機", "2027年11月24日(令和9年) まで", ".p12"]);
    has(
        &text,
        &[
            "証明書のインポート ウィザード",
            "現在のユーザー",
            "チェックを付けずに",
            "電子証明書ログイン",
            "手元を離れた",
        ],
    );
}

#[test]
fn a_reissue_says_what_becomes_of_the_old_certificate() {
    for print in [1, 2] {
        let text = only_page(&again("株式会社見本製作所", print));
        has(
            &text,
            &[
                "電子証明書 再発行通知書",
                "電子証明書 再発行通知書 受領書",
                "これまでの電子証明書",
                "そのときに失効します。",
                CODE,
            ],
        );
        assert!(!text.contains(&squeezed("電子証明書 発行通知書")), "{text}");
    }
    assert!(!only_page(&slip("見本")).contains("これまでの電子証明書"));
    // The longest of everything still is one page.
    let long = "株式会社".repeat(10);
    only_page(&again(&long, 2));
}

#[test]
fn hostile_and_long_texts_stay_text_and_on_the_page() {
    let long = "株式会社".repeat(10);
    for name in ["#panic()", "㈱髙﨑濵①", &long, "\"],\"x\":[\"", &"W".repeat(40)] {
        let slips = [
            Slip::Suspension(stop(name, 2, name)),
            Slip::Revocation(RevocationNotice { device_label: name.into(), reason: name.into(), ..end(name) }),
            Slip::Restore(guide(name, name)),
            again(name, 2),
        ];
        for (slip, times) in slips.iter().zip([3, 3, 2, 2]) {
            // What wraps in a narrow cell stands between the lines of its neighbours.
            let times = if name.chars().count() < 20 { times } else { 1 };
            let text = only_page(slip).replace('\u{200b}', "");
            assert!(text.matches(&squeezed(name)).count() >= times, "{name} in {text}");
        }
    }
    for slip in all("<script>alert(1)</script>", 1) {
        for page in render_svg(&slip).unwrap() {
            assert!(!page.contains("<script") && !page.contains("alert") && !page.contains("href=\"data:"));
        }
    }
}

#[test]
fn many_stopped_go_on_to_the_next_page() {
    let pages = pages_of_text(&suspension("株式会社見本製作所", 99));
    assert!(pages.len() > 1);
    let all = pages.concat();
    assert!((1..=99).all(|n| all.contains(&format!("MIHON{n:03}"))));
    assert!(pages.iter().all(|page| page.contains("【訓練】")));
    has(&all, &["電子証明書失効依頼書", "0120-000-000"]);
}

#[test]
fn letters_at_once_each_carry_their_own() {
    std::thread::scope(|scope| {
        for n in 0..12 {
            scope.spawn(move || {
                let name = format!("見本{n:02}商店");
                for slip in all(&name, 1) {
                    let text = only_page(&slip);
                    assert_eq!(
                        (text.matches(&name).count(), text.matches("商店").count()),
                        (1, 1),
                        "nobody else's name"
                    );
                }
            });
        }
    });
}

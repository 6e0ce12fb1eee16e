use super::*;

pub(super) const LINE: &str = "MADOGUCHI:1:0123-4567-89AB-CDEF-GHJK:AB54A98CEB1F0AD2AB54A98CEB1F0AD2AB54A98CEB1F0AD2AB54A98CEB1F0AD2:https://madoguchi.example.jp:8442";

pub(super) fn paper(label: &str, training: bool) -> Slip {
    Slip::TerminalInvitation(TerminalInvitation {
        training,
        institution: "見本信用金庫".into(),
        branch_name: "本店営業部".into(),
        branch_code: "001".into(),
        label: label.into(),
        centre: "https://madoguchi.example.jp:8442".into(),
        words: (1..=16).map(|n| format!("かまきり{n}")).collect(),
        hex: "AB54A98CEB1F0AD2".repeat(4),
        invitation: PickupCodeText::new("0123-4567-89AB-CDEF-GHJK".into()),
        line: PickupCodeText::new(LINE.into()),
        until: "2026年11月25日(令和8年) 10時0分0秒".into(),
        issued_at: "2026年11月24日(令和8年)".into(),
        staff: "見本 花子".into(),
        contacts: contacts(),
    })
}

#[test]
fn an_invitation_says_where_what_and_how_on_one_page() {
    for training in [false, true] {
        let text = squeezed(&only_page(&paper("窓口 1番", training)));
        let words: Vec<String> = (1..=16).map(|n| format!("かまきり{n}")).collect();
        let once = ["0123-4567-89AB-CDEF-GHJK", "https://madoguchi.example.jp:8442", "窓口1番", "11月25日"];
        for said in once.into_iter().chain(words.iter().map(String::as_str)) {
            assert!(text.contains(&squeezed(said)), "{said} in {text}");
        }
    }
    only_page(&paper(&"長い設置場所の名前".repeat(4), true));
    assert!(!format!("{:?}", paper("窓口 1番", false)).contains("0123-4567"), "no code in the diagnostics");
}

#[test]
fn a_reader_finds_the_whole_line_in_the_qr_code() {
    assert_eq!(in_qr_code(&paper("窓口 1番", false)), [LINE]);
}

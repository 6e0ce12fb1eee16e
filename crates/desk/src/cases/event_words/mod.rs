//! What an entry's events are called on paper and in files: the words of the screen (`ui/src/shared/text/words.ts`, which a
//! test compares with these).

mod english;

use crate::view::Language;

/// An event by its serde tag; one that a newer version knows shows itself.
pub(super) fn event(word: &str) -> &str {
    match word {
        "log_opened" => "ログの開始",
        "epoch_opened" => "バックアップからの復旧",
        "recovery_ended" => "復旧の完了",
        "branch_opened" => "店舗の登録",
        "branch_renamed" => "店舗名の変更",
        "branch_merged" => "店舗の統合の決定",
        "merger_withdrawn" => "店舗の統合の取りやめ",
        "branch_change_proposed" => "店舗の統合・移管の依頼",
        "branch_change_confirmed" => "店舗の統合・移管の承認",
        "branch_change_dismissed" => "店舗の統合・移管の依頼の取下げ",
        "customers_moved" => "お客様の移管の完了",
        "import_ordered" => "お客様の取り込みの指示",
        "day_signed_off" => "日次検印",
        "customer_moved" => "移管(取引店の変更)",
        "policy_opened" => "運用の設定の開始",
        "policy_change_proposed" => "運用の設定の変更の提案",
        "policy_change_confirmed" => "運用の設定の変更の確認",
        "policy_change_withdrawn" => "運用の設定の変更の取下げ",
        "customer_recorded" => "お客様の登録",
        "contract_recorded" => "契約の登録",
        "application_submitted" => "申込の登録(承認依頼)",
        "application_resubmitted" => "申込の再依頼",
        "application_withdrawn" => "申込の取下げ",
        "application_approved" => "承認",
        "application_returned" => "差戻し",
        "application_rejected" => "否認",
        "application_completed" => "申込の完了",
        "contract_opened" => "契約の開始",
        "user_added" => "利用者IDの追加",
        "right_granted" => "発行",
        "slip_printed" => "発行通知書の印刷",
        "pickup_code_lost" => "取得コードの無効(復旧による・再印刷が必要)",
        "slip_handed_over" => "発行通知書の交付",
        "certificate_signed" => "証明書の取得(受渡中)",
        "certificate_activated" => "証明書の有効化",
        "right_lapsed" => "取得期限切れ",
        "certificate_expired" => "有効期限切れ",
        "grace_ended" => "再取得期間の終了",
        "renewal_granted" => "更新の開始(お客様)",
        "contract_closing" => "解約日の設定",
        "contract_closed" => "解約",
        "contract_linked" => "再契約(新旧契約の紐付け)",
        "user_moved" => "利用者IDの新契約への引継ぎ",
        "user_removed" => "利用者IDの削除",
        "customer_changed" => "名義・連絡先の変更",
        "paper_reminder_recorded" => "失効依頼書の督促",
        "advice_given" => "ご案内の記録",
        "incident_reported" => "事故の受付(緊急停止)",
        "certificate_suspended" => "一時停止",
        "right_frozen" => "取得の凍結",
        "incident_recorded" => "聴取内容の記録",
        "revocation_paper_received" => "失効依頼書の受領",
        "incident_confirmed" => "事後検印",
        "certificate_resumed" => "再開",
        "right_released" => "取得の凍結解除",
        "certificate_revoked" => "失効",
        "right_cancelled" => "発行の取消",
        "incident_closed" => "事故の完結",
        "staff_added" => "職員の登録",
        "signed_in" => "サインイン",
        "signed_out" => "サインアウト",
        "locked_out" => "サインインの停止",
        "terminal_invited" => "端末の招待",
        "terminal_requested" => "端末の申請",
        "terminal_renewed" => "端末の証明書の更新",
        "terminal_moved" => "端末の移設",
        "terminal_enrolled" => "端末の登録",
        "terminal_revoked" => "端末の取消",
        "refused" => "受付不可",
        "act_held" => "オフラインの操作の保留(審査待ち)",
        "held_act_accepted" => "オフラインの操作の受付(審査済)",
        "held_act_dismissed" => "オフラインの操作の不受理",
        "stop_to_review" => "停止の確認の依頼(オフラインの受付)",
        "staff_changed" => "職員の権限・取引店の変更",
        "stop_target_sought" => "緊急停止のための照会(他の取引店)",
        "staff_locked" => "職員のロック",
        "staff_unlocked" => "職員のロック解除",
        "password_reset" => "仮パスワードの発行",
        "password_changed" => "パスワードの変更(本人)",
        "deputy_named" => "代行の任命",
        "deputy_ended" => "代行の終了",
        "staff_left" => "職員の退職",
        "staff_proposed" => "職員の登録・変更の依頼",
        "proposal_confirmed" => "もう一人の承認",
        "proposal_dismissed" => "依頼の取下げ",
        "viewed" => "監査による閲覧",
        other => other,
    }
}

/// What happened with an entry: each word once, in the order of the events, and how often where that is more than once. An approval
/// of 99 user IDs grants 99 rights.
pub(super) fn events(words: &[String], language: Language) -> String {
    let mut counted: Vec<(&str, usize)> = Vec::new();
    let named: fn(&str) -> &str = language.pick(event, english::event);
    for word in words.iter().map(|word| named(word)) {
        match counted.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counted.push((word, 1)),
        }
    }
    let text = |(word, count): (&str, usize)| if count > 1 { format!("{word}×{count}") } else { word.to_owned() };
    counted.into_iter().map(text).collect::<Vec<String>>().join(language.pick("、", ", "))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::cases::words::screen;

    #[test]
    fn each_word_once_with_how_often() {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(events(&[], Language::Ja), "");
        assert_eq!(events(&words(&["application_approved"]), Language::Ja), "承認");
        let mut many = vec!["application_approved"];
        (0..99).for_each(|_| many.extend(["user_added", "right_granted"]));
        let many = words(&many);
        assert_eq!(events(&many, Language::Ja), "承認、利用者IDの追加×99、発行×99");
        assert_eq!(events(&many, Language::En), "Approved, User ID added×99, Issued×99");
    }

    #[test]
    fn files_and_screen_use_the_same_words() {
        for (file, named) in [("words.ts", event as fn(&str) -> &str), ("words.en.ts", english::event)] {
            let table = screen::table(file, "eventWords");
            for (key, word) in &table {
                assert_eq!(named(key), word, "{key}");
            }
            assert!(table.len() > 60, "{}", table.len());
        }
    }
}

//! The branch's words on paper and in exported files: one word for each state, role, cause and reason, the same as on
//! screen (`ui/src/shared/text/words.ts`), and days and times as the branch writes them. Files are also in English.

mod english;
#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
pub(super) mod screen;

use std::borrow::Cow;

use chrono::{DateTime, Datelike as _, Duration, NaiveDate, Utc};
use domain::customer::{ApplicationState, CertificateState, IncidentCause, ReissueCause, RevocationReason, UserRole};
use wire::api::session::SignedIn;

use super::export::Column;
use crate::view::{Language, RequestKind, TodayList};

/// The words of a file, in the language of whoever asked for it. Paper has the Japanese ones.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words(pub(super) Language);

/// A word in Japanese and in English.
pub(super) type Word = (&'static str, &'static str);

impl Words {
    /// One of two words for the same.
    pub(super) fn pick<T: Copy>(self, ja: T, en: T) -> T {
        self.0.pick(ja, en)
    }

    /// What stands above a column.
    pub(super) fn column(self, (ja, en): Word, number: bool) -> Column {
        Column { name: self.pick(ja, en).to_owned(), number }
    }

    pub(super) fn day(self, of: NaiveDate) -> String {
        self.pick::<fn(_) -> _>(day, english::day)(of)
    }

    pub(super) fn moment(self, at: DateTime<Utc>) -> String {
        self.pick::<fn(_) -> _>(moment, english::moment)(at)
    }

    /// The day or moment a file is of.
    pub(super) fn as_of(self, when: &str) -> String {
        match self.0 {
            Language::Ja => format!("{when} 現在"),
            Language::En => format!("as of {when}"),
        }
    }

    pub(super) fn branch(self, name: &str, code: &str) -> String {
        match self.0 {
            Language::Ja => format!("{name}(店番{code})"),
            Language::En => format!("{name} (branch {code})"),
        }
    }

    /// User IDs joined by `、`.
    pub(super) fn users(self, users: &str) -> Cow<'_, str> {
        match self.0 {
            Language::Ja => Cow::Borrowed(users),
            Language::En => Cow::Owned(users.replace('、', ", ")),
        }
    }

    pub(super) fn role(self, of: UserRole) -> &'static str {
        self.pick::<fn(_) -> _>(role, english::role)(of)
    }

    pub(super) fn certificate_state(self, of: CertificateState) -> &'static str {
        self.pick::<fn(_) -> _>(certificate_state, english::certificate_state)(of)
    }

    pub(super) fn application_state(self, of: ApplicationState) -> &'static str {
        self.pick::<fn(_) -> _>(application_state, english::application_state)(of)
    }

    pub(super) fn kind(self, of: RequestKind) -> &'static str {
        self.pick::<fn(_) -> _>(kind, english::kind)(of)
    }

    pub(super) fn incident_cause(self, of: IncidentCause) -> &'static str {
        self.pick::<fn(_) -> _>(incident_cause, english::incident_cause)(of)
    }

    /// A list's name; also the name of its file.
    pub(super) fn list(self, of: TodayList) -> &'static str {
        self.pick::<fn(_) -> _>(list, english::list)(of)
    }
}

/// `2026年11月24日(令和8年)`.
pub(super) fn day(day: NaiveDate) -> String {
    let western = format!("{}年{}月{}日", day.year(), day.month(), day.day());
    // 令和 began on 1 May 2019; nothing on a paper is older, and another era would be a lie.
    match day.year() - 2018 {
        1 if day.month() >= 5 => format!("{western}(令和元年)"),
        year if year > 1 => format!("{western}(令和{year}年)"),
        _ => western,
    }
}

/// `2026年11月24日(令和8年) 14時30分5秒`, JST.
pub(super) fn moment(at: DateTime<Utc>) -> String {
    let local = at + Duration::hours(9);
    format!("{} {}", day(local.date_naive()), local.format("%-H時%-M分%-S秒"))
}

/// `11/24 14:30:05`, JST, where the year is plain.
pub(super) fn clock(at: DateTime<Utc>) -> String {
    (at + Duration::hours(9)).format("%m/%d %H:%M:%S").to_string()
}

/// Who made a paper: name and number.
pub(super) fn printed_by(staff: &SignedIn) -> String {
    format!("{}({})", staff.name, staff.staff)
}

/// User IDs that a paper names one by one.
const FEW: usize = 3;

/// `MIHON001 ほか98件` of more than a few user IDs (joined by `、`): a row of a paper is to be read at a glance, and files have all of
/// them.
pub(super) fn users_on_paper(users: &str) -> String {
    match (users.split('、').count(), users.split_once('、')) {
        (count, Some((first, _))) if count > FEW => format!("{first} ほか{}件", count - 1),
        _ => users.to_owned(),
    }
}

/// `2026/11/24 14:30:05`, JST, as spreadsheets read it.
pub(super) fn cell_time(at: &str) -> String {
    let at = DateTime::parse_from_rfc3339(at).map(|at| at.to_utc() + Duration::hours(9));
    at.map(|local| local.format("%Y/%m/%d %H:%M:%S").to_string()).unwrap_or_default()
}

pub(super) fn role(role: UserRole) -> &'static str {
    match role {
        UserRole::Administrator => "管理者",
        UserRole::Approver => "承認者",
        UserRole::Operator => "一般者",
    }
}

pub(super) fn certificate_state(state: CertificateState) -> &'static str {
    match state {
        CertificateState::Authorised => "発行済・未取得",
        CertificateState::Signed => "受渡中",
        CertificateState::Active => "有効",
        CertificateState::Suspended => "一時停止",
        CertificateState::Revoked => "失効",
        CertificateState::Expired => "期限切れ",
        CertificateState::Lapsed => "取得期限切れ",
        CertificateState::Cancelled => "取消",
    }
}

fn application_state(state: ApplicationState) -> &'static str {
    match state {
        ApplicationState::Submitted => "承認待ち",
        ApplicationState::Returned => "差戻し",
        ApplicationState::Rejected => "否認",
        ApplicationState::Withdrawn => "取下げ",
        ApplicationState::Approved => "承認済",
        ApplicationState::Completed => "完了",
    }
}

pub(super) fn kind(kind: RequestKind) -> &'static str {
    match kind {
        RequestKind::MoveToCertificate => "電子証明書方式への変更",
        RequestKind::NewContract => "新規契約(電子証明書方式)",
        RequestKind::AddUser => "利用者IDの追加",
        RequestKind::Reissue => "電子証明書の再発行",
        RequestKind::RemoveUsers => "利用者IDの削除",
        RequestKind::Close => "解約",
        RequestKind::Recontract => "再契約",
        RequestKind::Rename => "名義変更",
        RequestKind::ForceStop => "強制停止",
    }
}

pub(super) fn incident_cause(cause: IncidentCause) -> &'static str {
    match cause {
        IncidentCause::Lost => "紛失",
        IncidentCause::Stolen => "盗難",
        IncidentCause::Misuse => "不正利用の疑い",
    }
}

pub(super) fn reissue_cause(cause: ReissueCause) -> &'static str {
    match cause {
        ReissueCause::Broken | ReissueCause::DiskLeft => "故障・修理・再インストール",
        ReissueCause::Deleted => "誤削除",
        ReissueCause::Vanished => "電子証明書の消失(削除した覚えがない)",
        ReissueCause::Replaced => "PC入替",
        ReissueCause::Renamed => "名義変更",
        ReissueCause::Ended => "再発行",
    }
}

/// RFC 5280's own word (section 5.3.1), with its number.
pub(super) fn rfc_reason(reason: RevocationReason) -> String {
    let word = match reason {
        RevocationReason::KeyCompromise => "keyCompromise",
        RevocationReason::AffiliationChanged => "affiliationChanged",
        RevocationReason::Superseded => "superseded",
        RevocationReason::CessationOfOperation => "cessationOfOperation",
        RevocationReason::PrivilegeWithdrawn => "privilegeWithdrawn",
    };
    format!("{word}({})", reason.code())
}

fn list(list: TodayList) -> &'static str {
    match list {
        TodayList::Waiting => "承認待ち",
        TodayList::Returned => "差戻し",
        TodayList::ToPrint => "通知書の印刷",
        TodayList::ToHandOver => "通知書の交付",
        TodayList::NotFetched => "取得待ち",
        TodayList::BeingFetched => "受渡中",
        TodayList::Ending => "期限が近い証明書",
        TodayList::Incidents => "停止中の事故",
        TodayList::Unconfirmed => "未検印",
        TodayList::PapersOutstanding => "失効依頼書未着",
        TodayList::Applications => "申込一覧",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn days_in_both_calendars() {
        for (given, shown) in [
            ("2026-11-24", "2026年11月24日(令和8年)"),
            ("2019-05-01", "2019年5月1日(令和元年)"),
            ("2020-01-01", "2020年1月1日(令和2年)"),
            ("2019-04-30", "2019年4月30日"),
            ("2018-12-31", "2018年12月31日"),
        ] {
            assert_eq!(day(given.parse().unwrap()), shown);
        }
        let at = "2026-11-24T15:30:05Z".parse().unwrap();
        assert_eq!(moment(at), "2026年11月25日(令和8年) 0時30分5秒", "JST, the next day already");
        assert_eq!(cell_time("2026-11-24T15:30:05.123+00:00"), "2026/11/25 00:30:05");
        assert_eq!(cell_time("yesterday"), "");
    }

    #[test]
    fn files_and_screen_use_the_same_words() {
        use ApplicationState as A;
        use CertificateState as C;
        use IncidentCause as I;
        use RequestKind as R;
        use UserRole as U;
        for (words, states, texts, suffix) in [
            (Words(Language::Ja), "words.ts", ("ja.ts", "ja"), ""),
            (Words(Language::En), "words.en.ts", ("en.ts", "en"), "En"),
        ] {
            let shown = screen::table(states, &format!("certificateWords{suffix}"));
            let all =
                [C::Authorised, C::Signed, C::Active, C::Suspended, C::Revoked, C::Expired, C::Lapsed, C::Cancelled];
            assert_eq!(shown, all.map(|of| (of.as_str().to_owned(), words.certificate_state(of).to_owned())).into());
            let shown = screen::table(states, &format!("applicationWords{suffix}"));
            let all = [A::Submitted, A::Returned, A::Rejected, A::Withdrawn, A::Approved, A::Completed];
            assert_eq!(shown, all.map(|of| (of.as_str().to_owned(), words.application_state(of).to_owned())).into());
            let shown = screen::table(texts.0, texts.1);
            for (key, word) in [
                ("roleAdministrator", words.role(U::Administrator)),
                ("roleApprover", words.role(U::Approver)),
                ("roleOperator", words.role(U::Operator)),
                ("causeLost", words.incident_cause(I::Lost)),
                ("causeStolen", words.incident_cause(I::Stolen)),
                ("causeMisuse", words.incident_cause(I::Misuse)),
            ] {
                assert_eq!(shown.get(key).unwrap(), word, "{key}");
            }
            if words.0 == Language::Ja {
                // A paper says in full what the screen has no room for.
                continue;
            }
            for (key, of) in [
                ("kindMove", R::MoveToCertificate),
                ("kindNew", R::NewContract),
                ("kindAdd", R::AddUser),
                ("kindReissue", R::Reissue),
                ("kindRemove", R::RemoveUsers),
                ("kindClose", R::Close),
                ("kindRecontract", R::Recontract),
                ("kindRename", R::Rename),
                ("kindForceStop", R::ForceStop),
            ] {
                assert_eq!(shown.get(key).unwrap(), words.kind(of), "{key}");
            }
        }
    }

    #[test]
    fn a_paper_names_a_few_user_ids() {
        for (given, shown) in [
            ("", ""),
            ("MIHON001", "MIHON001"),
            ("MIHON001、MIHON002、MIHON003", "MIHON001、MIHON002、MIHON003"),
            ("MIHON001、MIHON002、MIHON003、MIHON004", "MIHON001 ほか3件"),
        ] {
            assert_eq!(users_on_paper(given), shown);
        }
    }
}

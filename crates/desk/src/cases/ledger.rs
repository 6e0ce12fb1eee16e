//! 発行管理簿: everything that happened at a branch on a business day, as a paper to be stamped and kept. Nothing secret is on it.

use domain::branch::DayException;
use domain::customer::CustomerEvent;
use domain::event::ViewKind;
use domain::id::ApplicationId;
use domain::{Event, Subject};
use slip::{DayLedger, LedgerRow, LedgerSigned, Slip};
use wire::Entry;
use wire::fingerprint::Fingerprint;

use super::event_words::events;
use super::export::Export;
use super::sign_off::LookedAt;
use super::slip::failed;
use super::words;
use crate::desk::Desk;
use crate::error::DeskError;
use crate::view::{Language, LogLine, SlipView};

/// What an exception is called on paper and in files; the same as on screen.
pub(super) fn exception(exception: DayException) -> &'static str {
    match exception {
        DayException::EmergencyStop => "緊急停止",
        DayException::OverLock => "ロック画面での役席操作",
        DayException::HeldAccepted => "審査待ちの受付",
        DayException::Offline => "未接続での操作",
        DayException::Refused => "拒否された操作",
        DayException::OutsideHours => "業務時間外",
    }
}

/// The application that somebody decided with this entry.
fn decided(entry: &Entry) -> Option<ApplicationId> {
    entry.events.iter().find_map(|event| match event {
        Event::Customer(
            CustomerEvent::ApplicationApproved { application }
            | CustomerEvent::ApplicationReturned { application }
            | CustomerEvent::ApplicationRejected { application },
        ) => Some(*application),
        _ => None,
    })
}

/// Is the whole entry a supervisor's word about somebody else's act?
fn judges(entry: &Entry) -> bool {
    let judge = |event: &Event| {
        matches!(
            event,
            Event::Customer(
                CustomerEvent::IncidentConfirmed { .. }
                    | CustomerEvent::IncidentClosed { .. }
                    | CustomerEvent::HeldActAccepted { .. }
                    | CustomerEvent::HeldActDismissed { .. }
            ) | Event::Branch(_)
        )
    };
    decided(entry).is_some() || entry.events.iter().any(judge)
}

/// Who did it, as paper and files say it.
pub(super) fn who(line: &LogLine, language: Language) -> String {
    match line.actor_kind.as_str() {
        "staff" if line.actor_deputy => format!("{}{}", line.actor_name, language.pick("(代行)", " (deputy)")),
        "staff" => line.actor_name.clone(),
        "customer" => language.pick("お客様", "Customer").to_owned(),
        _ => language.pick("センター", "Centre").to_owned(),
    }
}

impl Desk {
    /// 発行管理簿 on screen, ready to print.
    ///
    /// # Errors
    /// Nobody works here, this copy does not hold the branch, it is no business day, or the paper can't be made.
    pub async fn day_ledger(&self, branch: &str, day: &str) -> Result<SlipView, DeskError> {
        let slip = Slip::DayLedger(self.ledger(branch, day, ViewKind::Log).await?);
        let pages = slip::render_svg(&slip).map_err(|e| failed(&e))?;
        let (certificate_id, deadline) = Default::default();
        Ok(SlipView { certificate_id, number: 0, masked: false, pages, print_ticket: None, deadline })
    }

    /// The same as PDF.
    ///
    /// # Errors
    /// As [`Desk::day_ledger`].
    pub async fn day_ledger_pdf(&self, branch: &str, day: &str) -> Result<Export, DeskError> {
        let ledger = self.ledger(branch, day, ViewKind::Export).await?;
        let name = format!("発行管理簿_{}_{}.pdf", ledger.branch_code, day.replace('-', ""));
        Ok(Export {
            name,
            extension: "pdf",
            bytes: slip::render_pdf(&Slip::DayLedger(ledger)).map_err(|e| failed(&e))?,
        })
    }

    async fn ledger(&self, branch: &str, day: &str, what: ViewKind) -> Result<DayLedger, DeskError> {
        let staff = self.working()?;
        let looked = self.looked_at(&staff, branch, day).await?;
        let (rows, customers) = self.ledger_rows(&looked).await?;
        self.showing(&staff, what, customers).await?;
        let LookedAt { branch, on, span, read, head } = looked;
        let hour = |at| words::moment(at).replace("時0分0秒", "時");
        let signed = self.done(&branch, on).await?.map(|done| LedgerSigned {
            by: if done.deputy { format!("{}(代行)", done.by) } else { done.by },
            at: words::moment(done.at.parse().unwrap_or_default()),
            comment: done.comment.unwrap_or_default(),
        });
        let hex = Fingerprint::from(head.root).to_hex();
        let signs: Vec<char> = hex.chars().collect();
        Ok(DayLedger {
            training: self.inner.profile.training,
            institution: self.institution_name(),
            branch_name: self.branch_name(branch.code.as_str()),
            branch_code: branch.code.to_string(),
            day: words::day(on),
            span: format!("{}から {}まで", hour(span.from), hour(span.until)),
            made_at: words::moment(self.centre_now()),
            staff: words::printed_by(&staff),
            rows,
            exceptions: read.facts.exceptions,
            head_size: head.size.to_string(),
            head_root: signs.chunks(8).map(|group| group.iter().collect()).collect(),
            head_words: head.words().into_iter().map(str::to_owned).collect(),
            head_line: head.line(),
            signed,
        })
    }

    /// With the customers who are named in them.
    async fn ledger_rows(&self, looked: &LookedAt) -> Result<(Vec<LedgerRow>, Vec<String>), DeskError> {
        let (mut rows, mut customers) = (Vec::new(), Vec::new());
        let entries: Vec<_> = looked.read.entries.iter().map(|one| (one.index, one.entry.clone())).collect();
        let lines = self.lines(&mut *self.inner.replica.readers.acquire().await?, &entries).await?;
        for (one, line) in looked.read.entries.iter().zip(lines) {
            let exceptions: Vec<_> = one.exceptions.iter().map(|found| exception(*found)).collect();
            let (staff, approver) = match judges(&one.entry) {
                true => (self.author(&one.entry).await, who(&line, Language::Ja)),
                false => (who(&line, Language::Ja), String::new()),
            };
            customers.extend(line.customer_id.clone());
            rows.push(LedgerRow {
                at: words::clock(one.entry.at),
                kinds: events(&line.events, Language::Ja),
                exceptions: exceptions.join("、"),
                users: words::users_on_paper(&line.user_id),
                customer: line.customer_name,
                receipt: line.receipt,
                staff,
                approver,
                terminal: line.terminal_label,
            });
        }
        Ok((rows, customers))
    }

    /// Who registered what was decided.
    async fn author(&self, entry: &Entry) -> String {
        let (Subject::Customer(id), Some(application)) = (&entry.subject, decided(entry)) else {
            return String::new();
        };
        let Ok(customer) = self.find_customer(*id).await else { return String::new() };
        let mut names = Vec::new();
        for staff in customer.application(application).iter().flat_map(|found| &found.registered_by) {
            names.push(self.staff_name(staff.as_str()).await);
        }
        names.join("、")
    }
}

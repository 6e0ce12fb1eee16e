//! Who is signed in at this desk, and the idle lock. In memory only: a restart signs everybody out.

use std::collections::HashSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::ErrorCode;
use domain::event::ViewKind;
use domain::id::{CustomerId, SessionId};
use wire::api::session::SignedIn;

use crate::clock::Moment;

/// The session of the desk.
#[derive(Debug, Default)]
pub(crate) struct Session {
    signed_in: Option<SignedIn>,
    locked: bool,
    active_at: Option<Moment>,
    /// When it began, by the centre's time.
    began_at: Option<DateTime<Utc>>,
    /// Customers an auditor was shown in it, and how: whoever was one of a list has not been opened.
    shown: HashSet<(ViewKind, CustomerId)>,
}

impl Session {
    pub(crate) fn open(&mut self, signed_in: SignedIn, now: Moment) {
        *self = Self { signed_in: Some(signed_in), active_at: Some(now), ..Self::default() };
    }

    pub(crate) fn close(&mut self) -> Option<SignedIn> {
        std::mem::take(self).signed_in
    }

    /// Who is signed in, locked or not.
    pub(crate) fn staff(&self) -> Option<&SignedIn> {
        self.signed_in.as_ref()
    }

    /// The same, to be changed.
    pub(crate) fn staff_mut(&mut self) -> Option<&mut SignedIn> {
        self.signed_in.as_mut()
    }

    pub(crate) fn locked(&self) -> bool {
        self.locked
    }

    /// Ends a session whose time has passed while the centre can't say so, and one that was begun without it when the
    /// clock was set back. Says whether it did.
    pub(crate) fn over(&mut self, now: DateTime<Utc>, set_back: bool, online: bool) -> bool {
        let over = self.signed_in.as_ref().is_some_and(|s| {
            let alone = s.token.is_empty();
            (alone && set_back) || ((alone || !online) && s.expires_at <= now)
        });
        if over {
            self.close();
        }
        over
    }

    pub(crate) fn lock(&mut self) {
        self.locked = self.signed_in.is_some();
    }

    pub(crate) fn unlock(&mut self, now: Moment) {
        self.locked = false;
        self.active_at = Some(now);
    }

    /// Somebody is there. Too late after the idle time: a PC that wakes is touched before anybody looks whether it was idle. Says
    /// whether that locked it.
    pub(crate) fn touch(&mut self, now: Moment) -> bool {
        let locks = self.lock_if_idle(now);
        if !self.locked {
            self.active_at = Some(now);
        }
        locks
    }

    /// Locks after the idle time of the policy. Says whether it did.
    pub(crate) fn lock_if_idle(&mut self, (now, wall): Moment) -> bool {
        let (Some(staff), Some((since, since_wall))) = (&self.signed_in, self.active_at) else { return false };
        let idle = Duration::from_secs(u64::from(staff.policy.idle_lock_minutes) * 60);
        let passed = now.saturating_duration_since(since).max((wall - since_wall).to_std().unwrap_or_default());
        if self.locked || passed < idle {
            return false;
        }
        self.locked = true;
        true
    }

    /// It began at this time of the centre.
    pub(crate) fn began(&mut self, at: DateTime<Utc>) {
        self.began_at = Some(at);
    }

    /// Did it begin before this?
    pub(crate) fn older_than(&self, at: DateTime<Utc>) -> bool {
        self.began_at.is_some_and(|began| began < at)
    }

    /// Those of the customers that were not shown like this in this session before.
    pub(crate) fn not_shown(&self, what: ViewKind, customers: &[CustomerId]) -> Vec<CustomerId> {
        let mut fresh: Vec<_> = customers.iter().copied().filter(|id| !self.shown.contains(&(what, *id))).collect();
        let mut seen = HashSet::new();
        fresh.retain(|id| seen.insert(*id));
        fresh
    }

    /// They are shown now, if it is still this session.
    pub(crate) fn shown(&mut self, session: SessionId, what: ViewKind, customers: &[CustomerId]) {
        if self.signed_in.as_ref().is_some_and(|signed_in| signed_in.session == session) {
            self.shown.extend(customers.iter().map(|id| (what, *id)));
        }
    }

    /// The own password was changed: the work can begin.
    pub(crate) fn password_changed(&mut self, session: SessionId) {
        if let Some(signed_in) = self.signed_in.as_mut().filter(|signed_in| signed_in.session == session) {
            signed_in.must_change_password = false;
        }
    }

    /// Who works here now; nothing personal is answered to anybody else.
    pub(crate) fn working(&self) -> Result<&SignedIn, ErrorCode> {
        match &self.signed_in {
            None => Err(ErrorCode::SessionMissing),
            Some(_) if self.locked => Err(ErrorCode::DeskLocked),
            Some(staff) if staff.must_change_password => Err(ErrorCode::PasswordChangeNeeded),
            Some(staff) => Ok(staff),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use crate::clock::Clock;

    fn signed_in(token: &str) -> SignedIn {
        SignedIn {
            session: domain::id::SessionId(uuid::Uuid::nil()),
            token: token.into(),
            staff: "T1001".parse().unwrap(),
            name: "n".into(),
            role: domain::Role::Teller,
            branch: "011".parse().unwrap(),
            expires_at: Default::default(),
            deputy: None,
            must_change_password: false,
            policy: domain::Policy::default(),
        }
    }

    #[test]
    fn whoever_works_without_the_centre_does_so_until_the_end_and_no_longer() {
        let (end, second) = (DateTime::<Utc>::default(), chrono::TimeDelta::seconds(1));
        for (token, online, set_back, over) in [
            ("", false, false, true),
            ("", true, false, true),
            ("", false, true, true),
            // The centre ends its own sessions, by its own clock.
            ("t", true, false, false),
            ("t", false, false, true),
        ] {
            let mut session = Session::default();
            session.open(signed_in(token), Clock.moment());
            let before = session.over(end - second, set_back, online);
            assert_eq!(before, token.is_empty() && set_back, "before the end: {token} {online} {set_back}");
            assert_eq!(before || session.over(end, set_back, online), over, "{token} {online} {set_back}");
            assert_eq!(session.staff().is_none(), over);
        }
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn locks_after_five_idle_minutes_and_answers_nothing() {
        let begun = Clock.moment();
        let after = |minutes| (begun.0 + MINUTE * minutes, begun.1 + MINUTE * minutes);
        let mut session = Session::default();
        assert_eq!(session.working().unwrap_err(), ErrorCode::SessionMissing);
        session.open(signed_in("t"), begun);
        assert!(!session.lock_if_idle(after(4)));
        session.touch(after(4));
        assert!(!session.lock_if_idle(after(8)));
        assert!(session.lock_if_idle(after(9)));
        assert_eq!(session.working().unwrap_err(), ErrorCode::DeskLocked);
        session.touch(after(9));
        assert!(session.locked(), "a key press does not unlock");
        session.unlock(after(10));
        assert!(session.working().is_ok());
    }

    #[test]
    fn a_suspended_pc_was_idle_and_a_clock_set_back_locks_no_later() {
        let (now, wall) = Clock.moment();
        let mut session = Session::default();
        session.open(signed_in("t"), (now, wall));
        // The lid was closed for two hours; what opens it is a key.
        session.touch((now + MINUTE, wall + MINUTE * 120));
        assert!(session.locked());
        session.unlock((now + MINUTE, wall));
        assert!(!session.lock_if_idle((now + MINUTE * 5, wall - MINUTE * 60)));
        assert!(session.lock_if_idle((now + MINUTE * 6, wall - MINUTE * 60)));
    }
}

//! The statements of the lists: what belongs on each is said once, for its page and for its count.

macro_rules! to_print {
    () => {
        "t.state = 'authorised' AND t.renews = 0 AND t.held = 0 AND t.slips = 0"
    };
}
macro_rules! to_hand_over {
    () => {
        "t.state = 'authorised' AND t.renews = 0 AND t.held = 0 AND t.slips > 0 AND t.handed_over = 0"
    };
}
// Whoever began a renewal on-line has no slip to wait for.
macro_rules! not_fetched {
    () => {
        "t.state = 'authorised' AND t.held = 0 AND (t.renews = 1 OR t.handed_over = 1)"
    };
}
macro_rules! being_fetched {
    () => {
        "t.state = 'signed' AND t.held = 0"
    };
}

/// Of a page of certificates: $1 and $2 are where it begins, $3 how many.
macro_rules! certificates { ($day:literal, $which:expr) => { concat!(
    "SELECT t.certificate_id AS id, t.application_id, t.customer_id, c.name, c.kana, c.phone, t.user_id, t.contract,
     t.role, t.device, t.state, t.renews, t.successor, t.", $day, " AS day
     FROM certificate t JOIN customer c ON c.customer_id = t.customer_id
     WHERE (t.", $day, ", t.certificate_id) > ($1, $2) AND ", $which, "
     ORDER BY t.", $day, ", t.certificate_id LIMIT $3"
) }; }

pub(super) const TO_PRINT: &str = certificates!("deadline", to_print!());
pub(super) const TO_HAND_OVER: &str = certificates!("deadline", to_hand_over!());
pub(super) const NOT_FETCHED: &str = certificates!("deadline", not_fetched!());
pub(super) const BEING_FETCHED: &str = certificates!("deadline", being_fetched!());
/// $4 is the last day that counts as soon, $5 the first from which an ended one may still be replaced on-line.
pub(super) const ENDING: &str = certificates!(
    "ends_on",
    "t.needed = 1 AND t.ends_on <= $4 AND (t.state = 'active' OR (t.state = 'expired' AND t.ends_on >= $5))"
);

/// $1 is the last day that counts as soon, $2 the first from which an ended one may still be replaced on-line.
pub(super) const CERTIFICATE_COUNTS: &str = concat!(
    "SELECT COUNT(*) FILTER (WHERE ",
    to_print!(),
    "), COUNT(*) FILTER (WHERE ",
    to_hand_over!(),
    "),
     COUNT(*) FILTER (WHERE ",
    not_fetched!(),
    "), COUNT(*) FILTER (WHERE ",
    being_fetched!(),
    "),
     (SELECT COUNT(*) FROM certificate e WHERE e.needed = 1 AND
        ((e.state = 'active' AND e.ends_on <= $1) OR (e.state = 'expired' AND e.ends_on BETWEEN $2 AND $1)))
     FROM certificate t WHERE t.state IN ('authorised', 'signed')"
);

macro_rules! incidents { ($which:literal) => { concat!(
    "SELECT t.incident_id AS id, t.customer_id, c.name, c.kana, c.phone, t.cause, t.user_id, t.contract, t.reported_at,
     t.caller, t.call_back, t.confirmed, t.paper, t.reminded
     FROM incident t JOIN customer c ON c.customer_id = t.customer_id
     WHERE (t.reported_at, t.incident_id) > ($1, $2) AND ", $which, " ORDER BY t.reported_at, t.incident_id LIMIT $3"
) }; }

pub(super) const INCIDENTS: &str = incidents!("1 = 1");
pub(super) const UNCONFIRMED: &str = incidents!("t.confirmed = 0");
pub(super) const PAPERS: &str = incidents!("t.paper = 0");
pub(super) const INCIDENT_COUNTS: &str =
    "SELECT COUNT(*), COUNT(*) FILTER (WHERE confirmed = 0), COUNT(*) FILTER (WHERE paper = 0) FROM incident";
pub(super) const UNCONFIRMED_SINCE: &str = "SELECT reported_at FROM incident WHERE confirmed = 0";

macro_rules! applications { ($which:literal, $beyond:literal, $order:literal) => { concat!(
    "SELECT t.application_id AS id, t.customer_id, c.name, c.kana, c.phone, t.receipt, t.kind, t.contract, t.users,
     t.state, t.submitted_at, t.comment
     FROM application t JOIN customer c ON c.customer_id = t.customer_id
     WHERE (t.submitted_at, t.application_id) ", $beyond, " ($1, $2) AND ", $which, "
     ORDER BY t.submitted_at ", $order, ", t.application_id ", $order, " LIMIT $3"
) }; }

pub(super) const WAITING: &str = applications!("t.state = 'submitted'", ">", "ASC");
pub(super) const RETURNED: &str = applications!("t.state = 'returned'", ">", "ASC");
pub(super) const APPLICATIONS: &str = applications!("1 = 1", "<", "DESC");
/// $1 is a staff id between commas.
pub(super) const APPLICATION_COUNTS: &str = "SELECT COUNT(*) FILTER (WHERE state = 'submitted'),
    COUNT(*) FILTER (WHERE state = 'submitted' AND instr(registered_by, $1) > 0),
    COUNT(*) FILTER (WHERE state = 'returned') FROM application WHERE state IN ('submitted', 'returned')";

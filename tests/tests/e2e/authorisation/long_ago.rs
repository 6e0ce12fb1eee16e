//! A centre where much was done long ago: what is not fetched in time, what has expired, and what comes after that. Its clock
//! begins more than a year ago and goes on to today; the centre's own jobs do the rest at its next start.

use central::clock::Clock;
use chrono::Duration;

use super::case::Case;
use super::person::{Laid, Person, Persons};
use super::stage::Stage;

/// When it was made (days ago), as what, and how many cases of it are asked about: of others' work, and of each one's own. A
/// try that is allowed uses one up.
const MADE: [(i64, Stage, usize, usize); 6] = [
    (470, Stage::GraceOver, 3, 1),
    (400, Stage::Expired, 11, 2),
    (400, Stage::RenewingExpired, 12, 3),
    (400, Stage::StoppedExpired, 24, 4),
    (350, Stage::Renewing, 16, 4),
    (100, Stage::Lapsed, 3, 1),
];
/// When it was exchanged: within the last month of a certificate that was fetched 400 days ago, or 350.
const RENEWED: [(i64, Stage); 2] = [(40, Stage::RenewingExpired), (0, Stage::Renewing)];

impl Persons {
    pub(super) async fn long_ago() -> Self {
        let now = Clock::System.now();
        let mut made_at = MADE[0].0;
        let clock = Clock::at(now - Duration::days(made_at));
        let mut persons = Self::by(clock.clone(), Vec::new()).await;
        let mut renewing: Vec<Laid> = Vec::new();
        for (days, stage, others, own) in MADE {
            if days != made_at {
                clock.advance(Duration::days(made_at - days));
                persons.another_day().await;
                made_at = days;
            }
            for author in authors(&persons, stage) {
                let count = if author.session.staff == persons.author().session.staff { others } else { own };
                for _ in 0..count {
                    let case = Case::made(&persons, stage, author).await;
                    let laid = (stage, author.session.staff.clone(), case);
                    if stage.renewed_since() { renewing.push(laid) } else { persons.lay_up(laid) }
                }
            }
        }
        for (days, stage) in RENEWED {
            clock.advance(now - Duration::days(days) - clock.now());
            persons.another_day().await;
            for (_, author, mut case) in renewing.extract_if(.., |(at, ..)| *at == stage) {
                case.renew(&persons).await;
                persons.lay_up((stage, author, case));
            }
        }
        persons.overnight().await;
        persons
    }

    /// The centre starts again, and makes up for everything that has passed meanwhile.
    async fn overnight(&mut self) {
        let terminal = self.centre.at().terminal.clone();
        self.centre.stop();
        self.centre.config.listen.terminal = terminal.trim_start_matches("https://").parse().unwrap();
        self.centre.start();
        // The connections of before are gone: a harmless question finds that out.
        for person in &self.all {
            assert_eq!(person.terminal.status().await, 200);
        }
        let made = |stages: &[Stage]| self.stock_of(stages);
        let expired = made(&[Stage::Expired, Stage::RenewingExpired, Stage::StoppedExpired, Stage::GraceOver]);
        let words = [
            ("right_lapsed", made(&[Stage::Lapsed])),
            ("certificate_expired", expired),
            ("grace_ended", made(&[Stage::GraceOver])),
        ];
        self.logged(0, &words).await;
    }
}

/// Whose work there is of it. Head office takes calls, and brings in nothing else.
fn authors(persons: &Persons, stage: Stage) -> Vec<&Person> {
    let named = ["teller", "sales rep", "supervisor", "deputy"].map(|name| persons.named(name));
    let head = stage.reported().then(|| persons.named("head office"));
    [persons.author()].into_iter().chain(named).chain(head).collect()
}

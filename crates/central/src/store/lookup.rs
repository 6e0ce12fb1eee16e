//! What the pickup pages ask, many questions in one statement: each statement is a trip to the database's thread, and
//! while one is under way the next questions gather.

use domain::id::{CertificateId, UserId};
use sqlx::FromRow;
use tokio::sync::{mpsc, oneshot};

use super::db::{self, Connection, Many, Readers};
use super::rows;
use super::writer::Fault;

/// Most questions of one statement.
const TOGETHER: usize = 64;

/// The right or certificate a user ID has now (the last one granted).
#[derive(Debug, Clone, FromRow)]
pub struct Right {
    /// Certificate id.
    pub certificate_id: String,
    /// Customer.
    pub customer_id: String,
    /// 利用者ID.
    pub user_id: String,
    /// Its role.
    pub role: String,
    /// Contract number.
    pub contract: String,
    /// 利用PC.
    pub device_label: String,
    /// State.
    pub state: String,
    /// `YYYY-MM-DD`.
    pub deadline: String,
    /// First day of its contract, `YYYY-MM-DD`; may lie ahead.
    pub opened_on: Option<String>,
    /// Serial, once signed.
    pub serial: Option<String>,
    /// Key, once signed.
    pub key_sha256: Option<String>,
    /// RFC 3339, once signed.
    pub not_after: Option<String>,
    /// Base 64, once signed.
    pub der: Option<String>,
    /// Stopped by a report of a loss (1) or not (0).
    pub held: i64,
    /// HMAC of the code in force.
    pub hmac: Option<Vec<u8>>,
}

/// What is known of a user ID at an address.
#[derive(Debug, Clone, Default)]
pub struct Door {
    /// Locked until.
    pub locked_until_ms: i64,
    /// The last right of the user ID.
    pub right: Option<Right>,
}

struct Question {
    certificate: Option<String>,
    user: Option<String>,
    address: Option<String>,
    reply: oneshot::Sender<Result<Door, Fault>>,
}

/// The way to the answers. Cheap to clone.
#[derive(Clone)]
pub struct Lookup(mpsc::Sender<Question>);

enum Way {
    Own(Connection),
    Any(Readers),
}

fn gone<E>(_: E) -> Fault {
    Fault::Database(db::Error::PoolClosed)
}

impl Lookup {
    /// Starts on a connection of its own (to a file), or on whichever is free (to a server: one may be lost). It ends with the last
    /// [`Lookup`].
    ///
    /// # Errors
    /// The database can't be opened once more.
    pub async fn start(readers: &Readers) -> Result<Self, Fault> {
        let mut way = match readers {
            Readers::Sqlite(_) => Way::Own(readers.detach().await?),
            Readers::Postgres(_) => Way::Any(readers.clone()),
        };
        let (ask, mut asked) = mpsc::channel(1024);
        tokio::spawn(async move {
            let mut questions = Vec::with_capacity(TOGETHER);
            while asked.recv_many(&mut questions, TOGETHER).await > 0 {
                answer(&mut way, std::mem::take(&mut questions)).await;
            }
        });
        Ok(Self(ask))
    }

    async fn ask(
        &self,
        certificate: Option<String>,
        user: Option<String>,
        address: Option<String>,
    ) -> Result<Door, Fault> {
        let (reply, answer) = oneshot::channel();
        self.0.send(Question { certificate, user, address, reply }).await.map_err(gone)?;
        answer.await.map_err(gone)?
    }

    /// Tries and last right of a user ID.
    ///
    /// # Errors
    /// The database failed.
    pub async fn door(&self, user: &UserId, address: &str) -> Result<Door, Fault> {
        self.ask(None, Some(user.to_string()), Some(address.to_owned())).await
    }

    /// A right by its own id.
    ///
    /// # Errors
    /// The database failed.
    pub async fn right(&self, certificate: CertificateId) -> Result<Option<Right>, Fault> {
        Ok(self.ask(Some(certificate.to_string()), None, None).await?.right)
    }
}

async fn answer(way: &mut Way, questions: Vec<Question>) {
    let mut questions = questions.into_iter();
    while questions.len() > 0 {
        let group = rows::group(questions.len());
        let asked: Vec<Question> = questions.by_ref().take(group).collect();
        let doors = look(way, &asked).await;
        for (n, question) in asked.into_iter().enumerate() {
            let door = match &doors {
                Ok(doors) => Ok(doors.get(n).cloned().unwrap_or_default()),
                // One error answers many: of one that passes, that it does is what matters.
                Err(error) if db::passing(error) => Err(Fault::Database(db::Error::PoolTimedOut)),
                Err(error) => Err(Fault::Log(format!("lookup: {error}"))),
            };
            let _ = question.reply.send(door);
        }
    }
}

async fn look(way: &mut Way, asked: &[Question]) -> Result<Vec<Door>, db::Error> {
    let mut statement = Many::new("WITH asked (n, certificate_id, user_id, address) AS (");
    statement.push_values(asked.iter().enumerate(), |mut row, (n, question)| {
        row.push_bind(n as i64)
            .push_bind(question.certificate.clone())
            .push_bind(question.user.clone())
            .push_bind(question.address.clone());
    });
    statement.push(
        ") SELECT asked.n, t.locked_until_ms, c.certificate_id, c.customer_id, c.user_id, u.role, c.contract,
                  c.device_label, c.state, c.deadline, k.opened_on, c.serial, c.key_sha256, c.not_after, c.der, c.held, p.hmac
         FROM asked
         LEFT JOIN pickup_try t ON t.user_id = asked.user_id AND t.address = asked.address
         LEFT JOIN certificate c ON c.certificate_id = COALESCE(asked.certificate_id,
             (SELECT one.certificate_id FROM certificate one WHERE one.user_id = asked.user_id
              ORDER BY one.granted_idx DESC LIMIT 1))
         LEFT JOIN contract k ON k.number = c.contract
         LEFT JOIN login_user u ON u.user_id = c.user_id
         LEFT JOIN pickup_code p ON p.certificate_id = c.certificate_id",
    );
    let mut doors = vec![Door::default(); asked.len()];
    let found: Vec<Found> = match way {
        Way::Own(db) => statement.build().fetch_all(db).await?,
        Way::Any(readers) => statement.build().fetch_all(&*readers).await?,
    };
    for found in found {
        if let Some(door) = usize::try_from(found.n).ok().and_then(|n| doors.get_mut(n)) {
            *door = found.door;
        }
    }
    Ok(doors)
}

/// The answer to question `n`.
struct Found {
    n: i64,
    door: Door,
}

impl<'r, R: sqlx::Row> FromRow<'r, R> for Found
where
    for<'n> &'n str: sqlx::ColumnIndex<R>,
    i64: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<i64>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Option<String>: sqlx::Decode<'r, R::Database> + sqlx::Type<R::Database>,
    Right: FromRow<'r, R>,
{
    fn from_row(row: &'r R) -> Result<Self, db::Error> {
        let known = row.try_get::<Option<String>, _>("certificate_id")?.is_some();
        let door = Door {
            locked_until_ms: row.try_get::<Option<i64>, _>("locked_until_ms")?.unwrap_or_default(),
            right: if known { Some(Right::from_row(row)?) } else { None },
        };
        Ok(Self { n: row.try_get("n")?, door })
    }
}

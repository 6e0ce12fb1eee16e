//! Looks into a centre's database past its service.

use central::config::Config;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{Connection as _, FromRow, PgConnection, SqliteConnection, postgres::PgRow};

/// Every row of a question.
pub async fn rows<T>(config: &Config, text: &'static str) -> Vec<T>
where
    T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin,
{
    if config.database.url.is_empty() {
        let options = SqliteConnectOptions::new().filename(config.database_file()).read_only(true);
        let mut db = SqliteConnection::connect_with(&options).await.unwrap();
        let rows = sqlx::query_as(text).fetch_all(&mut db).await.unwrap();
        db.close().await.unwrap();
        rows
    } else {
        let mut db = PgConnection::connect(&config.database.url).await.unwrap();
        let rows = sqlx::query_as(text).fetch_all(&mut db).await.unwrap();
        db.close().await.unwrap();
        rows
    }
}

/// Changes something past the service; gives the number of rows.
pub async fn change(config: &Config, text: &'static str) -> u64 {
    if config.database.url.is_empty() {
        let options = SqliteConnectOptions::new().filename(config.database_file());
        let mut db = SqliteConnection::connect_with(&options).await.unwrap();
        let rows = sqlx::query(text).execute(&mut db).await.unwrap().rows_affected();
        db.close().await.unwrap();
        rows
    } else {
        let mut db = PgConnection::connect(&config.database.url).await.unwrap();
        let rows = sqlx::query(text).execute(&mut db).await.unwrap().rows_affected();
        db.close().await.unwrap();
        rows
    }
}

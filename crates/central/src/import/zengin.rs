//! The zengin branch list (全銀 金融機関店舗情報) as CSV: 金融機関コード, 店舗コード, 店舗名カナ, 店舗名, found by the names in
//! the first line; further columns are left alone.

use std::collections::BTreeMap;

use anyhow::Context as _;
use domain::id::BranchCode;

use super::text::decoded;

/// The branches of an institution: code, name, reading.
///
/// # Errors
/// A column is missing, a code has the wrong form or stands twice, or the file holds several institutions and none was named.
pub fn branches(bytes: &[u8], bank: Option<&str>) -> anyhow::Result<Vec<(BranchCode, String, String)>> {
    let text = decoded(bytes, None);
    let mut reader = csv::ReaderBuilder::new().has_headers(true).from_reader(text.as_bytes());
    let header = reader.headers()?.clone();
    let place = |name: &str| {
        header
            .iter()
            .position(|cell| cell.trim() == name)
            .with_context(|| format!("the first line has no column {name}"))
    };
    let (bank_at, code_at) = (place("金融機関コード")?, place("店舗コード")?);
    let (kana_at, name_at) = (place("店舗名カナ")?, place("店舗名")?);
    let (mut found, mut only) = (BTreeMap::new(), bank.map(str::to_owned));
    for record in reader.records() {
        let record = record?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |at: usize| record.get(at).unwrap_or_default().trim();
        let of = cell(bank_at);
        if bank.is_some_and(|bank| bank != of) {
            continue;
        }
        let known = only.get_or_insert_with(|| of.to_owned());
        anyhow::ensure!(known == of, "line {line}: another institution ({of}); name the own one with --bank");
        let code: BranchCode =
            cell(code_at).parse().map_err(|_| anyhow::anyhow!("line {line}: 店舗コード: three digits"))?;
        let (name, kana) = (cell(name_at).to_owned(), domain::text::kana_of(cell(kana_at)));
        for (column, text) in [("店舗名", &name), ("店舗名カナ", &kana)] {
            let good = domain::text::name("name", text);
            good.map_err(|refusal| anyhow::anyhow!("line {line}: {column}: {}", refusal.code))?;
        }
        let twice = found.insert(code.clone(), (name, kana)).is_some();
        anyhow::ensure!(!twice, "line {line}: branch {code} stands twice");
    }
    anyhow::ensure!(!found.is_empty(), "the file holds no branch of the institution");
    Ok(found.into_iter().map(|(code, (name, kana))| (code, name, kana)).collect())
}

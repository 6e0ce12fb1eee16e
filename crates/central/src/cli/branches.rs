//! `import-branches`: the institution's own branches from the zengin list. Each new or renamed one is an entry.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::Args;
use domain::branch::{Branch, BranchCommand};
use domain::id::BranchCode;
use domain::{ErrorCode, Refusal};

use super::operator::Operator;
use super::say;
use crate::config::Config;
use crate::import;
use crate::store::act::Command;
use crate::store::read;

#[derive(Debug, Args)]
pub(super) struct ImportBranches {
    /// The file: 金融機関コード,店舗コード,店舗名カナ,店舗名 (UTF-8 or Shift_JIS).
    file: PathBuf,
    /// 金融機関コード of the institution; other lines are left alone. Without it the file must hold one institution only.
    #[arg(long)]
    bank: Option<String>,
}

pub(super) async fn run(config: &Config, passphrase: &str, asked: ImportBranches) -> anyhow::Result<()> {
    let bytes = import::read_file(&asked.file)?;
    let list = import::branches(&bytes, asked.bank.as_deref())?;
    let operator = Operator::open(config, passphrase).await?;
    let done = all(&operator, list).await;
    operator.close().await?;
    let (opened, renamed) = done?;
    say(&format!("{opened} branches opened, {renamed} renamed"))
}

async fn all(operator: &Operator, list: Vec<(BranchCode, String, String)>) -> anyhow::Result<(usize, usize)> {
    let (mut opened, mut renamed) = (0, 0);
    for (code, name, kana) in list {
        let known: Option<Branch> = read::branch(&operator.readers, &code).await?;
        let command = match known {
            Some(branch) if branch.name == name && branch.kana == kana => continue,
            Some(_) => BranchCommand::RenameBranch { name, kana },
            None => BranchCommand::OpenBranch { name, kana },
        };
        let opens = matches!(command, BranchCommand::OpenBranch { .. });
        let refused = |refusal: domain::Refusal| match refusal.code {
            ErrorCode::Unavailable => anyhow::anyhow!("the writer has stopped"),
            code => anyhow::anyhow!("refused: {code} {:?}", refusal.args),
        };
        let act = operator.act(Command::Branch(code.clone(), command), None, Vec::new()).await;
        act.map_err(refused).with_context(|| format!("branch {code}"))?;
        *(if opens { &mut opened } else { &mut renamed }) += 1;
    }
    Ok((opened, renamed))
}

/// Where the log knows branches, a code is one of them: a slip of the keyboard binds nobody to a branch that does not exist. Days
/// may have been signed off at branches that nobody opened.
pub(super) fn known<'a>(
    branches: impl IntoIterator<Item = &'a Branch, IntoIter: Clone>,
    code: &BranchCode,
) -> Result<Option<&'a Branch>, Refusal> {
    let mut opened = branches.into_iter().filter(|branch| branch.opened());
    match opened.clone().next() {
        None => Ok(None),
        Some(_) => match opened.find(|branch| branch.code == *code) {
            None => Err(Refusal::new(ErrorCode::BranchUnknown).with("branch", code)),
            found => Ok(found),
        },
    }
}

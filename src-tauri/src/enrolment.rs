//! Enrolment of this PC from the command line.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use desk::config::Config;
use desk::enrol;
use desk::profile::Profile;
use desk::secrets::Secrets;

use crate::options::Action;

fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("can't read {}", path.display()))
}

/// Enrols, or does the half of it that was asked for.
pub(crate) fn run(profile: Option<PathBuf>, action: Action) -> anyhow::Result<()> {
    let Action::Enrol { centre, root, request, answer } = action;
    let profile = Profile::find(profile, false).context("there is no folder for application data")?;
    std::fs::create_dir_all(&profile.dir).with_context(|| format!("can't make {}", profile.dir.display()))?;
    let secrets = Secrets::keyring(&profile.dir)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let identity = match (centre, root, request, answer) {
        (Some(centre), Some(root), _, _) => {
            let root = enrol::certificate_pem(&read(&root)?);
            let mut invitation = String::new();
            std::io::stdin().read_line(&mut invitation).context("read the invitation from standard input")?;
            let config = Config::read(&profile.dir)?;
            runtime.block_on(enrol::enrol_by(&config, &centre, &root, invitation.trim(), &secrets))?
        }
        (_, _, Some(request), _) => {
            std::fs::write(&request, enrol::request_file(&secrets)?)
                .with_context(|| format!("can't write {}", request.display()))?;
            return Ok(());
        }
        (_, _, _, Some(answer)) => {
            let given = serde_json::from_slice(&read(&answer)?).context("the answer is not what the centre gives")?;
            enrol::identity(given, &secrets)?
        }
        _ => bail!("say --centre and --root, or --request, or --answer; see `madoguchi enrol --help`"),
    };
    runtime.block_on(enrol::keep(&profile, &secrets, &identity))?;
    writeln!(std::io::stdout(), "{} (branch {}), terminal {}", identity.label, identity.branch, identity.terminal)?;
    Ok(())
}

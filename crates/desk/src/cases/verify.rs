//! 検証: "this record was not tampered with" is computed, told with its gaps, and compared with what stands on paper.

use std::sync::atomic::Ordering;

use domain::ErrorCode;
use wire::head::{Head, ToldHead};

use crate::desk::{Desk, Topics, held};
use crate::error::DeskError;
use crate::replica::verify::{self, Stand};
use crate::replica::{chunk, epoch, note};
use crate::view::{FindingView, GapKind, GapView, HeadView, VerifyPhase, VerifyView};

/// What runs, if something does.
#[derive(Default)]
pub(crate) struct Verification {
    running: bool,
    /// Asked to stop; what it has done is kept.
    stop: bool,
    /// Where it stands.
    stand: Option<Stand>,
    failed: bool,
}

impl Desk {
    /// Begins, or goes on where the last one was stopped. One that runs goes on.
    ///
    /// # Errors
    /// Nobody works here.
    pub fn verify(&self) -> Result<(), DeskError> {
        self.working()?;
        {
            let mut now = held(&self.inner.verification);
            if now.running {
                return Ok(());
            }
            *now = Verification { running: true, ..Verification::default() };
        }
        let desk = self.clone();
        self.begun(tokio::spawn(async move {
            let ended = desk.verify_all().await;
            {
                let mut now = held(&desk.inner.verification);
                (now.running, now.failed) = (false, ended.is_err());
            }
            if let Err(error) = ended {
                match error.code() {
                    ErrorCode::ReplicaUnreadable => desk.stop(error),
                    _ => tracing::error!(%error, "the verification failed"),
                }
            }
            desk.changed(Topics::ALL);
        }));
        self.changed(Topics::STATUS);
        Ok(())
    }

    /// Stops after what is being looked at; the next one goes on from there.
    ///
    /// # Errors
    /// Nobody works here.
    pub fn verify_stop(&self) -> Result<(), DeskError> {
        self.working()?;
        held(&self.inner.verification).stop = true;
        Ok(())
    }

    async fn verify_all(&self) -> Result<(), DeskError> {
        let replica = &self.inner.replica;
        let cuts = replica.cuts.load(Ordering::Acquire);
        let mut run = verify::begin(replica).await?;
        loop {
            let more = run.step(replica).await?;
            let stop = {
                let mut now = held(&self.inner.verification);
                now.stand = Some(run.stand().clone());
                now.stop
            };
            if replica.cuts.load(Ordering::Acquire) != cuts {
                // The log went on as another epoch meanwhile: what was looked at is not what stands there.
                return Ok(());
            }
            if !more {
                // Nothing is stored between the last leaf and the comparison with its checkpoint.
                let _still = self.inner.fetching.lock().await;
                if run.stand().size() == *replica.size.borrow() {
                    let stand = run.end(replica, &self.inner.verifier, self.inner.clock.now()).await?;
                    held(&self.inner.verification).stand = Some(stand);
                    return Ok(());
                }
            } else if stop {
                return run.pause(replica).await;
            }
            self.changed(Topics::STATUS);
        }
    }

    /// Where the verification stands, what it found, and the head as it would be printed.
    ///
    /// # Errors
    /// Nobody works here, or the replica failed.
    pub async fn verification(&self) -> Result<VerifyView, DeskError> {
        self.working()?;
        let replica = &self.inner.replica;
        // In this order: one that ends in between has kept what it found before it says that it runs no more.
        let (running, failed, now) = {
            let now = held(&self.inner.verification);
            (now.running, now.failed, now.stand.clone())
        };
        let (open, last) = verify::kept(replica).await?;
        let phase = match (&open, &last) {
            _ if running => VerifyPhase::Running,
            _ if failed => VerifyPhase::Failed,
            (Some(_), _) => VerifyPhase::Stopped,
            (None, Some(last)) if last.findings.is_empty() => VerifyPhase::Sound,
            (None, Some(_)) => VerifyPhase::Broken,
            (None, None) => VerifyPhase::Never,
        };
        let stand = if running { now } else { open.or(last) }.unwrap_or_default();
        let frontier = chunk::head(&replica.readers).await?;
        let head = Head { size: frontier.size(), root: frontier.root().0 };
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Ok(VerifyView {
            phase,
            done: small(stand.size()),
            total: small(frontier.size()),
            at: stand.at.map(|at| at.to_rfc3339()),
            signed: small(stand.signed),
            remembered: small(stand.remembered),
            own: small(stand.own),
            findings: stand
                .findings
                .iter()
                .map(|finding| FindingView {
                    kind: finding.kind,
                    index: finding.index.map(small),
                    why: finding.why.clone(),
                })
                .collect(),
            gaps: self.gaps(&stand, phase).await?,
            head: head_view(head),
            checkpoint: note(&replica.readers).await?.unwrap_or_default(),
            log_key: self.inner.verifier.to_vkey(),
        })
    }

    /// What this desk can't say by itself, and what that means.
    async fn gaps(&self, stand: &Stand, phase: VerifyPhase) -> Result<Vec<GapView>, DeskError> {
        let replica = &self.inner.replica;
        let small = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        let since = replica.size.borrow().saturating_sub(stand.size());
        let looked = matches!(phase, VerifyPhase::Sound | VerifyPhase::Broken);
        let (epoch, recovering) = epoch::current(&replica.readers).await?;
        let gaps = [
            (GapKind::Since, if looked { since } else { 0 }),
            (GapKind::HashOnly, stand.hashes),
            (GapKind::KeyElsewhere, stand.elsewhere),
            (GapKind::CentresWord, stand.own),
            (GapKind::Restored, u64::from(epoch)),
            (GapKind::Recovering, u64::from(recovering)),
            (GapKind::Lost, epoch::lost_count(&replica.readers).await?),
        ];
        let gaps = gaps.into_iter().filter(|(_, count)| *count > 0);
        Ok(gaps.map(|(kind, count)| GapView { kind, count: small(count) }).collect())
    }

    /// Is a head on paper the one of this log at that size?
    ///
    /// # Errors
    /// What was typed can't be read; [`ErrorCode::LogMismatch`]: it is another one; [`ErrorCode::NotFound`]: this desk has not
    /// so many entries.
    pub async fn compare_head(&self, size: Option<u32>, text: &str) -> Result<HeadView, DeskError> {
        self.working()?;
        let told = ToldHead::parse(size.map(u64::from), text)?;
        let replica = &self.inner.replica;
        if told.size > *replica.size.borrow() {
            return Err(domain::Refusal::new(ErrorCode::NotFound).at("size").with("size", told.size).into());
        }
        let frontier = epoch::frontier_at(&replica.readers, told.size).await?;
        let head = Head { size: told.size, root: frontier.root().0 };
        if head.fits(&told) {
            return Ok(head_view(head));
        }
        tracing::error!(size = told.size, "a head on paper is not the one of this log");
        Err(domain::Refusal::new(ErrorCode::HeadDiffers).with("size", told.size).into())
    }
}

fn head_view(head: Head) -> HeadView {
    HeadView {
        size: u32::try_from(head.size).unwrap_or(u32::MAX),
        root: hex::encode(head.root),
        words: head.words().into_iter().map(str::to_owned).collect(),
        line: head.line(),
    }
}

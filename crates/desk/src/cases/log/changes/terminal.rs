//! A terminal.

use domain::Event;
use domain::id::TerminalId;
use domain::terminal::{Terminal, TerminalEvent, TerminalState};

use super::sight::Sight;
use super::{Label, Told, Values, stored};
use crate::replica::Opened;

/// `entries`: its own, up to the one that is shown. One that came from another branch had others there.
pub(in crate::cases::log) fn terminal(id: TerminalId, entries: &[Opened], label: Label<'_>) -> Told {
    let (mut before, mut after) = (Terminal::unknown(id), Terminal::unknown(id));
    let mut sight = Sight::default();
    for Opened { entry, .. } in entries {
        if sight.lost_before(entry, after.version) {
            after = Terminal { version: after.version, ..Terminal::unknown(id) };
        }
        before = after.clone();
        for event in &entry.events {
            let Event::Terminal(event) = event else { continue };
            if let TerminalEvent::TerminalMoved { from, .. } = event {
                before.branch = Some(from.clone());
            }
            domain::terminal::apply(&mut after, event, &entry.actor);
        }
    }
    let of = |terminal: &Terminal| values(terminal, sight.in_part(), label);
    Told { before: of(&before), after: of(&after) }
}

fn values(terminal: &Terminal, in_part: bool, label: Label<'_>) -> Values {
    let mut values = Values { in_part, ..Values::default() };
    if terminal.state != TerminalState::Unknown {
        values.put("terminal_state", "", stored(terminal.state));
    }
    values.put("terminal_branch", "", terminal.branch.as_ref().map(label).unwrap_or_default());
    values.put("terminal_label", "", &terminal.label);
    let until = terminal.certificate_until.map(|until| until.to_rfc3339());
    values.put("terminal_until", "", until.unwrap_or_default());
    values
}

//! The text form that Prometheus reads (exposition format 0.0.4), as much of it as is needed here. Names and labels are this
//! program's own words, and are written as they are.

use std::fmt::{Display, Write as _};

use super::Times;

/// What a number is.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// It goes up and down.
    Gauge,
    /// It only grows, until a restart.
    Counter,
}

/// A page being written.
#[derive(Debug, Default)]
pub(crate) struct Page(String);

impl Page {
    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    /// One number.
    pub(crate) fn one(&mut self, kind: Kind, name: &str, help: &str, value: impl Display) {
        self.labelled(kind, name, help, "", [("", value)]);
    }

    /// A number for each of several, told apart by a label. Nothing is written where there is none.
    pub(crate) fn labelled<V: Display>(
        &mut self,
        kind: Kind,
        name: &str,
        help: &str,
        label: &str,
        values: impl IntoIterator<Item = (&'static str, V)>,
    ) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return;
        }
        self.head(name, if matches!(kind, Kind::Gauge) { "gauge" } else { "counter" }, help);
        for (which, value) in values {
            let _ = match label {
                "" => writeln!(self.0, "{name} {value}"),
                label => writeln!(self.0, "{name}{{{label}=\"{which}\"}} {value}"),
            };
        }
    }

    /// How long something took.
    pub(crate) fn times(&mut self, name: &str, help: &str, times: &Times) {
        self.head(name, "histogram", help);
        let (bounds, count, seconds) = times.told();
        for (bound, within) in bounds {
            let _ = writeln!(self.0, "{name}_bucket{{le=\"{bound}\"}} {within}");
        }
        let _ = writeln!(self.0, "{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {seconds}\n{name}_count {count}");
    }

    /// The page.
    pub(crate) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_page_is_what_prometheus_reads() {
        let mut page = Page::default();
        page.one(Kind::Gauge, "madoguchi_log_size", "Entries.", 7_u64);
        let ends = [("server", 1_700_000_000_i64), ("root", 2_000_000_000)];
        page.labelled(Kind::Gauge, "madoguchi_end_seconds", "Ends.", "certificate", ends);
        page.labelled(Kind::Gauge, "madoguchi_nothing", "Nothing.", "which", Vec::<(&str, u64)>::new());
        let times = Times::default();
        for ms in [0, 3, 60_000] {
            times.took(Duration::from_millis(ms));
        }
        page.times("madoguchi_batch_seconds", "Batches.", &times);
        let expected = "\
# HELP madoguchi_log_size Entries.
# TYPE madoguchi_log_size gauge
madoguchi_log_size 7
# HELP madoguchi_end_seconds Ends.
# TYPE madoguchi_end_seconds gauge
madoguchi_end_seconds{certificate=\"server\"} 1700000000
madoguchi_end_seconds{certificate=\"root\"} 2000000000
# HELP madoguchi_batch_seconds Batches.
# TYPE madoguchi_batch_seconds histogram
madoguchi_batch_seconds_bucket{le=\"0.001\"} 1
madoguchi_batch_seconds_bucket{le=\"0.005\"} 2
madoguchi_batch_seconds_bucket{le=\"0.02\"} 2
madoguchi_batch_seconds_bucket{le=\"0.1\"} 2
madoguchi_batch_seconds_bucket{le=\"0.5\"} 2
madoguchi_batch_seconds_bucket{le=\"2\"} 2
madoguchi_batch_seconds_bucket{le=\"10\"} 2
madoguchi_batch_seconds_bucket{le=\"+Inf\"} 3
madoguchi_batch_seconds_sum 60.003
madoguchi_batch_seconds_count 3
";
        assert_eq!(page.finish(), expected);
    }
}

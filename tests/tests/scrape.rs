//! What a scrape of the quickstart says: every number of the calls that were made, read by a real Prometheus.

use taximeter_tests::{BOUND, Child, Page, Prometheus, http, port, program, prometheus, wait, wait_for};

/// The quickstart, serving on a port of its own.
struct Quickstart {
    process: Child,
    port: u16,
}

impl Quickstart {
    /// Starts it and waits for the end of its first round.
    fn after_a_round() -> Self {
        let port = port::free_port();
        let mut command = program::example("quickstart");
        let process = Child::start(command.env("PROMETHEUS_PORT", port.to_string()));
        let quickstart = Self { process, port };
        wait_for("the first round to finish", || (quickstart.rounds() > 0).then_some(()));
        quickstart
    }

    fn rounds(&self) -> usize {
        self.process.stdout().matches("round finished").count()
    }

    fn text(&self) -> String {
        http::get(self.port, "/metrics").expect("the quickstart serves its metrics").body
    }

    /// Waits until the page says what `round` says, as many times as there were rounds; zeros stay zeros.
    fn assert_shows(&self, round: &str) {
        let mut differences = Vec::new();
        let agreed = wait::wait_at_most(BOUND, || {
            // A round may end while the page is on its way; the next look then agrees.
            differences = Page::parse(&self.text()).differences(round, self.rounds() as f64);
            differences.is_empty().then_some(())
        });
        assert!(agreed.is_some(), "{}", differences.join("\n"));
    }
}

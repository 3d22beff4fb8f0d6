//! Each fault of `docs/faults.md` that has a test here happens to a program of its own, with a bound on its time; what is
//! asserted is what its user, its log and its receiver see.

mod code;
mod ending;
mod logging;
mod page;
mod proxies;
mod receivers;
mod table;

use std::process::{Command, ExitStatus};

use serde_json::Value;
use taximeter_tests::{Child, program};

/// A program that has ended.
struct Ended {
    status: ExitStatus,
    stdout: String,
    stderr: String,
}

/// The program that does one thing wrong.
fn fault(name: &str) -> Command {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_fault")));
    command.arg(name);
    command
}

/// The same under a shell that has set a limit: `ulimit -n 32`.
fn limited(limit: &str, name: &str) -> Command {
    let mut command = program::undisturbed(Command::new("sh"));
    command.args(["-c", &format!("{limit} && exec \"$0\" \"$1\""), env!("CARGO_BIN_EXE_fault"), name]);
    command
}

/// Runs to the end, however that is.
fn end_of(command: &mut Command) -> Ended {
    let mut program = Child::start(command);
    let status = program.wait();
    Ended { status, stdout: program.stdout(), stderr: program.stderr() }
}

/// Runs a program that has to survive what happens to it.
#[track_caller]
fn survivor(command: &mut Command) -> Ended {
    let ended = end_of(command);
    assert!(ended.status.success(), "{}: {}\n{}", ended.status, ended.stderr, ended.stdout);
    assert!(ended.stderr.contains("survived\n"), "{}", ended.stderr);
    ended
}

impl Ended {
    /// The number that the program said after `word`.
    #[track_caller]
    fn number(&self, word: &str) -> f64 {
        *self.numbers(word).first().unwrap_or_else(|| panic!("nothing after `{word}`: {}", self.stderr))
    }

    /// All of them.
    fn numbers(&self, word: &str) -> Vec<f64> {
        let word = format!("{word} ");
        let after = self.stderr.split(&word).skip(1);
        let number = |text: &str| text.split(|c: char| !c.is_ascii_digit() && c != '.').next()?.parse().ok();
        after.filter_map(number).collect()
    }

    /// The lines of the log, each of which is an object.
    #[track_caller]
    fn lines(&self) -> Vec<Value> {
        let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line:?}"));
        self.stdout.lines().map(read).collect()
    }

    /// The same of a file that was full in the middle of a line.
    fn lines_but_the_last(&self) -> Vec<Value> {
        let whole = self.stdout.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// The line with this message.
    #[track_caller]
    fn line(&self, message: &str) -> Value {
        let found = self.lines().into_iter().find(|line| line["message"] == message);
        found.unwrap_or_else(|| panic!("no line says `{message}`: {}", self.stdout))
    }
}

/// The memory that grew from the second round to the last; the first one warms up.
fn growth_kib(ended: &Ended) -> f64 {
    let rounds = ended.numbers("resident");
    rounds[rounds.len() - 1] - rounds[1]
}

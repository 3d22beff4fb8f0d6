//! A program that ends with the test that started it.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use crate::wait_for;

/// A running program. Its output is collected while it runs; dropping it kills it.
pub struct Child {
    process: std::process::Child,
    stdout: Output,
    stderr: Output,
}

impl Child {
    /// Starts `command` with nothing on its standard input.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(command: &mut Command) -> Self {
        let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let stdout = Output::collect(process.stdout.take());
        let stderr = Output::collect(process.stderr.take());
        Self { process, stdout, stderr }
    }

    /// What it has written to standard output so far.
    pub fn stdout(&self) -> String {
        self.stdout.so_far()
    }

    /// What it has written to standard error so far.
    pub fn stderr(&self) -> String {
        self.stderr.so_far()
    }

    /// The number of its process.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Whether it has not ended yet.
    pub fn is_running(&mut self) -> bool {
        self.process.try_wait().is_ok_and(|status| status.is_none())
    }

    /// Does what ctrl-c does.
    ///
    /// # Panics
    /// When there is no shell to send the signal.
    pub fn interrupt(&self) {
        self.signal("INT");
    }

    /// Sends it a signal: `TERM`, `STOP`, `CONT`.
    ///
    /// # Panics
    /// When there is no shell to send the signal.
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.process.id());
        let status = Command::new("sh").args(["-c", &kill]).status();
        assert!(status.is_ok_and(|status| status.success()), "`{kill}` failed");
    }

    /// Waits until it ends by itself, and for the rest of its output.
    ///
    /// # Panics
    /// When it does not end within the bound.
    pub fn wait(&mut self) -> ExitStatus {
        let status = wait_for("the program to end", || self.process.try_wait().ok().flatten());
        self.stdout.finish();
        self.stderr.finish();
        status
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // Both fail when it has ended already, which is what we want.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if thread::panicking() {
            eprintln!("--- standard output\n{}\n--- standard error\n{}", self.stdout(), self.stderr());
        }
    }
}

/// Runs `command` to its end with `input` on its standard input, and returns how it ended and all it wrote.
///
/// # Panics
/// When it cannot be started.
pub fn run(command: &mut Command, input: &str) -> (ExitStatus, String) {
    let command = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    if let Some(mut stdin) = process.stdin.take() {
        // A program that does not read to the end has said why.
        let _ = stdin.write_all(input.as_bytes());
    }
    let output = process.wait_with_output().expect("the program's output");
    let text = [output.stdout, output.stderr].concat();
    (output.status, String::from_utf8_lossy(&text).into_owned())
}

/// A pipe that a thread of its own empties, so that the program never waits for us.
struct Output {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Output {
    fn collect(pipe: Option<impl Read + Send + 'static>) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let reader = pipe.map(|pipe| {
            let text = Arc::clone(&text);
            thread::spawn(move || append_lines(pipe, &text))
        });
        Self { text, reader }
    }

    fn so_far(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn finish(&mut self) {
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn append_lines(pipe: impl Read, text: &Mutex<String>) {
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while pipe.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
        text.lock().unwrap_or_else(PoisonError::into_inner).push_str(&String::from_utf8_lossy(&line));
        line.clear();
    }
}

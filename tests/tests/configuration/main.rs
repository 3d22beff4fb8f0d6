//! Every field of the configuration has its default and can be changed: in the code, in the environment, and the code
//! comes first. What is asserted is what a user sees, and not what was read.
//!
//! A field has two tests, `default_of_<field>` and `<field>_is_seen`; the table says where other names hold them.

mod lines;
mod models;
mod page;
mod receiver;
mod service;
mod spans;
mod table;

use std::process::Command;

use serde_json::Value;
use taximeter_tests::{Child, http, program, wait_for};

/// A program that has ended.
struct Ran {
    stdout: String,
    stderr: String,
}

/// The program with these variables and arguments. Its port is any free one, unless they say something else.
fn configured(variables: &[(&str, &str)], arguments: &[&str]) -> Command {
    let mut command = program::undisturbed(Command::new(env!("CARGO_BIN_EXE_configured")));
    command.env("PROMETHEUS_PORT", "0").envs(variables.iter().copied()).args(arguments);
    command
}

fn ran(variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let mut program = Child::start(&mut configured(variables, arguments));
    let status = program.wait();
    let ran = Ran { stdout: program.stdout(), stderr: program.stderr() };
    assert!(status.success(), "{status}: {}", ran.stderr);
    ran
}

/// Without any variable.
fn by_default(arguments: &[&str]) -> Ran {
    ran(&[], arguments)
}

/// The same in two ways: `field=value` in the code above a variable that says something else, and the variable alone.
fn both(field: &str, variable: (&str, &str), other: &str, arguments: &[&str]) -> [Ran; 2] {
    let code: Vec<&str> = [&[field], arguments].concat();
    [ran(&[(variable.0, other)], &code), ran(&[variable], arguments)]
}

impl Ran {
    /// The spans that it wrote to standard error.
    fn spans(&self) -> usize {
        self.stderr.lines().filter(|line| line.starts_with('{') && line.contains("\"span\":")).count()
    }

    fn lines(&self) -> Vec<Value> {
        self.stdout.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    fn lines_that_say(&self, message: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["message"] == message).collect()
    }

    fn has_lost_nothing(&self) -> bool {
        self.stderr.contains("nothing was lost\n")
    }
}

/// A program that stays, and the port that it listens on.
fn staying(variables: &[(&str, &str)], arguments: &[&str]) -> (Child, u16) {
    let program = Child::start(&mut configured(variables, &[arguments, &["stay"]].concat()));
    let port = wait_for("the port", || {
        program.stderr().contains("staying\n").then_some(())?;
        let said = program.stderr();
        let address = said.split_once("address Some(")?.1.split_once(')')?.0.to_owned();
        address.rsplit_once(':')?.1.parse().ok()
    });
    (program, port)
}

fn status_of(port: u16, path: &str) -> u16 {
    wait_for("an answer", || http::get(port, path).ok()).status
}

/// What a program has said that was ended by a signal.
fn service_stopped(arguments: &[&str]) -> String {
    let (mut program, _) = staying(&[], &[arguments, &["enable_console_exporter=true", "work"]].concat());
    program.signal("TERM");
    program.wait();
    program.stderr()
}

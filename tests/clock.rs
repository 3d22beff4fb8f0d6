//! A wall clock that a test can put forward and back.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::temporary::Folder;
use crate::tool;

/// libfaketime in front of the system's clock. The monotonic clock stays what it is.
pub struct Clock {
    library: PathBuf,
    folder: Folder,
}

impl Clock {
    /// `None`: skip the test, see [`tool::find`].
    pub fn new() -> Option<Self> {
        let fetched = "libfaketime/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
        let library = tool::find("libfaketimeMT.so.1", fetched)?;
        let clock = Self { library, folder: Folder::new("clock") };
        clock.put("+0");
        Some(clock)
    }

    /// By how many seconds the clock is wrong from now on: `-3600`.
    ///
    /// # Panics
    /// When the file cannot be written.
    pub fn put(&self, seconds: &str) {
        fs::write(self.file(), format!("{seconds}\n")).expect("a file");
    }

    /// The file that says so, for a program that puts its own clock.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("offset")
    }

    /// Lets a program live by this clock.
    pub fn give<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        command.env("LD_PRELOAD", &self.library).env("FAKETIME_TIMESTAMP_FILE", self.file());
        command.env("FAKETIME_NO_CACHE", "1").env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("CLOCK_FILE", self.file())
    }
}

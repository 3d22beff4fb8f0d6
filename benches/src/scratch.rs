//! A workspace of its own under the target folder, whose crates may depend on the peers.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context;

/// The root of our own workspace.
const HOUSE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

pub(crate) struct Scratch {
    root: PathBuf,
}

/// One crate of the workspace.
pub(crate) struct Package<'a> {
    pub(crate) name: &'a str,
    /// Lines below `[dependencies]`.
    pub(crate) dependencies: &'a str,
    /// `lib.rs` or `main.rs`.
    pub(crate) file: &'a str,
    pub(crate) source: &'a str,
}

impl Scratch {
    /// Makes the workspace `name`, with the versions that our own workspace has locked.
    pub(crate) fn new(name: &str) -> anyhow::Result<Scratch> {
        let program = std::env::current_exe()?;
        let target = program.ancestors().nth(2).context("this program is not in a target folder")?;
        let scratch = Scratch { root: target.join("scratch").join(name) };
        scratch.write("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n")?;
        scratch.lock()?;
        Ok(scratch)
    }

    /// Takes over our lock file when it changed; cargo adds the peers to the copy, and keeps them.
    fn lock(&self) -> anyhow::Result<()> {
        let (ours, copy) = (Path::new(HOUSE).join("Cargo.lock"), self.root.join("Cargo.lock"));
        let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified());
        if changed(&copy).is_ok_and(|copied| changed(&ours).is_ok_and(|changed| changed < copied)) {
            return Ok(());
        }
        fs::copy(ours, copy).context("cannot copy our lock file")?;
        Ok(())
    }

    pub(crate) fn add(&self, package: &Package<'_>) -> anyhow::Result<()> {
        let Package { name, dependencies, file, source } = package;
        let dependencies = dependencies.replace("HOUSE", HOUSE);
        let manifest = format!(
            "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}\n"
        );
        self.write(&format!("crates/{name}/Cargo.toml"), &manifest)?;
        self.write(&format!("crates/{name}/src/{file}"), source)
    }

    /// Makes cargo believe that a crate changed.
    pub(crate) fn touch(&self, package: &Package<'_>) -> anyhow::Result<()> {
        self.write(&format!("crates/{}/src/{}", package.name, package.file), package.source)
    }

    /// Cargo, without what an incremental build keeps.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(arguments).arg("--quiet").current_dir(&self.root);
        cargo.env("CARGO_TARGET_DIR", self.target()).env("CARGO_INCREMENTAL", "0");
        cargo
    }

    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    fn write(&self, path: &str, text: &str) -> anyhow::Result<()> {
        let path = self.root.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))
    }
}

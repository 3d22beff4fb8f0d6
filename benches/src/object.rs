//! The code that a library holds.

use std::fs;
use std::path::Path;

use anyhow::Context;
use object::read::archive::ArchiveFile;
use object::{Object, ObjectSection, SectionKind};

/// Bytes of a library.
#[derive(Clone, Copy, Default)]
pub(crate) struct Bytes {
    /// Machine code.
    pub(crate) code: u64,
    /// All that a program has in its memory: machine code, constants, statics, unwind tables.
    pub(crate) loaded: u64,
}

/// Sums the object files in a `.rlib`.
pub(crate) fn of_library(path: &Path) -> anyhow::Result<Bytes> {
    let data = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let archive = ArchiveFile::parse(&*data)?;
    let mut bytes = Bytes::default();
    for member in archive.members() {
        let member = member?;
        // The other members are the crate's metadata and the table of names.
        if member.name().ends_with(b".o") {
            bytes.add(&object::File::parse(member.data(&*data)?)?);
        }
    }
    Ok(bytes)
}

impl Bytes {
    fn add(&mut self, file: &object::File<'_>) {
        for section in file.sections() {
            match section.kind() {
                SectionKind::Text => {
                    self.code += section.size();
                    self.loaded += section.size();
                }
                SectionKind::Data
                | SectionKind::ReadOnlyData
                | SectionKind::ReadOnlyDataWithRel
                | SectionKind::ReadOnlyString
                | SectionKind::UninitializedData
                | SectionKind::Tls
                | SectionKind::UninitializedTls => self.loaded += section.size(),
                _ => {}
            }
        }
    }
}

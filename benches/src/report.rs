//! The table of what the compiler takes, for people and for programs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::compile::{BUILDS, Times};
use crate::object::Bytes;
use crate::table::Table;

pub(crate) struct Row {
    pub(crate) variant: &'static str,
    pub(crate) times: [Times; BUILDS.len()],
    pub(crate) bytes: Bytes,
}

/// Each row as what a function costs over the first row, which is bare.
pub(crate) fn table(rows: &[Row], arguments: &Arguments) -> Table {
    let Arguments { functions, rounds, .. } = arguments;
    let title = format!(
        "what an annotation costs the compiler: medians of {rounds} rounds with {functions} functions, as milliseconds of all \
         processors and of the clock, and bytes in release, a function over bare"
    );
    let times = BUILDS.iter().flat_map(|build| [format!("{}, ms", build.name), format!("{}, clock", build.name)]);
    let columns: Vec<String> = times.chain(["code".to_owned(), "loaded".to_owned()]).collect();
    let columns: Vec<&str> = ["variant"].into_iter().chain(columns.iter().map(String::as_str)).collect();
    let mut table = Table::new(title, &columns);
    if let Some(bare) = rows.first() {
        rows.iter().for_each(|row| table.row(Cost::of(row, bare, *functions).cells()));
    }
    table
}

/// What one function costs over a bare one.
struct Cost {
    variant: &'static str,
    /// Milliseconds of the clock and of the processors, in the order of `BUILDS`.
    milliseconds: [[f64; 2]; BUILDS.len()],
    code_bytes: f64,
    loaded_bytes: f64,
}

impl Cost {
    fn of(row: &Row, bare: &Row, functions: usize) -> Cost {
        let functions = functions as f64;
        let time = |time: Duration, bare: Duration| (time.as_secs_f64() - bare.as_secs_f64()) * 1e3 / functions;
        let bytes = |bytes: u64, bare: u64| (bytes as f64 - bare as f64) / functions;
        Cost {
            variant: row.variant,
            milliseconds: std::array::from_fn(|build| {
                let (times, bare) = (&row.times[build], &bare.times[build]);
                [time(times.wall, bare.wall), time(times.processor, bare.processor)]
            }),
            code_bytes: bytes(row.bytes.code, bare.bytes.code),
            loaded_bytes: bytes(row.bytes.loaded, bare.bytes.loaded),
        }
    }

    fn cells(&self) -> impl Iterator<Item = Value> {
        let times = self.milliseconds.iter().flat_map(|[wall, processor]| [*processor, *wall]);
        let bytes = [self.code_bytes, self.loaded_bytes].map(f64::round);
        [json!(self.variant)].into_iter().chain(times.chain(bytes).map(|number| json!(number)))
    }
}

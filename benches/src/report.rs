//! The table of what the compiler takes, for people and for programs.

use std::time::Duration;

use serde_json::{Value, json};

use crate::arguments::Arguments;
use crate::compile::{BUILDS, Times};
use crate::object::Bytes;

pub(crate) struct Row {
    pub(crate) variant: &'static str,
    pub(crate) times: [Times; BUILDS.len()],
    pub(crate) bytes: Bytes,
}

/// Prints each row as what a function costs over the first row, which is bare.
pub(crate) fn print(rows: &[Row], arguments: &Arguments) {
    let Some(bare) = rows.first() else { return };
    let costs: Vec<Cost> = rows.iter().map(|row| Cost::of(row, bare, arguments.functions)).collect();
    if arguments.is_json {
        let rows: Vec<Value> = costs.iter().map(Cost::json).collect();
        println!("{:#}", json!({ "functions": arguments.functions, "rounds": arguments.rounds, "rows": rows }));
    } else {
        table(&costs, bare, arguments);
    }
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

    fn json(&self) -> Value {
        let times = BUILDS.iter().zip(self.milliseconds);
        let times = times.map(|(build, [wall, processor])| {
            (build.name.to_owned(), json!({ "wall_ms": wall, "processor_ms": processor }))
        });
        let mut row: serde_json::Map<String, Value> = times.collect();
        row.insert("variant".into(), self.variant.into());
        row.insert("release_code_bytes".into(), self.code_bytes.into());
        row.insert("release_loaded_bytes".into(), self.loaded_bytes.into());
        row.into()
    }
}

fn table(costs: &[Cost], bare: &Row, arguments: &Arguments) {
    let Arguments { functions, rounds, .. } = arguments;
    println!("{functions} functions, medians of {rounds} rounds; milliseconds and release bytes a function over bare");
    println!("(clock | all processors)");
    print!("{:<24}", "");
    for build in &BUILDS {
        print!(" {:>15}", build.name);
    }
    println!(" {:>8} {:>8}", "code", "loaded");
    for cost in costs {
        print!("{:<24}", cost.variant);
        for [wall, processor] in cost.milliseconds {
            print!(" {wall:>6.2} | {processor:>6.2}");
        }
        println!(" {:>8.0} {:>8.0}", cost.code_bytes, cost.loaded_bytes);
    }
    print!("{:<24}", "the bare crate, s");
    for Times { wall, processor } in bare.times {
        print!(" {:>6.2} | {:>6.2}", wall.as_secs_f64(), processor.as_secs_f64());
    }
    println!(" {:>8} {:>8}", bare.bytes.code, bare.bytes.loaded);
}

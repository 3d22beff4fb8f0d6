//! What a thread counts is read whole by another, in whatever order the two run: the atomics of the runtime's cells, run by
//! `loom` through every order that the memory model of Rust allows.

// Not all of the file is needed for a model.
#[allow(dead_code, unreachable_pub)]
#[path = "../../runtime/src/metrics/block.rs"]
mod block;

/// The atomics of the model, where the runtime has those of the processor.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
}

use std::sync::Arc;

use block::{Place, Row, Tally};
use loom::thread;

const BOUNDS: usize = 2;

fn read(row: &Row) -> ([u64; BOUNDS + 1], u64) {
    let mut buckets = [0; BOUNDS + 1];
    let sum = row.add_to(&mut buckets);
    (buckets, sum)
}

#[test]
fn a_reader_sees_every_duration_of_the_sum_in_a_bucket_and_never_fewer_than_before() {
    loom::model(|| {
        let row = Arc::new(Row::new(BOUNDS));
        let writer = thread::spawn({
            let row = Arc::clone(&row);
            move || {
                row.record(0, 10);
                row.record(2, 300);
            }
        });
        let (first, sum) = read(&row);
        let held = first[0] * 10 + first[2] * 300;
        assert!(sum <= held, "a mean of {first:?} would be too large: {sum}");
        let (second, later) = read(&row);
        assert!(later >= sum && first.iter().zip(second).all(|(before, after)| *before <= after));
        writer.join().expect("it only counts");
        assert_eq!(read(&row), ([1, 0, 1], 310));
        assert_eq!(row.count(), 2);
    });
}

#[test]
fn an_end_that_is_seen_has_a_start_that_is_seen_though_another_thread_counted_it() {
    loom::model(|| {
        let started = Arc::new(Tally::default());
        let ended = Arc::new(Row::new(BOUNDS));
        let call = thread::spawn({
            let (started, ended) = (Arc::clone(&started), Arc::clone(&ended));
            move || {
                started.increase();
                // A future goes on where another thread polls it.
                thread::spawn(move || ended.record(1, 1)).join().expect("it only counts");
            }
        });
        let ends = ended.count();
        assert!(started.read() >= ends, "in flight would be negative");
        call.join().expect("it only counts");
    });
}

#[test]
fn a_thread_that_takes_a_place_over_loses_no_count_of_the_last_one() {
    loom::model(|| {
        let shared = Arc::new((Place::default(), Tally::default()));
        let write = |shared: Arc<(Place, Tally)>| {
            move || {
                let (place, tally) = &*shared;
                let is_mine = place.try_take();
                if is_mine {
                    tally.increase();
                    place.release();
                }
                is_mine
            }
        };
        let other = thread::spawn(write(Arc::clone(&shared)));
        let mine = write(Arc::clone(&shared))();
        let theirs = other.join().expect("it only counts");
        assert_eq!(shared.1.read(), u64::from(mine) + u64::from(theirs));
        assert!(mine || theirs, "one of the two found the place free");
    });
}

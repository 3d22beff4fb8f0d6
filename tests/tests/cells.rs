//! What a thread counts is read whole by another, in whatever order the two run: the atomics of the runtime's cells, and of
//! the ledger of what is sent, run by `loom` through every order that the memory model of Rust allows.
//!
//! In each model a spawned thread reads, and the thread that spawned it writes. The other way round `loom` 0.7.2 runs one
//! order and no more: before a store it looks at the last access of the number only, which is the load with which the
//! writer itself began to add, and the reader's is forgotten. The last test shows that a wrong order is found.

// Not all of the file is needed for a model.
#[allow(dead_code, unreachable_pub)]
#[path = "../../runtime/src/metrics/block.rs"]
mod block;

#[allow(dead_code, unreachable_pub)]
#[path = "../../export/src/ledger/standing.rs"]
mod standing;

/// The atomics of the model, where the runtime has those of the processor.
mod sync {
    pub(crate) use loom::sync::atomic::{AtomicBool, AtomicU64, Ordering};
}

use std::sync::Arc;

use block::{Place, Row, Tally};
use loom::thread;
use standing::Standing;

const BOUNDS: usize = 2;

fn read(row: &Row) -> ([u64; BOUNDS + 1], u64) {
    let mut buckets = [0; BOUNDS + 1];
    let sum = row.add_to(&mut buckets);
    (buckets, sum)
}

/// The durations that the models record: 10 in the first bucket and 300 in the last one.
fn assert_sum_is_held(buckets: [u64; BOUNDS + 1], sum: u64) {
    let held = buckets[0] * 10 + buckets[2] * 300;
    assert!(sum <= held, "a mean of {buckets:?} would be too large: {sum}");
}

#[test]
fn a_reader_sees_every_duration_of_the_sum_in_a_bucket() {
    loom::model(|| {
        let row = Arc::new(Row::new(BOUNDS));
        let reader = thread::spawn({
            let row = Arc::clone(&row);
            move || {
                let (buckets, sum) = read(&row);
                assert_sum_is_held(buckets, sum);
            }
        });
        row.record(0, 10);
        row.record(2, 300);
        assert_eq!((read(&row), row.count()), (([1, 0, 1], 310), 2));
        reader.join().expect("it only reads");
    });
}

#[test]
fn a_reader_never_sees_fewer_than_before() {
    loom::model(|| {
        let row = Arc::new(Row::new(BOUNDS));
        let reader = thread::spawn({
            let row = Arc::clone(&row);
            move || {
                let (first, sum) = read(&row);
                let (second, later) = read(&row);
                assert!(later >= sum && first.iter().zip(second).all(|(before, after)| *before <= after));
            }
        });
        row.record(0, 10);
        reader.join().expect("it only reads");
    });
}

#[test]
fn an_end_that_is_seen_has_a_start_that_is_seen_though_another_thread_counted_it() {
    loom::model(|| {
        let started = Arc::new(Tally::default());
        let ended = Arc::new(Row::new(BOUNDS));
        // Orders nothing. It is a store that no load precedes, so the orders around it are all run.
        let mark = Arc::new(sync::AtomicBool::new(false));
        let reader = thread::spawn({
            let (started, ended, mark) = (Arc::clone(&started), Arc::clone(&ended), Arc::clone(&mark));
            move || {
                mark.load(sync::Ordering::Relaxed);
                let ends = ended.count();
                assert!(started.read() >= ends, "in flight would be negative");
            }
        });
        started.increase();
        // A future goes on where another thread polls it.
        let end = move || {
            ended.record(1, 1);
            mark.store(true, sync::Ordering::Relaxed);
        };
        thread::spawn(end).join().expect("it only counts");
        reader.join().expect("it only reads");
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

#[test]
fn an_item_that_is_on_its_way_when_it_all_ends_is_counted_once() {
    loom::model(|| {
        let standing = Arc::new(Standing::new());
        standing.admit(1).expect("there is room");
        let end = thread::spawn({
            let standing = Arc::clone(&standing);
            move || standing.close()
        });
        standing.begin(1);
        let is_news = standing.end(1);
        let lost = end.join().expect("it only counts");
        assert_eq!(u64::from(is_news) + lost, 1);
    });
}

#[test]
fn an_item_that_comes_when_it_all_ends_is_let_in_and_lost_or_refused() {
    loom::model(|| {
        let standing = Arc::new(Standing::new());
        let end = thread::spawn({
            let standing = Arc::clone(&standing);
            move || standing.close()
        });
        let admitted = standing.admit(1);
        let lost = end.join().expect("it only counts");
        assert_eq!(u64::from(admitted.is_ok()), lost);
        assert_eq!((standing.admit(1), standing.close()), (Err(standing::Refused::Closed), 0));
    });
}

#[test]
fn no_more_wait_than_there_is_room_for() {
    loom::model(|| {
        let standing = Arc::new(Standing::new());
        let other = thread::spawn({
            let standing = Arc::clone(&standing);
            move || standing.admit(1).is_ok()
        });
        let mine = standing.admit(1).is_ok();
        let theirs = other.join().expect("it only counts");
        assert!(mine != theirs, "there is room for one");
        assert_eq!(standing.close(), 1);
    });
}

/// A row that counts a duration in the sum before it counts it in a bucket.
#[test]
#[should_panic(expected = "would be too large")]
fn a_wrong_order_is_found() {
    loom::model(|| {
        let row = Arc::new((Tally::default(), Tally::default()));
        let reader = thread::spawn({
            let row = Arc::clone(&row);
            move || {
                let (sum, bucket) = &*row;
                let sum = sum.read() * 10;
                assert_sum_is_held([bucket.read(), 0, 0], sum);
            }
        });
        let (sum, bucket) = &*row;
        sum.increase();
        bucket.increase();
        reader.join().expect("it only reads");
    });
}

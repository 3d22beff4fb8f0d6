//! Answers that can be fetched again: each is counted once.
//!
//! A background response is fetched by its id as often as the caller likes, and carries its usage each time. The id of
//! any other answer proves nothing: a server that speaks an API of another provider may number its answers from one to a
//! thousand at random, as Ollama does, or give all of them one id, as a recorded answer does. So only these ids are remembered:
//! those of the Responses API (`resp_..`), and those of functions that say `operation = "fetch_response"`.

use std::collections::{BTreeSet, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use super::usage::Reading;

/// How long an answer is remembered.
const REMEMBERED: Duration = Duration::from_secs(3_600);
/// Two calls that end at the same time seldom meet in one of so many.
const SHARDS: usize = 16;
/// The most answers that a shard remembers: with all shards, 10,000. The oldest is forgotten first.
const KEPT: usize = 625;

/// The operation of the GenAI conventions for an answer that is asked for by its id.
const FETCH: &str = "fetch_response";

static SEEN: [Mutex<Shard>; SHARDS] = [const { Mutex::new(Shard::new()) }; SHARDS];

/// The answers of one shard, by a hash of provider and id.
struct Shard {
    known: BTreeSet<u64>,
    order: VecDeque<(Instant, u64)>,
}

/// Whether this answer was counted within the last hour. If not, it is from now on.
pub(super) fn is_repeated(provider: &str, operation: &str, reading: &Reading) -> bool {
    let Some(id) = reading.response_id.as_deref().filter(|id| operation == FETCH || id.starts_with("resp_")) else {
        return false;
    };
    // An answer that was not ready has nothing that could be counted twice.
    reading.usage.is_ok() && remember(provider, id, Instant::now())
}

fn remember(provider: &str, id: &str, now: Instant) -> bool {
    static HASHER: OnceLock<RandomState> = OnceLock::new();
    let hash = HASHER.get_or_init(RandomState::new).hash_one((provider, id));
    let Some(shard) = SEEN.get(hash as usize % SHARDS) else { return false };
    shard.lock().unwrap_or_else(PoisonError::into_inner).remember(hash, now)
}

impl Shard {
    const fn new() -> Shard {
        Shard { known: BTreeSet::new(), order: VecDeque::new() }
    }

    fn remember(&mut self, hash: u64, now: Instant) -> bool {
        self.forget(now);
        let is_new = self.known.insert(hash);
        if is_new {
            self.order.push_back((now, hash));
        }
        !is_new
    }

    /// Forgets what is old, and makes room for one more.
    fn forget(&mut self, now: Instant) {
        let is_old = |(then, _): &(Instant, u64)| now.saturating_duration_since(*then) >= REMEMBERED;
        while self.order.len() >= KEPT || self.order.front().is_some_and(is_old) {
            let Some((_, hash)) = self.order.pop_front() else { return };
            self.known.remove(&hash);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::llm::usage::Usage;

    #[test]
    fn an_answer_is_remembered_for_an_hour() {
        let mut shard = Shard::new();
        let start = Instant::now();
        assert!(!shard.remember(1, start));
        assert!(shard.remember(1, start + REMEMBERED - Duration::from_nanos(1)));
        assert!(!shard.remember(1, start + REMEMBERED), "an hour after it was counted");
        assert!(shard.remember(1, start + REMEMBERED));
    }

    #[test]
    fn no_more_answers_are_remembered_than_there_is_room_for() {
        let mut shard = Shard::new();
        let start = Instant::now();
        for hash in 0..10_000 {
            assert!(!shard.remember(hash, start));
        }
        assert_eq!((shard.known.len(), shard.order.len()), (KEPT, KEPT));
        assert!(shard.remember(9_999, start) && !shard.remember(0, start));
    }

    #[test]
    fn only_what_can_be_fetched_again_is_remembered() {
        let answer = |id: &str| Reading::new(Usage::new(1, 1)).response_id(id);
        let is_repeated_then = |operation, id| {
            is_repeated("openai", operation, &answer(id));
            is_repeated("openai", operation, &answer(id))
        };
        assert!(is_repeated_then("chat", "resp_67ccd2bed1ec8190"));
        assert!(is_repeated_then("fetch_response", "c0ffee"));
        assert!(!is_repeated_then("chat", "chatcmpl-123"));
        assert!(!is_repeated("xai", "chat", &answer("resp_67ccd2bed1ec8190")), "another provider's");
    }
}

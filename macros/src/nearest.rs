//! The word that was probably meant.

/// The candidate that is a slip of the fingers away from `word`, if any is.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (distance(&word, candidate), candidate))
        // A third of the letters wrong is a slip, more is another word.
        .filter(|(slips, candidate)| slips * 3 <= candidate.len())
        .min()
        .map(|(_, candidate)| candidate)
}

/// How many letters to insert, drop, change, or swap with the next one (optimal string alignment).
fn distance(from: &str, to: &str) -> usize {
    let (from, to): (Vec<char>, Vec<char>) = (from.chars().collect(), to.chars().collect());
    let mut rows = vec![(0..=to.len()).collect::<Vec<_>>()];
    for i in 1..=from.len() {
        let mut row = vec![i];
        for j in 1..=to.len() {
            let changed = rows[i - 1][j - 1] + usize::from(from[i - 1] != to[j - 1]);
            let mut best = changed.min(rows[i - 1][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            row.push(best);
        }
        rows.push(row);
    }
    rows[from.len()][to.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    const WORDS: [&str; 5] = ["crate", "feature", "model", "name", "provider"];

    #[test]
    fn a_slip_finds_its_word() {
        for (slip, word) in [("nmae", "name"), ("modle", "model"), ("provder", "provider"), ("features", "feature")] {
            assert_eq!(nearest(slip, WORDS), Some(word), "{slip}");
        }
    }

    #[test]
    fn another_word_finds_nothing() {
        for word in ["foo", "err", "level", "skip", ""] {
            assert_eq!(nearest(word, WORDS), None, "{word}");
        }
    }
}

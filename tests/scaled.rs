//! Configuration files in a shorter time.
//!
//! A rule that waits five minutes is tested in seconds by dividing every duration in the files by the same number:
//! windows, waits, intervals, and the scrapes with them. Each rule sees as many samples as it would in real time, and its
//! text is otherwise the one that people run. What does not shrink is a number in an expression: a floor of 20 calls in
//! `rate * 300 >= 20` asks for as many calls a second as ever.

/// `text` with every duration divided by `by`: `[5m]`, `for: 5m`, `offset 1w`, `scrape_interval: 10s`.
pub fn scaled(text: &str, by: u64) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|letter: char| letter.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let word = from.find(|letter: char| !is_of_a_word(letter)).unwrap_or(from.len());
        let (word, after) = from.split_at(word);
        out.push_str(before);
        let is_inside_of_a_word = before.chars().next_back().is_some_and(is_of_a_word);
        match shorter(word, by).filter(|_| !is_inside_of_a_word) {
            Some(shorter) => out.push_str(&shorter),
            None => out.push_str(word),
        }
        rest = after;
    }
    out + rest
}

/// A duration, or the two of a subquery: `1d:5m`.
fn shorter(word: &str, by: u64) -> Option<String> {
    let durations = word.split(':').map(|duration| Some(format!("{}ms", (milliseconds(duration)? / by).max(1))));
    Some(durations.collect::<Option<Vec<_>>>()?.join(":"))
}

/// Digits within `rate5m`, `p95_5m` or `192.168.0.1` are no duration.
fn is_of_a_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || ":_.".contains(letter)
}

fn milliseconds(word: &str) -> Option<u64> {
    let unit = word.find(|letter: char| !letter.is_ascii_digit())?;
    let (number, unit) = word.split_at(unit);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        _ => return None,
    };
    Some(number.parse::<u64>().ok()? * seconds * 1000)
}

#[cfg(test)]
mod tests {
    use super::scaled;

    #[test]
    fn durations_shrink_and_nothing_else_does() {
        let rule = "record: job_entry:calls:rate5m\nexpr: rate(x_2s{a=\"5..\"}[5m] offset 1w) * 300 >= 20\nfor: 1m\n";
        let short = "record: job_entry:calls:rate5m\nexpr: rate(x_2s{a=\"5..\"}[15000ms] offset 30240000ms) * 300 >= 20\n\
                     for: 3000ms\n";
        assert_eq!(scaled(rule, 20), short);
        assert_eq!(
            scaled("body_size_limit: 16MB\ntargets: [\"127.0.0.1:9090\"]", 20),
            "body_size_limit: 16MB\ntargets: [\"127.0.0.1:9090\"]"
        );
        assert_eq!(scaled("[1d:5m]", 60), "[1440000ms:5000ms]", "both durations of a subquery");
    }
}

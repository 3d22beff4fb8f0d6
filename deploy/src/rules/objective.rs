//! What a service promises.

use std::str::FromStr;

/// The share of calls that succeed, in hundred-thousandths, and how long the slow ones may take.
///
/// A whole number, so that what it allows is exact: 99.9 % allows 0.001 and not 0.0010000000000000009.
///
/// ```
/// use taximeter_deploy::rules::Objective;
///
/// let objective: Objective = "99.95".parse()?;
/// assert_eq!(objective.allowed(), 0.0005);
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Objective {
    succeed: u32,
    /// 95 of 100 calls are over after so many seconds. Ten, because most services here wait for a language model.
    pub p95_seconds: u32,
}

const WHOLE: u32 = 100_000;

impl Default for Objective {
    /// 99.9 % and ten seconds.
    fn default() -> Self {
        Self { succeed: 99_900, p95_seconds: 10 }
    }
}

/// The last bound of the histograms: a percentile above it is shown as this number, so it is never above it.
const LAST_BOUND_SECONDS: u32 = 60;

impl Objective {
    /// This one with another percentage.
    ///
    /// # Errors
    /// When `text` is no percentage, in words.
    pub fn succeeding(self, text: &str) -> Result<Self, String> {
        let read: Self = text.parse()?;
        Ok(Self { succeed: read.succeed, ..self })
    }

    /// This one with another duration for 95 of 100 calls, in whole seconds below the last bucket of the histograms.
    ///
    /// # Errors
    /// When `text` is no such number, in words.
    ///
    /// ```
    /// use taximeter_deploy::rules::Objective;
    ///
    /// let of_an_agent = Objective::default().within("45")?;
    /// assert_eq!(of_an_agent.p95_seconds, 45);
    /// # Ok::<(), String>(())
    /// ```
    pub fn within(self, text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(p95_seconds) if (1..LAST_BOUND_SECONDS).contains(&p95_seconds) => Ok(Self { p95_seconds, ..self }),
            _ => Err(format!("`{text}` is no limit; expected whole seconds from 1 to {}", LAST_BOUND_SECONDS - 1)),
        }
    }

    /// The share of calls that may fail, between 0 and 1.
    pub fn allowed(&self) -> f64 {
        f64::from(WHOLE - self.succeed) / f64::from(WHOLE)
    }

    /// What is allowed, `tenths`/10 times, between 0 and 1; `None` when that is everything, so nothing can exceed it.
    pub(super) fn allowed_times(&self, tenths: u32) -> Option<f64> {
        let times = u64::from(WHOLE - self.succeed) * u64::from(tenths);
        let all = u64::from(WHOLE) * 10;
        (times < all).then(|| times as f64 / all as f64)
    }

    /// As people write it: `99.9 %`.
    pub fn percent(&self) -> String {
        format!("{} %", f64::from(self.succeed) / 1000.0)
    }
}

impl FromStr for Objective {
    type Err = String;

    /// A percentage with up to three decimals, below 100.
    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("`{text}` is no objective; expected a percentage above 0 and below 100, such as 99.9");
        let thousandths = text.trim_end_matches('%').trim().parse::<f64>().map_err(|_| refused())? * 1000.0;
        let succeed = thousandths.round();
        let is_exact = (thousandths - succeed).abs() < 1e-6;
        if is_exact && succeed > 0.0 && succeed < f64::from(WHOLE) {
            Ok(Self { succeed: succeed as u32, ..Self::default() })
        } else {
            Err(refused())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_objective_is_read_exactly() {
        assert_eq!("99.9".parse(), Ok(Objective::default()));
        assert_eq!("99.999%".parse::<Objective>().map(|objective| objective.allowed()), Ok(0.00001));
        for refused in ["100", "0", "-1", "99.9999", "three nines", "NaN"] {
            assert!(refused.parse::<Objective>().is_err(), "{refused}");
        }
    }
}

//! Money as a whole number of pico-dollars.

use std::fmt;
use std::iter::Sum;
use std::str::FromStr;

/// Pico-dollars in a dollar.
const SCALE: u128 = 1_000_000_000_000;
/// Digits after the point.
const DIGITS: usize = 12;

/// An exact amount of US dollars: a whole number of pico-dollars (10⁻¹² USD) in 128 bits.
///
/// The finest price that any provider charges for a token is a few thousand pico-dollars, so the cost of every call is
/// a whole number of them, and sums of costs are exact. The largest amount is about 3.4 × 10²⁶ USD; sums saturate there.
///
/// Text is the exact decimal, in both directions:
///
/// ```
/// use taximeter_runtime::Usd;
///
/// let cost: Usd = "0.0000615".parse()?;
/// assert_eq!(cost.pico_dollars(), 61_500_000);
/// assert_eq!((cost + cost).to_string(), "0.000123");
/// # Ok::<(), taximeter_runtime::llm::ParseUsdError>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Usd(u128);

impl Usd {
    /// No money. Not to be confused with an unknown price, for which there is no `Usd` at all.
    pub const ZERO: Usd = Usd(0);

    /// That many pico-dollars (10⁻¹² USD).
    pub const fn from_pico_dollars(pico_dollars: u128) -> Usd {
        Usd(pico_dollars)
    }

    /// The amount in pico-dollars (10⁻¹² USD).
    pub const fn pico_dollars(self) -> u128 {
        self.0
    }

    /// The sum, or the largest amount when it does not fit.
    pub const fn saturating_add(self, other: Usd) -> Usd {
        Usd(self.0.saturating_add(other.0))
    }

    /// The sum, unless it does not fit.
    pub const fn checked_add(self, other: Usd) -> Option<Usd> {
        match self.0.checked_add(other.0) {
            Some(sum) => Some(Usd(sum)),
            None => None,
        }
    }

    /// What is left, unless the other amount is the larger one: there is no negative money here.
    pub const fn checked_sub(self, other: Usd) -> Option<Usd> {
        match self.0.checked_sub(other.0) {
            Some(rest) => Some(Usd(rest)),
            None => None,
        }
    }

    /// What is left, or nothing when the other amount is the larger one.
    pub const fn saturating_sub(self, other: Usd) -> Usd {
        Usd(self.0.saturating_sub(other.0))
    }

    /// So many times the amount, unless it does not fit.
    ///
    /// ```
    /// use taximeter_runtime::Usd;
    ///
    /// let call: Usd = "0.015384".parse()?;
    /// assert_eq!(call.checked_mul(1_000).map(|day| day.to_string()), Some("15.384".to_owned()));
    /// # Ok::<(), taximeter_runtime::llm::ParseUsdError>(())
    /// ```
    pub const fn checked_mul(self, times: u64) -> Option<Usd> {
        match self.0.checked_mul(times as u128) {
            Some(product) => Some(Usd(product)),
            None => None,
        }
    }

    /// The nearest `f64` in dollars, for places that can hold nothing better, such as a span attribute.
    ///
    /// Its shortest decimal is the exact amount as long as that has at most 15 significant digits.
    pub fn to_f64(self) -> f64 {
        // A decimal is parsed to the nearest float; dividing two floats would round twice.
        self.to_string().parse().unwrap_or(f64::MAX)
    }
}

impl std::ops::Add for Usd {
    type Output = Usd;

    /// Saturates.
    fn add(self, other: Usd) -> Usd {
        self.saturating_add(other)
    }
}

impl std::ops::AddAssign for Usd {
    /// Saturates.
    fn add_assign(&mut self, other: Usd) {
        *self = *self + other;
    }
}

impl Sum for Usd {
    fn sum<I: Iterator<Item = Usd>>(amounts: I) -> Usd {
        amounts.fold(Usd::ZERO, Usd::saturating_add)
    }
}

impl fmt::Display for Usd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (dollars, rest) = (self.0 / SCALE, self.0 % SCALE);
        if rest == 0 {
            return f.pad(&dollars.to_string());
        }
        let fraction = format!("{rest:0DIGITS$}");
        f.pad(&format!("{dollars}.{}", fraction.trim_end_matches('0')))
    }
}

impl FromStr for Usd {
    type Err = ParseUsdError;

    fn from_str(text: &str) -> Result<Usd, ParseUsdError> {
        let error = || ParseUsdError { text: text.chars().take(64).collect() };
        let (dollars, fraction) = text.split_once('.').unwrap_or((text, ""));
        let is_number = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
        let is_written_out = text.split_once('.').is_none_or(|(_, fraction)| !fraction.is_empty());
        let is_amount = !dollars.is_empty() && is_number(dollars) && is_number(fraction) && is_written_out;
        if !is_amount || fraction.len() > DIGITS {
            return Err(error());
        }
        let whole: u128 = dollars.parse().map_err(|_| error())?;
        let parts: u128 = format!("{fraction:0<DIGITS$}").parse().map_err(|_| error())?;
        whole.checked_mul(SCALE).and_then(|whole| whole.checked_add(parts)).map(Usd).ok_or_else(error)
    }
}

/// A text is not an amount of dollars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseUsdError {
    text: String,
}

impl fmt::Display for ParseUsdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not an amount; expected digits with at most {DIGITS} after the point", self.text)
    }
}

impl std::error::Error for ParseUsdError {}

/// The whole number nearest to a decimal times ten to the power of `decimals`, half up; `None` for what is no decimal, is
/// negative, or does not fit.
///
/// The decimal may be written as JSON writes numbers: `0.15`, `1.25e-06`.
pub(crate) fn scaled(text: &str, decimals: i32) -> Option<u128> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if whole.is_empty() {
        return None;
    }
    let add = |sum: u128, digit: u8| match digit {
        b'0'..=b'9' => sum.checked_mul(10)?.checked_add(u128::from(digit - b'0')),
        _ => None,
    };
    let digits = whole.bytes().chain(fraction.bytes()).try_fold(0_u128, add)?;
    let exponent: i32 = exponent.parse().ok()?;
    let shift = exponent.checked_add(decimals)?.checked_sub(i32::try_from(fraction.len()).ok()?)?;
    match u32::try_from(shift) {
        Ok(_) if digits == 0 => Some(0),
        Ok(up) => digits.checked_mul(10_u128.checked_pow(up)?),
        Err(_) => match 10_u128.checked_pow(shift.unsigned_abs()) {
            Some(unit) => Some(digits / unit + u128::from(digits % unit >= unit / 2)),
            None => Some(0),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_exact_in_both_directions() {
        for text in ["0", "1", "0.015384", "12.5", "0.000000000001", "340282366920938463463374607.431768211455"] {
            assert_eq!(text.parse::<Usd>().unwrap().to_string(), text);
        }
        assert_eq!("0.10".parse::<Usd>().unwrap().to_string(), "0.1");
    }

    #[test]
    fn what_is_no_amount_is_refused_and_named() {
        for text in ["", ".", "1.", ".5", "-1", "+1", "1e3", "0.0000000000001", "1 USD", "340282366920938463463374608"]
        {
            let error = text.parse::<Usd>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` is not an amount")), "{error}");
        }
    }

    #[test]
    fn sums_are_exact_and_saturate() {
        let tick = Usd::from_pico_dollars(1);
        assert_eq!(std::iter::repeat_n(tick, 1000).sum::<Usd>().to_string(), "0.000000001");
        assert_eq!(Usd::from_pico_dollars(u128::MAX) + tick, Usd::from_pico_dollars(u128::MAX));
    }

    #[test]
    fn the_float_of_an_amount_prints_as_the_amount() {
        assert_eq!("0.0000615".parse::<Usd>().unwrap().to_f64().to_string(), "0.0000615");
        assert_eq!("123456.789012345".parse::<Usd>().unwrap().to_f64().to_string(), "123456.789012345");
    }
}

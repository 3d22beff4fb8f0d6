//! An exact sum of quantities times rates, rounded once.

use super::rates::Unit;
use crate::Usd;

/// Milliseconds in an hour.
const HOUR: u128 = 3_600_000;

/// A factor on prices, in billionths, so that products of a few percentages are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Multiplier(u64);

const BILLION: u64 = 1_000_000_000;

impl Multiplier {
    pub(super) const ONE: Multiplier = Multiplier(BILLION);

    /// So many hundredths.
    pub(super) const fn percent(percent: u64) -> Multiplier {
        Multiplier(percent.saturating_mul(BILLION / 100))
    }

    /// So many billionths, which may not be more than a thousandfold.
    pub(super) fn billionths(billionths: u128) -> Option<Multiplier> {
        u64::try_from(billionths).ok().filter(|factor| *factor <= 1_000 * BILLION).map(Multiplier)
    }

    /// Both, rounded half up to a billionth.
    pub(super) fn and(self, other: Multiplier) -> Multiplier {
        let product = u128::from(self.0) * u128::from(other.0) + u128::from(BILLION / 2);
        Multiplier(u64::try_from(product / u128::from(BILLION)).unwrap_or(u64::MAX))
    }
}

/// Pico-dollars with the fraction that rates by the hour and multipliers leave.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Amount {
    pico_dollars: u128,
    /// Of [`Amount::PARTS`].
    rest: u128,
}

impl Amount {
    /// Everything that is added is a whole number of these parts of a pico-dollar.
    const PARTS: u128 = HOUR * BILLION as u128;

    /// Adds a quantity (milliseconds, for lengths) at a rate, or says that the sum is beyond all money.
    pub(super) fn add(&mut self, unit: Unit, quantity: u64, rate: u64, multiplier: Multiplier) -> Option<()> {
        let product = u128::from(quantity) * u128::from(rate);
        let parts = if unit.is_time() { 1 } else { HOUR };
        let (whole, rest) = match (multiplier, parts) {
            (Multiplier::ONE, HOUR) => (product, 0),
            (Multiplier(factor), _) => {
                let unit = Amount::PARTS / parts;
                let (high, low) = ((product / unit).checked_mul(u128::from(factor))?, product % unit);
                let low = low * u128::from(factor);
                (high.checked_add(low / unit)?, low % unit * parts)
            }
        };
        let rest = self.rest + rest;
        let carry = rest / Amount::PARTS;
        self.rest = rest % Amount::PARTS;
        self.pico_dollars = self.pico_dollars.checked_add(whole)?.checked_add(carry)?;
        Some(())
    }

    /// The amount to the nearest pico-dollar, half up.
    pub(super) fn rounded(self) -> Usd {
        let up = u128::from(self.rest * 2 >= Amount::PARTS);
        Usd::from_pico_dollars(self.pico_dollars.saturating_add(up))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(lines: &[(Unit, u64, u64, Multiplier)]) -> Option<Usd> {
        let mut amount = Amount::default();
        lines.iter().try_for_each(|(unit, quantity, rate, factor)| amount.add(*unit, *quantity, *rate, *factor))?;
        Some(amount.rounded())
    }

    #[test]
    fn rates_by_the_hour_are_kept_as_ratios_and_rounded_once() {
        // 0.111 USD an hour: a millisecond is 30,833.33… pico-dollars.
        let line = (Unit::AudioHour, 1, 111_000_000_000, Multiplier::ONE);
        assert_eq!(sum(&[line]).map(Usd::pico_dollars), Some(30_833));
        assert_eq!(sum(&[line; 3]).map(Usd::pico_dollars), Some(92_500));
    }

    #[test]
    fn multipliers_are_exact() {
        let factor = Multiplier::percent(110).and(Multiplier::percent(50));
        assert_eq!(factor, Multiplier::percent(55));
        assert_eq!(sum(&[(Unit::Input, 3, 1, factor)]).map(Usd::pico_dollars), Some(2)); // 1.65
        assert_eq!(sum(&[(Unit::Input, 3, 1, factor); 2]).map(Usd::pico_dollars), Some(3)); // 3.3
    }

    #[test]
    fn any_count_is_exact_and_what_is_no_money_is_refused() {
        let all = (Unit::Input, u64::MAX, 600_000_000, Multiplier::percent(110));
        let expected = u128::from(u64::MAX) * 660_000_000;
        assert_eq!(sum(&[all]).map(Usd::pico_dollars), Some(expected));
        let absurd = (Unit::Input, u64::MAX, u64::MAX, Multiplier::ONE);
        assert_eq!(sum(&[absurd, absurd]), None);
    }
}

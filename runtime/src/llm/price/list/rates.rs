//! What each kind of quantity costs, as whole pico-dollars.

use std::fmt::Write as _;

use super::table::{cut, split};
use crate::llm::money;

/// What a price is asked for. The names are those of the price files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Input,
    CacheRead,
    CacheWrite,
    CacheWrite1h,
    InputAudio,
    CacheReadAudio,
    InputImage,
    CacheReadImage,
    InputVideo,
    CacheReadVideo,
    Output,
    Reasoning,
    OutputAudio,
    OutputImage,
    AudioHour,
    Page,
    AnnotatedPage,
    Rerank,
    WebSearch,
    FileSearch,
    CodeSession,
    Request,
}

/// How many of a unit a price in a price file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Per {
    /// A million tokens. A price with six decimals is a whole number of pico-dollars for one.
    Million,
    /// A thousand pages, searches, sessions or requests.
    Thousand,
    /// An hour of audio. What a millisecond costs need not be a whole number of pico-dollars.
    Hour,
}

/// Every unit: its name in price files, and how many of it a price is for. The position is the place in [`Rates`].
const UNITS: [(Unit, &str, Per); 22] = [
    (Unit::Input, "input", Per::Million),
    (Unit::CacheRead, "cache_read", Per::Million),
    (Unit::CacheWrite, "cache_write", Per::Million),
    (Unit::CacheWrite1h, "cache_write_1h", Per::Million),
    (Unit::InputAudio, "input_audio", Per::Million),
    (Unit::CacheReadAudio, "cache_read_audio", Per::Million),
    (Unit::InputImage, "input_image", Per::Million),
    (Unit::CacheReadImage, "cache_read_image", Per::Million),
    (Unit::InputVideo, "input_video", Per::Million),
    (Unit::CacheReadVideo, "cache_read_video", Per::Million),
    (Unit::Output, "output", Per::Million),
    (Unit::Reasoning, "reasoning", Per::Million),
    (Unit::OutputAudio, "output_audio", Per::Million),
    (Unit::OutputImage, "output_image", Per::Million),
    (Unit::AudioHour, "audio_hour", Per::Hour),
    (Unit::Page, "page", Per::Thousand),
    (Unit::AnnotatedPage, "annotated_page", Per::Thousand),
    (Unit::Rerank, "rerank", Per::Thousand),
    (Unit::WebSearch, "web_search", Per::Thousand),
    (Unit::FileSearch, "file_search", Per::Thousand),
    (Unit::CodeSession, "code_session", Per::Thousand),
    (Unit::Request, "request", Per::Thousand),
];

impl Unit {
    /// The unit of this name.
    pub(super) fn named(name: &str) -> Option<Unit> {
        UNITS.iter().find(|(_, known, _)| *known == name).map(|(unit, ..)| *unit)
    }

    /// The names of all units, for messages and for the documentation.
    pub(super) fn names() -> impl Iterator<Item = &'static str> {
        UNITS.iter().map(|(_, name, _)| *name)
    }

    /// Whether the unit is a token, which multipliers (regions, speeds, batches) apply to. They leave fees alone.
    pub(super) fn is_token(self) -> bool {
        self.per() == Per::Million
    }

    /// Whether the unit is a length of audio, counted in milliseconds and priced by the hour.
    pub(super) fn is_time(self) -> bool {
        self.per() == Per::Hour
    }

    fn per(self) -> Per {
        UNITS.get(self as usize).map_or(Per::Million, |(_, _, per)| *per)
    }

    /// The pico-dollars of one unit (of an hour, for a length) that a price in a price file says, rounded half up.
    pub(super) fn pico_dollars(self, price: &str) -> Option<u64> {
        let decimals = match self.per() {
            Per::Million => 6,
            Per::Thousand => 9,
            Per::Hour => 12,
        };
        u64::try_from(money::scaled(price, decimals)?).ok()
    }

    /// The price as a price file says it.
    pub(super) fn price(self, pico_dollars: u64) -> String {
        let (whole, decimals) = match self.per() {
            Per::Million => (1_000_000, 6),
            Per::Thousand => (1_000_000_000, 9),
            Per::Hour => (1_000_000_000_000, 12),
        };
        let fraction = format!("{:0decimals$}", pico_dollars % whole);
        let text = format!("{}.{fraction}", pico_dollars / whole);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    }
}

/// The price of one unit, which may depend on the length of the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rate {
    /// Pico-dollars of a unit; of an hour for lengths.
    pub(super) base: u64,
    /// Above this many input tokens, every unit of the request has this price.
    tiers: [Tier; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tier {
    above: u64,
    price: u64,
}

/// No request has more tokens than this.
const NEVER: Tier = Tier { above: u64::MAX, price: 0 };

impl Rate {
    pub(super) const fn flat(pico_dollars: u64) -> Rate {
        Rate { base: pico_dollars, tiers: [NEVER; 2] }
    }

    /// The price in a request with this many input tokens.
    pub(super) fn at(&self, input_tokens: u64) -> u64 {
        self.tiers.iter().rev().find(|tier| input_tokens > tier.above).map_or(self.base, |tier| tier.price)
    }

    /// The same rate times a ratio, rounded half up.
    pub(super) fn times(self, numerator: u64, denominator: u64) -> Rate {
        let scale = |price: u64| {
            let product = u128::from(price) * u128::from(numerator);
            let divisor = u128::from(denominator.max(1));
            u64::try_from((product + divisor / 2) / divisor).unwrap_or(u64::MAX)
        };
        Rate { base: scale(self.base), tiers: self.tiers.map(|tier| Tier { price: scale(tier.price), ..tier }) }
    }

    /// Without the prices for long prompts.
    pub(super) fn at_any_length(self) -> Rate {
        Rate::flat(self.base)
    }

    /// Reads `2.5` or `2.5>200000:5`: a price, and the prices above numbers of input tokens in rising order.
    pub(super) fn parse(unit: Unit, text: &str) -> Option<Rate> {
        let mut parts = split(text, b'>');
        let mut rate = Rate::flat(unit.pico_dollars(parts.next()?)?);
        let mut free = rate.tiers.iter_mut();
        for part in parts {
            let (above, price) = cut(part, b':')?;
            *free.next()? = Tier { above: above.parse().ok()?, price: unit.pico_dollars(price)? };
        }
        Some(rate)
    }

    fn write(&self, unit: Unit, out: &mut String) {
        out.push_str(&unit.price(self.base));
        for tier in self.tiers.iter().filter(|tier| **tier != NEVER) {
            let _ = write!(out, ">{}:{}", tier.above, unit.price(tier.price));
        }
    }

    /// Adds the price above a number of input tokens. At most two fit.
    pub(super) fn with_tier(mut self, above: u64, price: u64) -> Option<Rate> {
        *self.tiers.iter_mut().find(|tier| **tier == NEVER)? = Tier { above, price };
        self.tiers.sort_by_key(|tier| tier.above);
        Some(self)
    }
}

/// The prices of a model, each unit by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rates([Option<Rate>; UNITS.len()]);

impl Rates {
    pub(super) fn get(&self, unit: Unit) -> Option<Rate> {
        self.0.get(unit as usize).copied().flatten()
    }

    pub(super) fn set(&mut self, unit: Unit, rate: Rate) {
        if let Some(place) = self.0.get_mut(unit as usize) {
            *place = Some(rate);
        }
    }

    /// Applies a change to the price of each unit that the condition takes.
    pub(super) fn map(&mut self, takes: impl Fn(Unit) -> bool, change: impl Fn(Rate) -> Rate) {
        for (place, (unit, ..)) in self.0.iter_mut().zip(UNITS) {
            if takes(unit) {
                *place = place.map(&change);
            }
        }
    }

    /// Whether nothing costs anything: either nobody knows a price, or all prices are zero.
    pub(super) fn is_zero(&self) -> bool {
        self.0.iter().flatten().all(|rate| *rate == Rate::flat(0))
    }

    /// The prices as words of a price line: `input=2.5 output=10`.
    pub(super) fn write(&self, out: &mut String) {
        for (rate, (unit, name, _)) in self.0.iter().zip(UNITS) {
            if let Some(rate) = rate {
                let _ = write!(out, " {name}=");
                rate.write(unit, out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_stands_at_its_own_place() {
        for (place, (unit, name, _)) in UNITS.iter().enumerate() {
            assert_eq!((*unit as usize, Unit::named(name)), (place, Some(*unit)));
        }
    }

    #[test]
    fn a_price_is_the_decimal_and_float_noise_is_rounded_away() {
        for (price, pico_dollars, written) in [
            ("0.15", 150_000, "0.15"),
            ("0.003625", 3_625, "0.003625"),
            ("0.18000000000000002", 180_000, "0.18"),
            ("1.0399999999999998", 1_040_000, "1.04"),
            ("75", 75_000_000, "75"),
        ] {
            assert_eq!(Unit::Input.pico_dollars(price), Some(pico_dollars), "{price}");
            assert_eq!(Unit::Input.price(pico_dollars), written);
        }
        assert_eq!(Unit::AudioHour.pico_dollars("0.111"), Some(111_000_000_000));
        assert_eq!(Unit::WebSearch.pico_dollars("10"), Some(10_000_000_000));
        for nonsense in ["", "-1", "NaN", "inf", "1e40", "1,5"] {
            assert_eq!(Unit::Input.pico_dollars(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn a_long_prompt_changes_the_price_of_the_whole_request_above_the_boundary() {
        let rate = Rate::parse(Unit::Input, "3>200000:6").unwrap();
        assert_eq!([0, 200_000, 200_001].map(|tokens| rate.at(tokens)), [3_000_000, 3_000_000, 6_000_000]);
        let mut text = String::new();
        rate.write(Unit::Input, &mut text);
        assert_eq!(text, "3>200000:6");
    }
}

//! The quantities of an answer, each at its own rate.

use super::amount::{Amount, Multiplier};
use super::rates::{Rates, Unit};
use crate::llm::query::Unpriced;
use crate::llm::usage::Usage;

/// The prices of one part of an answer.
pub(super) struct Tariff {
    pub(super) rates: Rates,
    /// On tokens; fees are the same everywhere.
    pub(super) multiplier: Multiplier,
    /// On everything: what the user negotiated.
    pub(super) discount: Multiplier,
    /// A price of zero is one.
    pub(super) is_free: bool,
}

impl Tariff {
    /// Adds what the usage costs.
    pub(super) fn charge(&self, usage: &Usage, amount: &mut Amount) -> Result<(), Unpriced> {
        if self.rates.is_zero() {
            return if self.is_free || *usage == Usage::default() { Ok(()) } else { Err(Unpriced::NoPrice) };
        }
        let mut bill = Bill { tariff: self, prompt: usage.input_tokens, amount };
        bill.input(usage)?;
        bill.output(usage)?;
        bill.fees(usage)
    }

    /// Adds what a request costs by itself, where it costs something.
    pub(super) fn charge_request(&self, amount: &mut Amount) -> Result<(), Unpriced> {
        let mut bill = Bill { tariff: self, prompt: 0, amount };
        if self.rates.get(Unit::Request).is_some() { bill.line(1, &[Unit::Request]) } else { Ok(()) }
    }
}

struct Bill<'a> {
    tariff: &'a Tariff,
    /// Its length decides about the price of every token.
    prompt: u64,
    amount: &'a mut Amount,
}

/// Tokens of one modality of the prompt, and how many of them come from the cache.
struct Modality {
    tokens: u64,
    read: u64,
    fresh: Unit,
    cached: Unit,
}

impl Bill<'_> {
    /// A quantity at the rate of the first unit that has one. A quantity without a rate has no price, which is not zero.
    fn line(&mut self, quantity: u64, units: &[Unit]) -> Result<(), Unpriced> {
        if quantity == 0 {
            return Ok(());
        }
        let rated = units.iter().find_map(|unit| Some((*unit, self.tariff.rates.get(*unit)?)));
        let (unit, rate) = rated.ok_or(Unpriced::NoPrice)?;
        let multiplier = if unit.is_token() { self.tariff.multiplier } else { Multiplier::ONE };
        let multiplier = multiplier.and(self.tariff.discount);
        self.amount.add(unit, quantity, rate.at(self.prompt), multiplier).ok_or(Unpriced::BadUsage)
    }

    /// The prompt: each token is text, audio, image or video, and fresh, read from the cache or written to it.
    ///
    /// Where the provider does not say which modality the cached tokens have, they are text as far as the text reaches.
    fn input(&mut self, usage: &Usage) -> Result<(), Unpriced> {
        let mut parts = self.modalities(usage)?;
        let told: u64 = parts.iter().map(|part| part.read).sum();
        let mut read = usage.cache_read_tokens.checked_sub(told).ok_or(Unpriced::BadUsage)?;
        let mut written = usage.cache_write_tokens;
        for part in &mut parts {
            let more = read.min(part.tokens - part.read);
            read -= more;
            part.read += more;
            let new = written.min(part.tokens - part.read);
            written -= new;
            self.line(part.tokens - part.read - new, &[part.fresh])?;
            self.line(part.read, &[part.cached, part.fresh])?;
        }
        if read > 0 || written > 0 {
            return Err(Unpriced::BadUsage);
        }
        let hour = usage.cache_write_1h_tokens;
        let short = usage.cache_write_tokens.checked_sub(hour).ok_or(Unpriced::BadUsage)?;
        self.line(short, &[Unit::CacheWrite, Unit::Input])?;
        self.line(hour, &[Unit::CacheWrite1h, Unit::CacheWrite, Unit::Input])
    }

    /// The modalities that have a price of their own, and the text with the rest.
    fn modalities(&self, usage: &Usage) -> Result<[Modality; 4], Unpriced> {
        let of = |tokens: u64, read: u64, fresh: Unit, cached: Unit| match self.tariff.rates.get(fresh) {
            Some(_) => Modality { tokens, read: read.min(tokens), fresh, cached },
            None => Modality { tokens: 0, read: 0, fresh, cached },
        };
        let audio = of(usage.input_audio_tokens, usage.cache_read_audio_tokens, Unit::InputAudio, Unit::CacheReadAudio);
        let image = of(usage.input_image_tokens, usage.cache_read_image_tokens, Unit::InputImage, Unit::CacheReadImage);
        let video = of(usage.input_video_tokens, usage.cache_read_video_tokens, Unit::InputVideo, Unit::CacheReadVideo);
        let others = [audio.tokens, image.tokens, video.tokens];
        let tokens = others.iter().try_fold(usage.input_tokens, |rest, tokens| rest.checked_sub(*tokens));
        let tokens = tokens.ok_or(Unpriced::BadUsage)?;
        Ok([Modality { tokens, read: 0, fresh: Unit::Input, cached: Unit::CacheRead }, audio, image, video])
    }

    fn output(&mut self, usage: &Usage) -> Result<(), Unpriced> {
        let details = [
            (usage.reasoning_tokens, Unit::Reasoning),
            (usage.output_audio_tokens, Unit::OutputAudio),
            (usage.output_image_tokens, Unit::OutputImage),
        ];
        let mut rest = usage.output_tokens;
        for (tokens, unit) in details {
            if self.tariff.rates.get(unit).is_some() {
                rest = rest.checked_sub(tokens).ok_or(Unpriced::BadUsage)?;
                self.line(tokens, &[unit])?;
            }
        }
        self.line(rest, &[Unit::Output])
    }

    fn fees(&mut self, usage: &Usage) -> Result<(), Unpriced> {
        let plain_pages = usage.pages.checked_sub(usage.annotated_pages).ok_or(Unpriced::BadUsage)?;
        let fees = [
            (usage.input_audio_milliseconds, Unit::AudioHour),
            (plain_pages, Unit::Page),
            (usage.annotated_pages, Unit::AnnotatedPage),
            (usage.search_units, Unit::Rerank),
            (usage.web_searches, Unit::WebSearch),
            (usage.file_searches, Unit::FileSearch),
            (usage.code_sessions, Unit::CodeSession),
        ];
        fees.iter().try_for_each(|(quantity, unit)| self.line(*quantity, &[*unit]))
    }
}

#[cfg(test)]
mod tests {
    use super::super::rates::Rate;
    use super::*;

    fn tariff(prices: &[(Unit, &str)]) -> Tariff {
        let mut rates = Rates::default();
        for (unit, price) in prices {
            rates.set(*unit, Rate::parse(*unit, price).unwrap());
        }
        Tariff { rates, multiplier: Multiplier::ONE, discount: Multiplier::ONE, is_free: false }
    }

    fn cost(tariff: &Tariff, usage: Usage) -> Result<String, Unpriced> {
        let mut amount = Amount::default();
        tariff.charge(&usage, &mut amount)?;
        Ok(amount.rounded().to_string())
    }

    #[test]
    fn every_token_of_the_prompt_is_charged_once() {
        let tariff = tariff(&[
            (Unit::Input, "1"),
            (Unit::CacheRead, "0.1"),
            (Unit::CacheWrite, "2"),
            (Unit::CacheWrite1h, "3"),
            (Unit::InputAudio, "10"),
            (Unit::CacheReadAudio, "5"),
            (Unit::Output, "4"),
        ]);
        let usage = Usage {
            cache_write_1h_tokens: 40,
            input_audio_tokens: 200,
            cache_read_audio_tokens: 50,
            ..Usage::new(1_000, 10).cache_read(150).cache_write(100)
        };
        // text 800: 100 read x 0.1, 60 written x 2, 40 for an hour x 3, 600 x 1; audio 200: 50 x 5, 150 x 10; 10 x 4
        assert_eq!(cost(&tariff, usage), Ok("0.00264".to_owned())); // 10 + 120 + 120 + 600 + 250 + 1500 + 40 = 2640
    }

    #[test]
    fn cached_tokens_of_an_untold_modality_are_text_as_far_as_the_text_reaches() {
        let tariff = tariff(&[
            (Unit::Input, "1"),
            (Unit::CacheRead, "0.1"),
            (Unit::InputAudio, "10"),
            (Unit::CacheReadAudio, "5"),
        ]);
        let usage = Usage { input_audio_tokens: 60, ..Usage::new(100, 0).cache_read(50) };
        assert_eq!(cost(&tariff, usage), Ok("0.000554".to_owned())); // 40 x 0.1 + 10 x 5 + 50 x 10
    }

    #[test]
    fn a_quantity_without_a_rate_is_not_free() {
        let tariff = tariff(&[(Unit::Input, "1")]);
        assert_eq!(cost(&tariff, Usage::new(5, 0)), Ok("0.000005".to_owned()));
        assert_eq!(cost(&tariff, Usage::new(5, 1)), Err(Unpriced::NoPrice));
        assert_eq!(cost(&tariff, Usage { web_searches: 1, ..Usage::new(5, 0) }), Err(Unpriced::NoPrice));
    }

    #[test]
    fn a_modality_without_a_price_of_its_own_has_that_of_the_text() {
        let tariff = tariff(&[(Unit::Input, "1"), (Unit::Output, "2")]);
        let usage = Usage { input_audio_tokens: 9, output_audio_tokens: 3, ..Usage::new(10, 3).cache_read(10) };
        assert_eq!(cost(&tariff, usage), Ok("0.000016".to_owned()));
    }

    #[test]
    fn parts_above_their_total_are_refused() {
        let tariff =
            tariff(&[(Unit::Input, "1"), (Unit::Output, "2"), (Unit::InputAudio, "3"), (Unit::OutputAudio, "3")]);
        for usage in [
            Usage { input_audio_tokens: 2, ..Usage::new(1, 0) },
            Usage { output_audio_tokens: 2, ..Usage::new(0, 1) },
            Usage::new(5, 0).cache_read(6),
            Usage::new(5, 0).cache_read(3).cache_write(3),
            Usage { cache_write_1h_tokens: 2, ..Usage::new(5, 0).cache_write(1) },
        ] {
            assert_eq!(cost(&tariff, usage.clone()), Err(Unpriced::BadUsage), "{usage:?}");
        }
    }
}

//! The price of a request, from all that is known of it.

use std::borrow::Cow;

use super::amount::{Amount, Multiplier};
use super::book::{self, ANY, Book};
use super::charge::Tariff;
use super::ids::{self, Found};
use super::table::Line;
use super::{Ask, Cost, Usages, rules};
use crate::Usd;
use crate::llm::query::Unpriced;
use crate::llm::usage::Usage;

/// Runs models on the caller's own machine, which charges nobody. That is a price, and it is zero.
const OLLAMA: &str = "ollama";

/// Reads the whole table once, so that the first request finds it in memory.
pub(in crate::llm) fn warm() {
    book::current().table.warm();
}

/// The provider that the table takes a model for, when nobody names one.
pub(in crate::llm) fn provider_of(model: &str) -> Option<String> {
    ids::maker(&book::current().table, model).map(str::to_owned)
}

/// What a request costs.
pub(in crate::llm) fn cost<'a>(ask: &Ask<'a>, usages: Usages<'_>) -> Result<Cost<'a>, Unpriced> {
    if ask.provider.trim().eq_ignore_ascii_case(OLLAMA) {
        return Ok(Cost { cost: Usd::ZERO, is_own: false, model: Cow::Borrowed(ask.model()) });
    }
    let book = book::current();
    let mut amount = Amount::default();
    let priced = match Priced::find(&book, ask) {
        Err(Unpriced::UnknownModel) if is_all_of_others(usages) => {
            charge_others(&book, ask, usages, &mut amount)?;
            return Ok(Cost { cost: amount.rounded(), is_own: false, model: Cow::Borrowed(ask.model()) });
        }
        found => found?,
    };
    priced.charge_all(&book, ask, usages, &mut amount)?;
    Ok(Cost { cost: amount.rounded(), is_own: priced.is_own, model: priced.model })
}

/// Whether a system answered that has no price of its own: every part of the answer names the model that made it.
fn is_all_of_others(usages: Usages<'_>) -> bool {
    let parts = usages.parts;
    !parts.is_empty() && parts.iter().all(|part| part.model.is_some()) && fees_beside(usages) == Usage::default()
}

fn charge_others(book: &Book, ask: &Ask<'_>, usages: Usages<'_>, amount: &mut Amount) -> Result<(), Unpriced> {
    usages.parts.iter().try_for_each(|part| {
        let model = part.model.as_deref().ok_or(Unpriced::UnknownModel)?;
        Priced::of(book, ask, model)?.charge(&part.usage, amount)
    })
}

/// A model whose prices are known.
struct Priced<'a, 'b> {
    tariff: Tariff,
    /// The line of the table, unless the price is the user's.
    found: Option<Found<'b>>,
    is_own: bool,
    model: Cow<'a, str>,
}

impl<'a, 'b> Priced<'a, 'b> {
    /// The prices of the model that was served: by the user's word for it, or by the table's.
    fn find(book: &'b Book, ask: &Ask<'a>) -> Result<Priced<'a, 'b>, Unpriced> {
        // The user may have named what was asked for, which the answer does not repeat.
        let is_named = ask.model() != ask.asked && book.knows(ask.provider, ask.asked);
        let names = candidates(ask).chain(is_named.then_some(ask.asked));
        let mut found = names.map(|model| Priced::of(book, ask, model));
        found.find(|found| !matches!(found, Err(Unpriced::UnknownModel))).unwrap_or(Err(Unpriced::UnknownModel))
    }

    /// The prices of a model by this name.
    fn of(book: &'b Book, ask: &Ask<'_>, model: &'a str) -> Result<Priced<'a, 'b>, Unpriced> {
        let alias = book.alias(ask.provider, model);
        let name = alias.unwrap_or(model);
        let discount = book.multiplier(ask.provider);
        let model = Cow::Borrowed(model);
        if let Some(tariff) = book.own_tariff(ask, name)? {
            return Ok(Priced { tariff: tariff.reduced(discount), found: None, is_own: true, model });
        }
        let found = ids::find(&book.table, ask.provider, name)
            .or_else(|| alias.and_then(|alias| ids::find(&book.table, "", alias)))
            .ok_or(Unpriced::UnknownModel)?;
        let night = rules::name_at_night(found.provider, found.line.name, ask.at);
        let line = night.and_then(|night| book.table.find(found.provider, &night)).unwrap_or(found.line);
        let found = Found { line, ..found };
        let tariff = rules::tariff(&found, ask)?.reduced(discount);
        Ok(Priced { tariff, found: Some(found), is_own: discount.is_some(), model })
    }

    /// Charges each part by itself, and what no part holds by the answer's own model.
    fn charge_all(
        &self,
        book: &'b Book,
        ask: &Ask<'_>,
        usages: Usages<'_>,
        amount: &mut Amount,
    ) -> Result<(), Unpriced> {
        self.tariff.charge_request(amount)?;
        if usages.parts.is_empty() {
            return self.charge(usages.whole, amount);
        }
        for part in usages.parts {
            match part.model.as_deref() {
                Some(model) => Priced::of(book, ask, model)?.charge(&part.usage, amount)?,
                None => self.charge(&part.usage, amount)?,
            }
        }
        let fees = fees_beside(usages);
        if fees == Usage::default() { Ok(()) } else { self.charge(&fees, amount) }
    }

    fn charge(&self, usage: &Usage, amount: &mut Amount) -> Result<(), Unpriced> {
        match &self.found {
            Some(found) => self.tariff.charge(&rules::billed(found, usage), amount),
            None => self.tariff.charge(usage, amount),
        }
    }
}

/// The names to try. A model of AWS is asked for by an id that says the place too, which an answer leaves out.
fn candidates<'a>(ask: &Ask<'a>) -> impl Iterator<Item = &'a str> {
    let base = ask.context("base_model");
    let asked_first = base.is_none() && ids::is_bedrock(ask.provider);
    let first = asked_first.then_some(ask.asked);
    first.into_iter().chain(std::iter::once(ask.model()))
}

/// The tools that the whole answer used and none of its parts.
fn fees_beside(usages: Usages<'_>) -> Usage {
    let beside = |of: fn(&Usage) -> u64| {
        let in_parts = usages.parts.iter().map(|part| of(&part.usage)).fold(0, u64::saturating_add);
        of(usages.whole).saturating_sub(in_parts)
    };
    Usage {
        web_searches: beside(|usage| usage.web_searches),
        file_searches: beside(|usage| usage.file_searches),
        code_sessions: beside(|usage| usage.code_sessions),
        ..Usage::default()
    }
}

impl Tariff {
    fn reduced(self, discount: Option<Multiplier>) -> Tariff {
        Tariff { discount: discount.unwrap_or(Multiplier::ONE), ..self }
    }
}

impl Book {
    /// Whether the user has a word for the model.
    fn knows(&self, provider: &str, model: &str) -> bool {
        self.alias(provider, model).is_some() || self.own_line(provider, model).is_some()
    }

    /// The line of the user's prices for a model, said of its provider or of all.
    fn own_line(&self, said: &str, model: &str) -> Option<Line<'_>> {
        self.own.lines().next()?;
        let provider = ids::provider_id(&self.table, said).unwrap_or(ANY);
        let model = model.to_lowercase();
        let of_provider = ids::named(&self.own, provider, &model);
        of_provider.or_else(|| ids::named(&self.own, ANY, &model)).or_else(|| {
            // A provider that the table does not know is a part of the name, and one that it knows may be.
            let whole = format!("{}/{model}", said.to_lowercase());
            let bare =
                model.split_once('/').filter(|(prefix, _)| ids::provider_id(&self.table, prefix) == Some(provider));
            ids::named(&self.own, ANY, &whole).or_else(|| ids::named(&self.own, provider, bare?.1))
        })
    }

    /// The user's prices for a model.
    fn own_tariff(&self, ask: &Ask<'_>, model: &str) -> Result<Option<Tariff>, Unpriced> {
        let Some(line) = self.own_line(ask.provider, model) else { return Ok(None) };
        let way = rules::way(ask)?;
        let record = line.at(0, way);
        if way.is_some() && !record.has_way {
            return Err(Unpriced::NoPrice);
        }
        let is_free = record.is_free;
        Ok(Some(Tariff { rates: record.rates, multiplier: Multiplier::ONE, discount: Multiplier::ONE, is_free }))
    }
}

//! Which text a reader wants, and whether compressed: what his headers say.

/// How the numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// The Prometheus exposition format 0.0.4, which everybody reads.
    Prometheus,
    /// [OpenMetrics 1.0](https://prometheus.io/docs/specs/om/open_metrics_spec/), which has room for exemplars.
    OpenMetrics,
}

impl Format {
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Format::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
            Format::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }

    /// What `Accept` headers ask for: OpenMetrics only when it is named, and nothing else is wanted more.
    pub(crate) fn of_accept<'a>(headers: impl Iterator<Item = &'a str>) -> Format {
        let (mut named, mut others) = (0.0_f32, 0.0_f32);
        for entry in headers.flat_map(|header| header.split(',')) {
            match Entry::read(entry) {
                Entry { name: "application/openmetrics-text", version: None | Some("1.0.0"), weight } => {
                    named = named.max(weight);
                }
                Entry { name: "text/plain" | "text/*" | "*/*", weight, .. } => others = others.max(weight),
                _ => {}
            }
        }
        if named > 0.0 && named >= others { Format::OpenMetrics } else { Format::Prometheus }
    }
}

/// Whether an `Accept-Encoding` header takes gzip: named, or any, and not with the weight 0
/// ([RFC 9110, 12.5.3](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.3)).
pub(crate) fn accepts_gzip(header: &str) -> bool {
    let weight = |wanted: &str| {
        let entries = header.split(',').map(Entry::read);
        entries.filter(|entry| entry.name.eq_ignore_ascii_case(wanted)).map(|entry| entry.weight).next()
    };
    weight("gzip").or_else(|| weight("*")).is_some_and(|weight| weight > 0.0)
}

/// One of the things that a reader takes.
struct Entry<'a> {
    name: &'a str,
    version: Option<&'a str>,
    /// How much he wants it. Nonsense is no reason to give him nothing.
    weight: f32,
}

impl<'a> Entry<'a> {
    fn read(entry: &'a str) -> Entry<'a> {
        let mut parts = entry.split(';').map(str::trim);
        let mut read = Entry { name: parts.next().unwrap_or_default(), version: None, weight: 1.0 };
        for (key, value) in parts.filter_map(|part| part.split_once('=')) {
            match key.trim() {
                "q" | "Q" => read.weight = value.trim().parse().unwrap_or(1.0),
                "version" => read.version = Some(value.trim().trim_matches('"')),
                _ => {}
            }
        }
        read
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_metrics_are_for_those_who_name_them() {
        let scrapers = [
            // Prometheus 2.42, Prometheus 3, and one that takes nothing else.
            "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,\
             text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
            "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,\
             application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,\
             text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
            "application/openmetrics-text",
        ];
        for accepted in scrapers {
            assert_eq!(Format::of_accept([accepted].into_iter()), Format::OpenMetrics, "{accepted}");
        }
        let others = [
            "",
            "*/*",
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "application/openmetrics-text;q=0, text/plain",
            "text/plain;version=0.0.4, application/openmetrics-text;version=1.0.0;q=0.5",
            "application/openmetrics-text;version=0.0.1",
        ];
        for refused in others {
            assert_eq!(Format::of_accept([refused].into_iter()), Format::Prometheus, "{refused}");
        }
        let in_two = ["text/plain;q=0.1", "application/openmetrics-text; version=\"1.0.0\""];
        assert_eq!(Format::of_accept(in_two.into_iter()), Format::OpenMetrics);
    }

    #[test]
    fn gzip_is_sent_only_to_those_who_take_it() {
        for accepted in ["gzip", "deflate, GZIP;q=0.5", "*", "br;q=1.0, gzip ; q=0.8, *;q=0.1"] {
            assert!(accepts_gzip(accepted), "{accepted}");
        }
        for refused in ["", "identity", "gzip;q=0", "gzip; q=0.0, *", "*;q=0", "x-gzip-like", "br"] {
            assert!(!accepts_gzip(refused), "{refused}");
        }
    }
}

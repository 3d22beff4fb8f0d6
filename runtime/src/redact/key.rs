//! Tokens that give themselves away by how they begin: keys of providers, JSON web tokens.

/// How keys of well-known providers begin, and how many characters follow at least. By the first character, because most
/// words begin with another one.
fn prefixes(first: u8) -> &'static [(&'static str, usize)] {
    match first {
        b'A' => &[
            ("AIza", 30), // Google
            ("AKIA", 16), // Amazon
            ("ASIA", 16), // Amazon, for a while
            ("AGE-SECRET-KEY-1", 40),
        ],
        b'E' => &[
            ("EAAC", 60), // Meta
        ],
        b'G' => &[
            ("GOCSPX-", 20), // Google OAuth
        ],
        b'S' => &[
            ("SG.", 40), // SendGrid
        ],
        b'd' => &[
            ("dapi", 32),      // Databricks
            ("dckr_pat_", 20), // Docker
            ("dop_v1_", 40),   // DigitalOcean
        ],
        b'f' => &[
            ("fw_", 20), // Fireworks
        ],
        b'g' => &[
            ("ghp_", 30), // GitHub
            ("gho_", 30),
            ("ghr_", 30),
            ("ghs_", 30),
            ("ghu_", 30),
            ("github_pat_", 30),
            ("glpat-", 16), // GitLab
            ("gsk_", 30),   // Groq
        ],
        b'h' => &[
            ("hf_", 30),  // Hugging Face
            ("hvs.", 24), // Vault
        ],
        b'j' => &[("jina_", 30)],
        b'l' => &[
            ("lin_api_", 30), // Linear
            ("lsv2_", 30),    // LangSmith
        ],
        b'n' => &[
            ("npm_", 30),
            ("nvapi-", 30), // NVIDIA
        ],
        b'p' => &[
            ("pcsk_", 30), // Pinecone
            ("pplx-", 30), // Perplexity
            ("pypi-", 50),
        ],
        b'r' => &[
            ("r8_", 30),      // Replicate
            ("rk_live_", 16), // Stripe
            ("rk_test_", 16),
        ],
        b's' => &[
            ("shpat_", 30),   // Shopify
            ("sk-", 16),      // OpenAI, Anthropic, DeepSeek, OpenRouter
            ("sk_", 24),      // ElevenLabs and others
            ("sk_live_", 16), // Stripe
            ("sk_test_", 16),
            ("sq0", 20), // Square
        ],
        b't' => &[
            ("tgp_v1_", 30), // Together
            ("tvly-", 16),   // Tavily
        ],
        b'w' => &[
            ("whsec_", 20), // Stripe
        ],
        b'x' => &[
            ("xai-", 30),  // xAI
            ("xapp-", 20), // Slack
            ("xoxa-", 10),
            ("xoxb-", 10),
            ("xoxp-", 10),
            ("xoxr-", 10),
            ("xoxs-", 10),
        ],
        b'y' => &[
            ("ya29.", 20), // Google OAuth
        ],
        _ => &[],
    }
}

/// The shortest of these keys. What is shorter is not looked at.
pub(super) const SHORTEST: usize = 15;

/// The rule that knows this word, if it is a secret.
pub(super) fn rule_of(word: &str) -> Option<&'static str> {
    // A space that is no ASCII space, and a quotation mark, look like letters here.
    let word = word.trim_start_matches(|character: char| !character.is_ascii());
    if is_json_web_token(word) {
        return Some("jwt");
    }
    // In a text that was escaped, the letter of the escape sticks to the word: `\nsk-...`.
    let after_escape = word.get(1..).filter(|_| matches!(word.bytes().next(), Some(b'n' | b'r' | b't')));
    (is_provider_key(word) || after_escape.is_some_and(is_provider_key)).then_some("provider_key")
}

fn is_provider_key(word: &str) -> bool {
    let first = word.bytes().next().unwrap_or_default();
    prefixes(first).iter().any(|(prefix, least)| {
        let tail = word.strip_prefix(prefix).map(|tail| tail.trim_end_matches('.'));
        tail.is_some_and(|tail| tail.len() >= *least && (!tail.contains('.') || prefix.ends_with('.')))
    })
}

/// Three base64url parts, or the five of an encrypted one, the first of which is a JSON object. The last may be empty.
fn is_json_web_token(word: &str) -> bool {
    if !word.starts_with("eyJ") {
        return false;
    }
    let mut parts = word.split('.');
    let has_header = parts.next().is_some_and(|header| header.len() >= 10 && header.bytes().all(is_base64url));
    let body = parts.next().is_some_and(|body| body.bytes().all(is_base64url));
    has_header && body && parts.next().is_some()
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'
}

use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;

use super::*;

#[test]
fn a_secret_is_masked_wherever_its_name_its_prefix_or_its_form_gives_it_away() {
    for (raw, safe) in [
        ("api_key=abc123, user=ann", "api_key=[redacted], user=ann"),
        (r#"{"password": "p4ss", "id": 7}"#, r#"{"password": "[redacted]", "id": 7}"#),
        (r#"{"password": "p\"4ss", "id": 7}"#, r#"{"password": "[redacted]", "id": 7}"#),
        (r#""{\"password\":\"p4ss\",\"id\":7}""#, r#""{\"password\":\"[redacted]\",\"id\":7}""#),
        (r#"password: "correct horse" ok"#, r#"password: "[redacted]" ok"#),
        (r#"Login { password: Some("a b"), id: 7 }"#, "Login { password: [redacted], id: 7 }"),
        (r#"Login { token: Token { value: "a b" }, id: 7 }"#, "Login { token: [redacted], id: 7 }"),
        (r#""cookies": 1, "secret": ["a b", {"c": 1}], "id": 7"#, r#""cookies": 1, "secret": [redacted], "id": 7"#),
        ("password=p@ss/word#1 for ann", "password=[redacted] for ann"),
        ("psql --password hunter2 --host db", "psql --password [redacted] --host db"),
        ("secret=wJalrXUtnFEMI/K7MDENG/bPx", "secret=[redacted]"),
        (
            "DB_PASSWORD=x OPENAI_API_KEY=y aws_secret_access_key=z",
            "DB_PASSWORD=[redacted] OPENAI_API_KEY=[redacted] aws_secret_access_key=[redacted]",
        ),
        ("Authorization: Bearer abc/def+gh==", "Authorization: [redacted]"),
        ("Authorization: Token abcdef", "Authorization: [redacted]"),
        ("got Bearer abc/def+gh==, gave up", "got Bearer [redacted], gave up"),
        ("got Basic YW5uOnB3ZA==, gave up", "got Basic [redacted], gave up"),
        ("Cookie: sid=abc123; theme=dark\nAccept: */*", "Cookie: [redacted]\nAccept: */*"),
        ("X-Api-Key: 12345", "X-Api-Key: [redacted]"),
        ("Incorrect API key provided: sk-proj-abcdefghijklmnop", "Incorrect API key provided: [redacted]"),
        ("key AIzaSyA-1234567890abcdefghijklmnopqrstu.", "key [redacted]"),
        (r"first\nsk-proj-abcdefghijklmnop", r"first\[redacted]"),
        ("postgres://app:s3cret@db:5432/shop", "postgres://[redacted]@db:5432/shop"),
        ("postgres://app:p/w@db/shop", "postgres://[redacted]@db/shop"),
        ("get https://a.org/?next=https://u:p@b.org/", "get https://a.org/?next=https://[redacted]@b.org/"),
        ("https://a.org/x?access_token=abc&page=2", "https://a.org/x?access_token=[redacted]&page=2"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlLWhlcmU ok", "jwt [redacted] ok"),
        ("mail to ann.b+c@mail.example.org, please", "mail to [redacted], please"),
        ("https://a.org/?to=ann%40example.org&x=1", "https://a.org/?to=[redacted]&x=1"),
        ("card 4111 1111 1111 1111 was refused", "card [redacted] was refused"),
        ("card 4111-1111-1111-1111.", "card [redacted]."),
        ("card 4111 1111 1111 1111 12/27 123", "card [redacted] 12/27 123"),
        ("card 4111 1111 1111 1111 123, 4111111111111111 123", "card [redacted] 123, [redacted] 123"),
        ("4111 1111 1111 1111 5500 0000 0000 0004", "[redacted] [redacted]"),
        ("visa-4111111111111111_4111111111111111-2026", "visa-[redacted]_[redacted]-2026"),
        ("id-DE89370400440532013000-x, order_4111 1111 1111 1111", "id-[redacted]-x, order_[redacted]"),
        ("amex 3782 822463 10005, 4222222222222", "amex [redacted], [redacted]"),
        ("amex 378282246310005, visa_4111111111111111", "amex [redacted], visa_[redacted]"),
        ("from GB82 WEST 1234 5698 7654 32 to DE89370400440532013000", "from [redacted] to [redacted]"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\nabc\n-----END RSA PRIVATE KEY-----\nok", "[redacted]\nok"),
        ("-----BEGIN PRIVATE KEY-----\nMIIE and no end", "[redacted]"),
    ] {
        assert_eq!(text(raw), safe);
    }
}

#[test]
fn an_innocent_text_is_borrowed_as_it_is() {
    for innocent in [
        "task-42 took 3 ms",
        "https://example.org/a@b",
        "https://[::1]:8080/a@b",
        "naïve 日本語 a::b::token",
        "",
        "secretary: Ann",
        "time_to_first_token: 0.4, output_tokens=12",
        "the basic plan costs 20",
        "trace 4bf92f3577b34da6a3ce929d0e0e4736 at 1732194254000000000",
        "4111 1111 1111 1111 1111 1111 1111 1111 and 4000 5000 6000 7000 8000",
        "order 4111111111111112, phone 4111-1111, uuid 41111111-1111-4111-8111-111111111111",
        "GB82WEST12345698765433 is none, DE12 neither",
        "react@18.2.0 and icons@latest",
        "Bearer",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
    ] {
        assert!(matches!(text(innocent), Cow::Borrowed(same) if same == innocent), "{innocent}: {}", text(innocent));
    }
}

#[test]
fn masking_twice_is_masking_once() {
    let once = text("token=abc password: x https://u:p@h/ Bearer abc ann@example.org").into_owned();
    assert_eq!(once, "token=[redacted] password: [redacted] https://[redacted]@h/ Bearer [redacted] [redacted]");
    assert_eq!(text(&once), once);
}

#[test]
fn what_was_not_read_is_masked() {
    let long = format!("{} password=hunter2 {}", "a ".repeat(SCAN_CAP / 2), "b ".repeat(SCAN_CAP));
    let safe = text(&long);
    assert!(safe.len() <= SCAN_CAP + MASK.len() && safe.ends_with(MASK), "{}", safe.len());
    assert!(!safe.contains("hunter2"));
}

#[test]
fn a_cut_leaves_no_half_of_a_secret() {
    let before = "a ".repeat((SCAN_CAP - 10) / 2);
    let safe = text(&format!("{before}sk-abcdefghijklmnopqrstuvwxyz0123456789{}", "c".repeat(SCAN_CAP))).into_owned();
    assert!(!safe.contains("sk-"), "{}", &safe[safe.len() - 40..]);
}

#[test]
fn a_rule_of_the_program_masks_too() {
    add_rules([
        Rule::name("Customer-Number"),
        Rule::prefix("acme_", 8),
        Rule::word("employee", |word| word.len() == 7 && word.starts_with("E-")),
        Rule::word("rude", |word| if word == "rude-word" { panic!("on purpose") } else { false }),
    ]);
    assert_eq!(text("x-customer-number=4711 by E-12345"), "x-customer-number=[redacted] by [redacted]");
    assert_eq!(text("acme_01234567 acme_short"), "[redacted] acme_short");
    assert_eq!(text("a rude-word"), "a [redacted]");
    assert!(is_secret_name("customerNumber") && !is_secret_name("customer"));
}

#[test]
fn a_rule_is_not_asked_about_what_it_writes_itself_and_may_add_rules() {
    static ASKED: AtomicUsize = AtomicUsize::new(0);
    static WRITTEN: Mutex<String> = Mutex::new(String::new());
    add_rules([Rule::word("talkative", |word| {
        if word == "talk-to-me" {
            ASKED.fetch_add(1, Ordering::Relaxed);
            *WRITTEN.lock().expect("nobody panics") = text("asked about talk-to-me").into_owned();
            add_rules([Rule::prefix("added_", 4)]);
            return true;
        }
        false
    })]);
    assert_eq!(text("please talk-to-me"), "please [redacted]");
    assert_eq!(ASKED.load(Ordering::Relaxed), 1);
    // Nobody knows what the rule would have said of it.
    assert!(!WRITTEN.lock().expect("nobody panics").contains("talk"));
    assert_eq!(text("added_1234"), "[redacted]");
}

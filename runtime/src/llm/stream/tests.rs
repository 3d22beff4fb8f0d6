use serde_json::json;

use super::*;
use crate::llm::usage::Part;

/// What the stream of these events took.
fn stream(provider: &str, events: &[Value]) -> StreamUsage {
    events.iter().fold(StreamUsage::new(provider, ""), |mut usage, event| {
        usage.push(event);
        usage
    })
}

fn whole(provider: &str, events: &[Value]) -> Reading {
    let usage = stream(provider, events);
    assert!(usage.is_complete(), "{usage:?}");
    let reading = usage.reading();
    assert!(!reading.lower_bound);
    let body = usage.finish().expect("a complete stream has a body");
    let hint = Hint { provider: Some(provider), api: None };
    assert_eq!(shapes::read(&body, hint), reading, "the body reads as the stream did: {body}");
    reading
}

fn partial(provider: &str, events: &[Value]) -> Reading {
    let usage = stream(provider, events);
    assert!(!usage.is_complete(), "{usage:?}");
    let body = usage.finish().expect("something is known");
    assert_eq!(body["taximeter"]["lower_bound"], true);
    let reading = usage.reading();
    assert!(reading.lower_bound);
    assert_eq!(shapes::read(&body, Hint { provider: Some(provider), api: None }), reading);
    reading
}

#[test]
fn openai_says_it_once_in_a_chunk_without_choices() {
    let events = [
        json!({"id": "c1", "model": "gpt-4o", "choices": [{"index": 0, "delta": {"content": "Hi"}}], "usage": null}),
        json!({"id": "c1", "model": "gpt-4o", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": null}),
        json!({"id": "c1", "model": "gpt-4o", "service_tier": "flex", "choices": [],
               "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}}),
        json!("[DONE]"),
    ];
    let reading = whole("openai", &events);
    assert_eq!(reading.usage, Ok(Usage::new(10, 5)));
    assert_eq!(
        (reading.model.as_deref(), reading.response_id.as_deref(), reading.service_tier.as_deref()),
        (Some("gpt-4o"), Some("c1"), Some("flex"))
    );
    assert_eq!(stream("openai", &events[..2]).finish(), None, "an aborted stream has no usage at all");
}

#[test]
fn the_first_chunk_of_azure_has_no_choices_and_no_usage() {
    let events = [
        json!({"id": "", "model": "", "choices": [], "prompt_filter_results": [{"prompt_index": 0}]}),
        json!({"id": "c1", "model": "gpt-4o-2024-11-20", "choices": [{"delta": {"content": "Hi"}, "finish_reason": null}]}),
    ];
    let usage = stream("azure", &events);
    assert!(!usage.is_complete());
    assert_eq!(usage.finish(), None);
}

#[test]
fn the_last_of_running_totals_counts() {
    let totals = |completion: u64, reason: Value| {
        json!({"model": "m", "choices": [{"delta": {}, "finish_reason": reason}],
               "usage": {"prompt_tokens": 7, "completion_tokens": completion, "total_tokens": completion + 7}})
    };
    let events: Vec<_> =
        (1..=100).map(|count| totals(count, if count == 100 { json!("stop") } else { Value::Null })).collect();
    assert_eq!(whole("together", &events).usage, Ok(Usage::new(7, 100)), "and not 5,050");
    assert_eq!(partial("together", &events[..40]).usage, Ok(Usage::new(7, 40)));
}

#[test]
fn groq_says_the_same_in_two_places() {
    let counts = json!({"prompt_tokens": 18, "completion_tokens": 4, "total_tokens": 22, "queue_time": 0.02});
    let chunk = |usage: Value| json!({"model": "m", "choices": [{"finish_reason": "stop"}], "x_groq": {"usage": counts}, "usage": usage});
    assert_eq!(whole("groq", &[chunk(counts.clone())]).usage, Ok(Usage::new(18, 4)));
    assert_eq!(whole("groq", &[chunk(Value::Null)]).usage, Ok(Usage::new(18, 4)));
}

#[test]
fn a_response_says_it_when_it_ends_in_any_way() {
    for end in ["response.completed", "response.incomplete", "response.failed"] {
        let events = [
            json!({"type": "response.created", "response": {"id": "r1", "model": "gpt-5", "usage": null}}),
            json!({"type": "response.in_progress", "response": {"id": "r1", "usage": null}}),
            json!({"type": "response.output_text.delta", "delta": "Hi"}),
            json!({"type": end, "response": {
                "id": "r1", "model": "gpt-5", "service_tier": "priority",
                "output": [
                    {"type": "web_search_call", "action": {"type": "search", "query": "a secret"}},
                    {"type": "web_search_call", "action": {"type": "open_page"}},
                    {"type": "code_interpreter_call", "container_id": "c1"}, {"type": "code_interpreter_call", "container_id": "c1"},
                    {"type": "file_search_call"}, {"type": "message", "content": [{"text": "Hi"}]}
                ],
                "usage": {"input_tokens": 100, "input_tokens_details": {"cached_tokens": 64}, "output_tokens": 9,
                          "output_tokens_details": {"reasoning_tokens": 3}, "total_tokens": 109}
            }}),
        ];
        let expected = Usage {
            web_searches: 1,
            file_searches: 1,
            code_sessions: 1,
            ..Usage::new(100, 9).cache_read(64).reasoning(3)
        };
        let reading = whole("openai", &events);
        assert_eq!(reading.usage, Ok(expected));
        assert_eq!(reading.service_tier.as_deref(), Some("priority"));
        assert_eq!(stream("openai", &events[..3]).finish(), None);
        assert!(!stream("openai", &events).finish().unwrap().to_string().contains("secret"));
    }
}

#[test]
fn what_anthropic_says_later_overwrites_what_it_said_before() {
    let start = json!({"type": "message_start", "message": {
        "id": "msg_1", "type": "message", "model": "claude-sonnet-4-5", "usage": {
            "input_tokens": 3, "cache_creation_input_tokens": 300, "cache_read_input_tokens": 7, "output_tokens": 1,
            "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
            "service_tier": "standard", "inference_geo": "us", "speed": "fast"
        }
    }});
    let delta = |reason: Value, usage: Value| json!({"type": "message_delta", "delta": {"stop_reason": reason}, "usage": usage});
    let events = [
        start.clone(),
        json!({"type": "ping"}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Hi"}}),
        delta(
            Value::Null,
            json!({"output_tokens": 40, "input_tokens": null, "server_tool_use": {"web_search_requests": 1}}),
        ),
        delta(
            json!("end_turn"),
            json!({"output_tokens": 90, "input_tokens": 13, "server_tool_use": {"web_search_requests": 2}}),
        ),
        json!({"type": "message_stop"}),
    ];
    let expected = |input, output, web_searches| Usage {
        cache_write_1h_tokens: 200,
        web_searches,
        ..Usage::new(input, output).cache_read(7).cache_write(300)
    };
    let reading = whole("anthropic", &events);
    assert_eq!(reading.usage, Ok(expected(320, 90, 2)));
    assert_eq!((reading.geo.as_deref(), reading.speed.as_deref()), (Some("us"), Some("fast")));

    let broken = [start, json!({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}})];
    assert_eq!(partial("anthropic", &broken).usage, Ok(expected(310, 1, 0)), "the input is known");
    assert_eq!(partial("anthropic", &events[..4]).usage, Ok(expected(310, 40, 1)));
}

#[test]
fn gemini_repeats_its_running_totals_and_its_searches() {
    let chunk = |counts: Value, reason: Value| {
        json!({"modelVersion": "gemini-3-pro", "responseId": "r1", "usageMetadata": counts, "candidates": [
            {"finishReason": reason, "groundingMetadata": {"webSearchQueries": ["taxi", "meter", ""]}}
        ]})
    };
    let events = [
        chunk(json!({"promptTokenCount": 100, "totalTokenCount": 100, "cachedContentTokenCount": 40}), Value::Null),
        chunk(json!({"promptTokenCount": 100, "candidatesTokenCount": 5, "totalTokenCount": 105}), Value::Null),
        chunk(
            json!({"promptTokenCount": 100, "candidatesTokenCount": 20, "thoughtsTokenCount": 30, "totalTokenCount": 150,
                   "trafficType": "ON_DEMAND_FLEX"}),
            json!("STOP"),
        ),
    ];
    let expected = Usage { web_searches: 2, ..Usage::new(100, 50).cache_read(40).reasoning(30) };
    let reading = whole("gemini", &events);
    assert_eq!((reading.usage, reading.service_tier.as_deref()), (Ok(expected), Some("flex")));
    assert_eq!(partial("gemini", &events[..2]).usage.unwrap().output_tokens, 5);
}

#[test]
fn the_turns_of_a_live_session_are_added_up() {
    let turn = |prompt: u64, response: u64| {
        [
            json!({"serverContent": {"modelTurn": {"parts": []}}}),
            json!({"usageMetadata": {
                "promptTokenCount": prompt, "responseTokenCount": response, "totalTokenCount": prompt + response,
                "responseTokensDetails": [{"modality": "AUDIO", "tokenCount": response}]
            }, "serverContent": {"turnComplete": true}}),
        ]
    };
    let events: Vec<_> = turn(100, 30).into_iter().chain(turn(150, 20)).collect();
    assert_eq!(whole("gemini", &events).usage, Ok(Usage { output_audio_tokens: 50, ..Usage::new(250, 50) }));
    let late: Vec<_> = events.iter().cloned().chain(turn(1, 1).into_iter().take(1)).collect();
    assert_eq!(partial("gemini", &late).usage.unwrap().input_tokens, 250);
}

#[test]
fn an_interaction_says_it_when_it_is_complete() {
    let events = [
        json!({"event_type": "interaction.start", "interaction": {"id": "i1", "model": "gemini-3-pro"}}),
        json!({"event_type": "interaction.complete", "interaction": {"id": "i1", "model": "gemini-3-pro", "usage": {
            "total_input_tokens": 7, "total_output_tokens": 23, "total_thought_tokens": 49, "total_tokens": 79,
            "total_tool_use_tokens": 0, "input_tokens_by_modality": [{"modality": "image", "tokens": 5}]
        }}}),
    ];
    let expected = Usage { input_image_tokens: 5, ..Usage::new(7, 72).reasoning(49) };
    assert_eq!(whole("gemini", &events).usage, Ok(expected));
}

#[test]
fn bedrock_says_it_after_the_message_has_stopped() {
    let events = [
        json!({"messageStart": {"role": "assistant"}}),
        json!({"contentBlockDelta": {"delta": {"text": "Hi"}}}),
        json!({"messageStop": {"stopReason": "end_turn"}}),
        json!({"metadata": {
            "usage": {"inputTokens": 3, "outputTokens": 9, "totalTokens": 112, "cacheReadInputTokens": 100},
            "metrics": {"latencyMs": 5}, "serviceTier": {"type": "flex"}
        }}),
    ];
    let reading = whole("bedrock", &events);
    assert_eq!(
        (reading.usage, reading.service_tier.as_deref()),
        (Ok(Usage::new(103, 9).cache_read(100)), Some("flex"))
    );
    assert_eq!(stream("bedrock", &events[..3]).finish(), None);

    let llama = [
        json!({"generation": "H", "prompt_token_count": 9, "generation_token_count": 1, "stop_reason": null}),
        json!({"generation": "i", "prompt_token_count": null, "generation_token_count": 2, "stop_reason": "stop",
               "amazon-bedrock-invocationMetrics": {"inputTokenCount": 9, "outputTokenCount": 2}}),
    ];
    assert_eq!(whole("bedrock", &llama).usage, Ok(Usage::new(9, 2)));
    assert_eq!(partial("bedrock", &llama[..1]).usage, Ok(Usage::new(9, 1)));
}

#[test]
fn ollama_says_it_in_the_object_that_is_done() {
    let events = [
        json!({"model": "llama3", "message": {"content": "H"}, "done": false}),
        json!({"model": "llama3", "done": true, "prompt_eval_count": 26, "eval_count": 298}),
    ];
    assert_eq!(whole("ollama", &events).usage, Ok(Usage::new(26, 298)));
    assert_eq!(stream("ollama", &events[..1]).finish(), None);
}

#[test]
fn cohere_says_what_it_bills_at_the_end_of_the_message() {
    let events = [
        json!({"type": "message-start", "id": "m1", "delta": {"message": {"role": "assistant"}}}),
        json!({"type": "content-delta", "delta": {"message": {"content": {"text": "Hi"}}}}),
        json!({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": {
            "billed_units": {"input_tokens": 5, "output_tokens": 418.0}, "tokens": {"input_tokens": 71, "output_tokens": 418}
        }}}),
    ];
    assert_eq!(whole("cohere", &events).usage, Ok(Usage::new(5, 418)));
}

#[test]
fn the_answers_of_a_realtime_session_are_added_up_and_none_twice() {
    let done = |id: &str, input: u64| {
        json!({"type": "response.done", "response": {"id": id, "status": "completed", "usage": {
            "input_tokens": input, "output_tokens": 10, "total_tokens": input + 10,
            "input_token_details": {"text_tokens": 0, "audio_tokens": input, "cached_tokens": 4,
                                    "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 4}},
            "output_token_details": {"text_tokens": 3, "audio_tokens": 7}
        }}})
    };
    let created = |id: &str| json!({"type": "response.created", "response": {"id": id, "usage": null}});
    let events = [
        json!({"type": "session.created", "session": {"model": "gpt-realtime"}}),
        created("r1"),
        done("r1", 100),
        done("r1", 100),
        created("r2"),
        done("r2", 120),
        done("r1", 100),
    ];
    let reading = whole("openai", &events);
    let expected = Usage {
        input_audio_tokens: 220,
        output_audio_tokens: 14,
        cache_read_audio_tokens: 8,
        ..Usage::new(220, 20).cache_read(8)
    };
    assert_eq!((reading.usage, reading.model.as_deref()), (Ok(expected), Some("gpt-realtime")));
    assert_eq!(partial("openai", &events[..5]).usage.unwrap().input_tokens, 100, "one answer is still open");
}

#[test]
fn the_transcription_of_the_callers_audio_is_a_part_of_its_own_model_and_once() {
    let transcribed = |item: &str| {
        json!({"type": "conversation.item.input_audio_transcription.completed", "item_id": item, "content_index": 0,
               "transcript": "Hi", "usage": {
            "type": "tokens", "total_tokens": 22, "input_tokens": 13,
            "input_token_details": {"text_tokens": 0, "audio_tokens": 13}, "output_tokens": 9
        }})
    };
    let done =
        json!({"type": "response.done", "response": {"id": "r1", "usage": {"input_tokens": 100, "output_tokens": 10}}});
    let session = |with: Value| json!({"type": "session.updated", "session": with});
    let named = [
        session(json!({"model": "gpt-realtime", "input_audio_transcription": {"model": "gpt-4o-transcribe"}})),
        session(
            json!({"model": "gpt-realtime", "audio": {"input": {"transcription": {"model": "gpt-4o-transcribe"}}}}),
        ),
    ];
    for named in named {
        let reading = whole("openai", &[named, transcribed("i1"), done.clone(), transcribed("i2"), transcribed("i1")]);
        assert_eq!(reading.usage, Ok(Usage { input_audio_tokens: 26, ..Usage::new(126, 28) }));
        let of_transcription = Usage { input_audio_tokens: 26, ..Usage::new(26, 18) };
        let model = Some("gpt-4o-transcribe".to_owned());
        assert!(reading.parts.contains(&Part { model, usage: of_transcription }), "{:?}", reading.parts);
    }
    let unnamed = partial("openai", &[session(json!({"model": "gpt-realtime"})), transcribed("i1"), done]);
    assert_eq!(unnamed.usage, Ok(Usage::new(100, 10)), "and it is a lower bound");
}

#[test]
fn events_come_with_their_names_or_as_text() {
    let counts = r#"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}"#;
    let events = [
        json!({"event": "message_start", "data": {"message": {"model": "claude-opus-4-5", "usage": {"input_tokens": 5, "output_tokens": 1}}}}),
        json!({"event": "message_delta", "data": counts}),
        json!(format!("event: message_stop\ndata: {}\n\n", json!({"type": "message_stop"}))),
    ];
    assert_eq!(whole("anthropic", &events).usage, Ok(Usage::new(5, 9)));
    assert_eq!(whole("anthropic", &[Value::Array(events.to_vec())]).usage, Ok(Usage::new(5, 9)));
}

#[test]
fn images_speech_and_transcriptions_say_it_in_their_last_event() {
    let image = json!({"type": "image_generation.completed", "b64_json": "AAAA", "usage": {
        "input_tokens": 50, "output_tokens": 4000, "input_tokens_details": {"text_tokens": 10, "image_tokens": 40}
    }});
    let mut usage = StreamUsage::new("openai", "openai.images");
    usage.push(&image);
    let expected = Usage { input_image_tokens: 40, output_image_tokens: 4000, ..Usage::new(50, 4000) };
    assert_eq!(usage.reading().usage, Ok(expected.clone()));
    let body = usage.finish().unwrap();
    assert_eq!(shapes::read(&body, Hint::default()).usage, Ok(expected), "the body says of which API it is");
    assert!(body.get("b64_json").is_none());

    let transcript = json!({"type": "transcript.text.done", "text": "Hi", "usage": {
        "type": "tokens", "input_tokens": 14, "input_token_details": {"text_tokens": 0, "audio_tokens": 14}, "output_tokens": 45
    }});
    assert_eq!(whole("openai", &[transcript]).usage, Ok(Usage { input_audio_tokens: 14, ..Usage::new(14, 45) }));
}

#[test]
fn an_item_of_an_own_type_says_what_it_knows() {
    let mut usage = StreamUsage::new("openai", "");
    let items: [Result<Option<Usage>, String>; 4] =
        [Ok(None), Ok(Some(Usage::new(5, 1))), Ok(Some(Usage::new(5, 9).cache_read(2))), Err("reset".to_owned())];
    items.iter().for_each(|item| item.push_into(&mut usage));
    assert!(usage.is_complete());
    let body = usage.finish().unwrap();
    assert_eq!(body["usage"], json!({"input_tokens": 5, "output_tokens": 9, "cache_read_tokens": 2}));
    assert_eq!(shapes::read(&body, Hint::default()).usage, Ok(Usage::new(5, 9).cache_read(2)));
}

#[test]
fn a_count_that_is_no_count_stays_one() {
    let usage = stream("openai", &[json!({"choices": [], "usage": {"prompt_tokens": -4, "completion_tokens": 1}})]);
    assert_eq!(usage.reading().usage, Err(NoUsage::Unreadable));
    assert_eq!(shapes::read(&usage.finish().unwrap(), Hint::default()).usage, Err(NoUsage::Unreadable));
}

#[test]
fn memory_is_bounded_whatever_is_pushed() {
    let mut usage = StreamUsage::new("openai", "");
    let long = "x".repeat(100_000);
    for index in 0..10_000_u64 {
        usage.push(&json!({"model": long, "id": long, "choices": [], "usage": {
            "prompt_tokens": 1, "completion_tokens": index, format!("field{index}"): long, "list": vec![0; 100]
        }}));
        usage.push(&json!({"type": "message_delta", "usage": {format!("delta{index}"): index}}));
        usage.push(&json!({"candidates": [{"groundingMetadata": {"webSearchQueries": [format!("query {index}")]}}]}));
        usage.push(&json!({"type": "response.done", "response": {"id": index.to_string(), "usage": {
            "input_tokens": 1, "output_tokens": 1
        }}}));
    }
    let nested = (0..100).fold(json!(1), |inner, _| json!({ "usage": inner }));
    usage.push(&json!({"choices": [], "usage": nested}));
    let size = usage.finish().unwrap().to_string().len();
    assert!(size < 100_000, "{size}");
}

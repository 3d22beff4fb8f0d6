//! Answers of every provider in the shapes of their API references of 2026-11, and what each of them took.

use serde_json::{Value, json};
use taximeter::llm::Usage;

/// An answer, whole or in the part that holds its usage.
#[derive(Clone, Debug)]
pub struct Payload {
    /// What is told apart here.
    pub name: &'static str,
    /// Who answered.
    pub provider: &'static str,
    /// The API that was asked.
    pub api: &'static str,
    /// The answer.
    pub body: Value,
    /// What it took.
    pub usage: Usage,
}

fn payload(name: &'static str, provider: &'static str, api: &'static str, body: Value, usage: Usage) -> Payload {
    Payload { name, provider, api, body, usage }
}

fn with(mut usage: Usage, details: impl FnOnce(&mut Usage)) -> Usage {
    details(&mut usage);
    usage
}

/// One answer of each shape.
pub fn payloads() -> Vec<Payload> {
    [openai(), anthropic(), gemini(), bedrock(), small(), compatible()].into_iter().flatten().collect()
}

fn openai() -> Vec<Payload> {
    vec![
        payload(
            "chat with every detail",
            "openai",
            "openai.chat",
            json!({"id": "c1", "model": "gpt-5.6", "choices": [], "usage": {
                "prompt_tokens": 2_000, "completion_tokens": 300, "total_tokens": 2_300,
                "prompt_tokens_details": {"cached_tokens": 1_000, "cache_write_tokens": 500, "audio_tokens": 40, "image_tokens": 60},
                "completion_tokens_details": {
                    "reasoning_tokens": 100, "audio_tokens": 50, "accepted_prediction_tokens": 5, "rejected_prediction_tokens": 7
                }
            }}),
            with(Usage::new(2_000, 300).cache_read(1_000).cache_write(500).reasoning(100), |usage| {
                usage.input_audio_tokens = 40;
                usage.input_image_tokens = 60;
                usage.output_audio_tokens = 50;
            }),
        ),
        payload(
            "a deployment of Azure",
            "azure",
            "openai.chat",
            json!({"model": "gpt-4o-2024-11-20", "prompt_filter_results": [], "usage": {
                "prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "prompt_tokens_details": null
            }}),
            Usage::new(10, 5),
        ),
        payload(
            "a response with tools",
            "openai",
            "openai.responses",
            json!({"id": "r1", "model": "gpt-5", "output": [
                {"type": "web_search_call", "action": {"type": "search"}}, {"type": "web_search_call", "action": {"type": "open_page"}},
                {"type": "file_search_call"}, {"type": "code_interpreter_call", "container_id": "a"},
                {"type": "code_interpreter_call", "container_id": "a"}, {"type": "code_interpreter_call", "container_id": "b"}
            ], "usage": {
                "input_tokens": 36, "input_tokens_details": {"cached_tokens": 4, "cache_write_tokens": 8},
                "output_tokens": 87, "output_tokens_details": {"reasoning_tokens": 64}, "total_tokens": 123
            }}),
            with(Usage::new(36, 87).cache_read(4).cache_write(8).reasoning(64), |usage| {
                usage.web_searches = 1;
                usage.file_searches = 1;
                usage.code_sessions = 2;
            }),
        ),
        payload(
            "a response whose searches the provider has counted",
            "openai",
            "openai.responses",
            json!({"model": "gpt-5", "output": [{"type": "web_search_call"}, {"type": "web_search_call"}],
                   "tool_usage": {"web_search": {"num_requests": 1}}, "usage": {"input_tokens": 1, "output_tokens": 1}}),
            with(Usage::new(1, 1), |usage| usage.web_searches = 1),
        ),
        payload(
            "a response that has drawn",
            "openai",
            "openai.responses",
            json!({"model": "gpt-5", "tools": [{"type": "image_generation", "model": "gpt-image-1.5"}],
                   "tool_usage": {"web_search": {"num_requests": 0}, "image_gen": {
                       "input_tokens": 50, "output_tokens": 4_000, "input_tokens_details": {"text_tokens": 10, "image_tokens": 40}
                   }}, "usage": {"input_tokens": 100, "output_tokens": 20}}),
            with(Usage::new(150, 4_020), |usage| {
                usage.input_image_tokens = 40;
                usage.output_image_tokens = 4_000;
            }),
        ),
        payload(
            "embeddings",
            "openai",
            "openai.embeddings",
            json!({"object": "list", "model": "text-embedding-3-small", "data": [], "usage": {"prompt_tokens": 8, "total_tokens": 8}}),
            Usage::new(8, 0),
        ),
        payload(
            "images",
            "openai",
            "openai.images",
            json!({"created": 1, "data": [{"b64_json": "AAAA"}], "usage": {
                "input_tokens": 50, "output_tokens": 1_056, "total_tokens": 1_106,
                "input_tokens_details": {"text_tokens": 10, "image_tokens": 40}
            }}),
            with(Usage::new(50, 1_056), |usage| {
                usage.input_image_tokens = 40;
                usage.output_image_tokens = 1_056;
            }),
        ),
        payload(
            "a transcription by tokens",
            "openai",
            "openai.transcription",
            json!({"text": "Hi", "usage": {
                "type": "tokens", "input_tokens": 14, "input_token_details": {"text_tokens": 4, "audio_tokens": 10},
                "output_tokens": 45, "total_tokens": 59
            }}),
            with(Usage::new(14, 45), |usage| usage.input_audio_tokens = 10),
        ),
        payload(
            "a transcription by its length",
            "openai",
            "openai.transcription",
            json!({"text": "Hi", "usage": {"type": "duration", "seconds": 9.25}}),
            with(Usage::new(0, 0), |usage| usage.input_audio_milliseconds = 9_250),
        ),
        payload(
            "a transcription that says its length beside its text",
            "groq",
            "openai.transcription",
            json!({"task": "transcribe", "language": "english", "duration": 8.47, "text": "Hi"}),
            with(Usage::new(0, 0), |usage| usage.input_audio_milliseconds = 8_470),
        ),
        payload(
            "an answer in a realtime session",
            "openai",
            "openai.realtime",
            json!({"type": "response.done", "response": {"id": "r1", "usage": {
                "total_tokens": 253, "input_tokens": 132, "output_tokens": 121,
                "input_token_details": {
                    "text_tokens": 119, "audio_tokens": 13, "image_tokens": 0, "cached_tokens": 64,
                    "cached_tokens_details": {"text_tokens": 60, "audio_tokens": 4, "image_tokens": 0}
                },
                "output_token_details": {"text_tokens": 30, "audio_tokens": 91}
            }}}),
            with(Usage::new(132, 121).cache_read(64), |usage| {
                usage.input_audio_tokens = 13;
                usage.cache_read_audio_tokens = 4;
                usage.output_audio_tokens = 91;
            }),
        ),
        payload(
            "a line of a batch",
            "openai",
            "openai.chat",
            json!({"id": "batch_req_1", "custom_id": "a", "response": {"status_code": 200, "body": {
                "id": "c1", "model": "gpt-4o-mini", "service_tier": "default", "usage": {"prompt_tokens": 22, "completion_tokens": 2}
            }}, "error": null}),
            Usage::new(22, 2),
        ),
    ]
}

fn anthropic() -> Vec<Payload> {
    vec![
        payload(
            "a message with both kinds of cache",
            "anthropic",
            "anthropic.messages",
            json!({"id": "m1", "type": "message", "model": "claude-sonnet-4-5", "usage": {
                "input_tokens": 3, "output_tokens": 550, "cache_creation_input_tokens": 300, "cache_read_input_tokens": 7,
                "cache_creation": {"ephemeral_5m_input_tokens": 100, "ephemeral_1h_input_tokens": 200},
                "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
                "output_tokens_details": {"thinking_tokens": 50}, "service_tier": "standard", "inference_geo": "us", "speed": "fast"
            }}),
            with(Usage::new(310, 550).cache_read(7).cache_write(300).reasoning(50), |usage| {
                usage.cache_write_1h_tokens = 200;
                usage.web_searches = 2;
            }),
        ),
        payload(
            "a message without details",
            "anthropic",
            "anthropic.messages",
            json!({"model": "claude-haiku-4-5", "usage": {
                "input_tokens": 3, "output_tokens": 5, "cache_creation_input_tokens": null, "cache_read_input_tokens": null
            }}),
            Usage::new(3, 5),
        ),
        payload(
            "a message of several samplings",
            "anthropic",
            "anthropic.messages",
            json!({"type": "message", "model": "claude-opus-4-6", "usage": {
                "input_tokens": 30, "output_tokens": 5, "server_tool_use": {"web_search_requests": 1}, "iterations": [
                    {"type": "compaction", "input_tokens": 1_000, "output_tokens": 100, "cache_read_input_tokens": 500},
                    {"type": "advisor_message", "model": "claude-sonnet-4-5", "input_tokens": 40, "output_tokens": 4},
                    {"type": "message", "input_tokens": 30, "output_tokens": 5}
                ]
            }}),
            with(Usage::new(1_570, 109).cache_read(500), |usage| usage.web_searches = 1),
        ),
        payload(
            "a line of a batch",
            "anthropic",
            "anthropic.messages",
            json!({"custom_id": "a", "result": {"type": "succeeded", "message": {
                "type": "message", "model": "claude-sonnet-4-5", "usage": {"input_tokens": 11, "output_tokens": 36, "service_tier": "batch"}
            }}}),
            Usage::new(11, 36),
        ),
    ]
}

fn gemini() -> Vec<Payload> {
    let of = |modality: &str, count: u64| json!({"modality": modality, "tokenCount": count});
    vec![
        payload(
            "an answer with every modality",
            "gemini",
            "gemini.generateContent",
            json!({"responseId": "r1", "modelVersion": "gemini-3-pro", "candidates": [
                {"finishReason": "STOP", "groundingMetadata": {"webSearchQueries": ["taxi", "meter"]}}
            ], "usageMetadata": {
                "promptTokenCount": 1_000, "cachedContentTokenCount": 400, "candidatesTokenCount": 200, "thoughtsTokenCount": 300,
                "toolUsePromptTokenCount": 50, "totalTokenCount": 1_550,
                "promptTokensDetails": [of("TEXT", 500), of("AUDIO", 200), of("IMAGE", 100), of("DOCUMENT", 150), of("VIDEO", 50)],
                "cacheTokensDetails": [of("TEXT", 250), of("AUDIO", 100), of("VIDEO", 50)],
                "candidatesTokensDetails": [of("TEXT", 150), of("IMAGE", 50)],
                "toolUsePromptTokensDetails": [of("TEXT", 50)], "serviceTier": "flex"
            }}),
            with(Usage::new(1_050, 500).cache_read(400).reasoning(300), |usage| {
                usage.input_audio_tokens = 200;
                usage.input_image_tokens = 250;
                usage.input_video_tokens = 50;
                usage.cache_read_audio_tokens = 100;
                usage.cache_read_video_tokens = 50;
                usage.output_image_tokens = 50;
                usage.web_searches = 2;
            }),
        ),
        payload(
            "a blocked answer of Vertex",
            "vertex_ai",
            "gemini.generateContent",
            json!({"modelVersion": "gemini-2.5-flash", "promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {
                "promptTokenCount": 12, "totalTokenCount": 12, "trafficType": "ON_DEMAND"
            }}),
            Usage::new(12, 0),
        ),
        payload(
            "a message of the Live API",
            "gemini",
            "gemini.live",
            json!({"usageMetadata": {
                "promptTokenCount": 100, "responseTokenCount": 30, "totalTokenCount": 130,
                "responseTokensDetails": [of("AUDIO", 25), of("TEXT", 5)]
            }}),
            with(Usage::new(100, 30), |usage| usage.output_audio_tokens = 25),
        ),
        payload(
            "an interaction",
            "gemini",
            "gemini.interactions",
            json!({"id": "i1", "model": "gemini-3-pro", "usage": {
                "total_input_tokens": 7, "total_cached_tokens": 2, "total_output_tokens": 23, "total_thought_tokens": 49,
                "total_tool_use_tokens": 3, "total_tokens": 82, "input_tokens_by_modality": [{"modality": "image", "tokens": 5}],
                "grounding_tool_count": [{"type": "google_search", "count": 2}]
            }}),
            with(Usage::new(10, 72).cache_read(2).reasoning(49), |usage| {
                usage.input_image_tokens = 5;
                usage.web_searches = 2;
            }),
        ),
    ]
}

fn bedrock() -> Vec<Payload> {
    vec![
        payload(
            "Claude counts the cache beside the input",
            "bedrock",
            "bedrock.converse",
            json!({"usage": {
                "inputTokens": 3, "outputTokens": 550, "totalTokens": 12_864, "cacheReadInputTokens": 7, "cacheWriteInputTokens": 12_304,
                "cacheDetails": [{"ttl": "1h", "inputTokens": 304}, {"ttl": "5m", "inputTokens": 12_000}]
            }, "metrics": {"latencyMs": 9}, "serviceTier": {"type": "flex"}}),
            with(Usage::new(12_314, 550).cache_read(7).cache_write(12_304), |usage| usage.cache_write_1h_tokens = 304),
        ),
        payload(
            "a model of OpenAI counts it in the input",
            "bedrock",
            "bedrock.converse",
            json!({"usage": {"inputTokens": 1_000, "outputTokens": 50, "totalTokens": 1_050, "cacheReadInputTokens": 900}}),
            Usage::new(1_000, 50).cache_read(900),
        ),
        payload(
            "Claude, invoked",
            "bedrock",
            "bedrock.invoke",
            json!({"type": "message", "model": "claude-sonnet-4-5", "usage": {"input_tokens": 3, "output_tokens": 4}}),
            Usage::new(3, 4),
        ),
        payload(
            "Nova, invoked",
            "bedrock",
            "bedrock.invoke",
            json!({"output": {"message": {}}, "usage": {
                "inputTokens": 3, "outputTokens": 4, "totalTokens": 12, "cacheReadInputTokenCount": 5, "cacheWriteInputTokenCount": 0
            }}),
            Usage::new(8, 4).cache_read(5),
        ),
        payload(
            "Llama, invoked",
            "bedrock",
            "bedrock.invoke",
            json!({"generation": "Hi", "prompt_token_count": 9, "generation_token_count": 2, "stop_reason": "stop"}),
            Usage::new(9, 2),
        ),
        payload(
            "Titan, invoked",
            "bedrock",
            "bedrock.invoke",
            json!({"inputTextTokenCount": 6, "results": [{"tokenCount": 4, "outputText": "Hi"}]}),
            Usage::new(6, 4),
        ),
    ]
}

fn small() -> Vec<Payload> {
    vec![
        payload(
            "an answer of Ollama",
            "ollama",
            "ollama.chat",
            json!({"model": "llama3.2", "done": true, "prompt_eval_count": 26, "eval_count": 298, "total_duration": 9}),
            Usage::new(26, 298),
        ),
        payload(
            "an answer whose prompt Ollama still knew",
            "ollama",
            "ollama.generate",
            json!({"model": "llama3.2", "done": true, "eval_count": 298}),
            Usage::new(0, 298),
        ),
        payload(
            "embeddings of Ollama",
            "ollama",
            "ollama.embed",
            json!({"model": "all-minilm", "embeddings": [[0.1]], "prompt_eval_count": 8, "total_duration": 9}),
            Usage::new(8, 0),
        ),
        payload(
            "documents read by Mistral",
            "mistral",
            "mistral.ocr",
            json!({"model": "mistral-ocr-2512", "pages": [], "usage_info": {"pages_processed": 29, "doc_size_bytes": 3_002_783}}),
            with(Usage::new(0, 0), |usage| usage.pages = 29),
        ),
        payload(
            "a compound system of Groq",
            "groq",
            "groq.chat",
            json!({
                "model": "groq/compound", "choices": [{"finish_reason": "stop"}],
                "usage": {"prompt_tokens": 30, "completion_tokens": 5, "total_tokens": 35},
                "usage_breakdown": {"models": [
                    {"model": "a", "usage": {"prompt_tokens": 10, "completion_tokens": 1, "total_tokens": 11}},
                    {"model": "b", "usage": {"prompt_tokens": 20, "completion_tokens": 4, "total_tokens": 24}}
                ]}
            }),
            Usage::new(30, 5),
        ),
        payload(
            "documents read and annotated by Mistral",
            "mistral",
            "mistral.ocr",
            json!({
                "model": "mistral-ocr-2512", "document_annotation": "{}",
                "pages": [{"index": 0, "images": [{"id": "a", "image_annotation": null}]}],
                "usage_info": {"pages_processed": 3, "doc_size_bytes": 9}
            }),
            with(Usage::new(0, 0), |usage| (usage.pages, usage.annotated_pages) = (3, 3)),
        ),
        payload(
            "what Cohere bills, and not its preamble",
            "cohere",
            "cohere.chat.v2",
            json!({"id": "a", "usage": {
                "billed_units": {"input_tokens": 5.0, "output_tokens": 418.0}, "tokens": {"input_tokens": 71.0, "output_tokens": 418.0},
                "cached_tokens": 64
            }}),
            Usage::new(5, 418).cache_read(5),
        ),
        payload(
            "embeddings of Cohere",
            "cohere",
            "cohere.embed",
            json!({"id": "a", "embeddings": {}, "meta": {"billed_units": {"input_tokens": 12}}}),
            Usage::new(12, 0),
        ),
        payload(
            "a ranking of Cohere",
            "cohere",
            "cohere.rerank",
            json!({"id": "a", "results": [], "meta": {"billed_units": {"search_units": 2}, "tokens": {"input_tokens": 700}}}),
            with(Usage::new(0, 0), |usage| usage.search_units = 2),
        ),
    ]
}

/// What speaks the API of OpenAI, with fields of its own.
fn compatible() -> Vec<Payload> {
    let chat = |usage: Value| json!({"id": "c1", "model": "m", "choices": [], "usage": usage});
    vec![
        payload(
            "DeepSeek says the cached tokens twice",
            "deepseek",
            "deepseek.chat",
            chat(json!({
                "prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105, "prompt_cache_hit_tokens": 64,
                "prompt_cache_miss_tokens": 36, "prompt_tokens_details": {"cached_tokens": 64},
                "completion_tokens_details": {"reasoning_tokens": 3}
            })),
            Usage::new(100, 5).cache_read(64).reasoning(3),
        ),
        payload(
            "xAI reports reasoning on top of the completion",
            "xai",
            "xai.chat",
            chat(json!({
                "prompt_tokens": 1_000, "completion_tokens": 20, "total_tokens": 1_320,
                "prompt_tokens_details": {"text_tokens": 1_000, "cached_tokens": 900},
                "completion_tokens_details": {"reasoning_tokens": 300}
            })),
            Usage::new(1_000, 320).cache_read(900).reasoning(300),
        ),
        payload(
            "xAI without a total",
            "xai",
            "xai.chat",
            chat(
                json!({"prompt_tokens": 10, "completion_tokens": 20, "completion_tokens_details": {"reasoning_tokens": 5}}),
            ),
            Usage::new(10, 25).reasoning(5),
        ),
        payload(
            "a response of xAI holds its reasoning",
            "xai",
            "xai.responses",
            json!({"id": "r1", "model": "grok-4", "output": [], "usage": {
                "input_tokens": 1_000, "input_tokens_details": {"cached_tokens": 900}, "output_tokens": 320,
                "output_tokens_details": {"reasoning_tokens": 300}, "total_tokens": 1_320,
                "server_side_tool_usage_details": {"web_search_calls": 2, "x_search_calls": 1, "code_interpreter_calls": 1}
            }}),
            with(Usage::new(1_000, 320).cache_read(900).reasoning(300), |usage| {
                usage.web_searches = 3;
                usage.code_sessions = 1;
            }),
        ),
        payload(
            "Groq says it twice",
            "groq",
            "groq.chat",
            json!({"model": "m", "usage": {"prompt_tokens": 18, "completion_tokens": 4, "total_tokens": 22, "queue_time": 0.02},
                   "x_groq": {"id": "req_1", "usage": {"prompt_tokens": 18, "completion_tokens": 4, "total_tokens": 22}}}),
            Usage::new(18, 4),
        ),
        payload(
            "OpenRouter counts Claude's cache in the prompt",
            "openrouter",
            "openrouter.chat",
            chat(json!({
                "prompt_tokens": 1_000, "completion_tokens": 10, "total_tokens": 1_010,
                "prompt_tokens_details": {"cached_tokens": 600, "cache_write_tokens": 300, "audio_tokens": 0, "video_tokens": 20},
                "completion_tokens_details": {"reasoning_tokens": 4, "image_tokens": 2}
            })),
            with(Usage::new(1_000, 10).cache_read(600).cache_write(300).reasoning(4), |usage| {
                usage.input_video_tokens = 20;
                usage.output_image_tokens = 2;
            }),
        ),
        payload(
            "Mistral hears",
            "mistral",
            "mistral.chat",
            chat(json!({
                "prompt_tokens": 50, "completion_tokens": 5, "total_tokens": 55, "num_cached_tokens": 16, "prompt_audio_seconds": 12
            })),
            with(Usage::new(50, 5).cache_read(16), |usage| usage.input_audio_milliseconds = 12_000),
        ),
        payload(
            "Together",
            "together",
            "together.chat",
            chat(json!({"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10})),
            Usage::new(7, 3),
        ),
        payload(
            "Fireworks",
            "fireworks",
            "fireworks.chat",
            chat(json!({
                "prompt_tokens": 700, "completion_tokens": 3, "total_tokens": 703, "prompt_tokens_details": {"cached_tokens": 512}
            })),
            Usage::new(700, 3).cache_read(512),
        ),
        payload(
            "Perplexity has read and reasoned on top of what it was told and said",
            "perplexity",
            "perplexity.chat",
            chat(json!({
                "prompt_tokens": 33, "completion_tokens": 7_163, "total_tokens": 7_196, "citation_tokens": 20_016,
                "num_search_queries": 30, "reasoning_tokens": 95_305, "search_context_size": "low"
            })),
            with(Usage::new(20_049, 102_468).reasoning(95_305), |usage| usage.web_searches = 30),
        ),
    ]
}

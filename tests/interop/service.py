"""A service of another language: Flask and httpx, instrumented by the OpenTelemetry SDK.

`service.py OTLP_ENDPOINT` serves on a free port, which is its first line on standard output. `GET /work?back=URL` asks
URL in turn, and answers with the baggage that it saw itself and with what URL answered. `GET /start?back=URL` does the
same with baggage of its own. It ends when its standard input does.
"""

import json
import os
import sys
import threading

import flask
import httpx
from opentelemetry import baggage, context, trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.flask import FlaskInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from werkzeug.serving import make_server

provider = TracerProvider(resource=Resource.create({"service.name": "python"}))
provider.add_span_processor(SimpleSpanProcessor(OTLPSpanExporter(endpoint=sys.argv[1] + "/v1/traces")))
trace.set_tracer_provider(provider)

app = flask.Flask("python")
FlaskInstrumentor().instrument_app(app)
HTTPXClientInstrumentor().instrument()


def ask_back():
    answer = httpx.get(flask.request.args["back"], trust_env=False)
    seen = {"tenant": baggage.get_baggage("tenant"), "back": answer.text}
    return flask.Response(json.dumps(seen), mimetype="application/json")


@app.get("/work")
def work():
    return ask_back()


@app.get("/start")
def start():
    token = context.attach(baggage.set_baggage("tenant", "Grün & Co + Sons"))
    try:
        return ask_back()
    finally:
        context.detach(token)


def end_with_input():
    sys.stdin.read()
    provider.shutdown()
    os._exit(0)


threading.Thread(target=end_with_input, daemon=True).start()
server = make_server("127.0.0.1", 0, app)
print(f"http://127.0.0.1:{server.server_port}", flush=True)
server.serve_forever()

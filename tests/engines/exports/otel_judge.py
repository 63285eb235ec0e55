"""A trace of a file, read by OpenTelemetry's own messages, which refuse a field that they have not. Prints its spans.

OTLP's JSON has ids in hex, where that of protobuf has bytes in base64.
"""

from __future__ import annotations

import base64
import importlib
import json
import sys
from pathlib import Path
from typing import Any

messages: Any = importlib.import_module("opentelemetry.proto.collector.trace.v1.trace_service_pb2")
json_format: Any = importlib.import_module("google.protobuf.json_format")

if __name__ == "__main__":
    document = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    for span in document["resourceSpans"][0]["scopeSpans"][0]["spans"]:
        for name in ("traceId", "spanId", "parentSpanId"):
            span[name] = base64.b64encode(bytes.fromhex(span[name])).decode()
    trace = json_format.ParseDict(document, messages.ExportTraceServiceRequest())
    spans = trace.resource_spans[0].scope_spans[0].spans
    lengths = sorted({(len(span.trace_id), len(span.span_id)) for span in spans})
    print(json.dumps({"lengths": lengths, "spans": [[span.name, span.status.code] for span in spans]}))

"""OpenTelemetry, where it is configured: a span for each request, with its wait, its decision and its commit inside.

The library is imported only then; without an endpoint nothing of it runs."""

from __future__ import annotations

import os
import time
from typing import Any

from starlette.types import Scope

from api.telemetry.origin import Origin
from api.telemetry.turns import Turn

ENDPOINTS = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
SERVICE = "respite"
CARRIED = ("traceparent", "tracestate")
MISSING = "OTEL_EXPORTER_OTLP_ENDPOINT is set, and OpenTelemetry is not installed: pip install 'respite-routing[otel]'"


class TracingMissing(ValueError):
    """Traces are asked for, and the library is not installed."""


class Tracing:
    """Spans through `provider`, an `opentelemetry.sdk.trace.TracerProvider`."""

    def __init__(self, provider: Any) -> None:
        from opentelemetry import trace
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self.provider, self._trace = provider, trace
        self._tracer = provider.get_tracer(SERVICE)
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, scope: Scope) -> Any:
        """The span of a request, under the caller's where `traceparent` names one."""
        given = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
        carried = {name: value for name, value in given if name in CARRIED}
        parent = self._propagator.extract(carried)
        return self._tracer.start_span(scope["method"], context=parent, kind=self._trace.SpanKind.SERVER)

    def end(self, origin: Origin, method: str, route: str, status: int) -> None:
        span = origin.span
        span.update_name(f"{method} {route}")
        span.set_attributes({"http.request.method": method, "http.route": route, "http.response.status_code": status})
        span.set_attribute("respite.request_id", origin.request_id)
        if origin.decisions:
            span.set_attribute("respite.decision_ids", list(origin.decisions))
        if status >= 500:
            span.set_status(self._trace.StatusCode.ERROR)
        span.end()

    def turned(self, turn: Turn) -> None:
        """The spans of a turn, under each request that it served: the queue, the turn and in it the commit. On the dispatcher's thread."""
        epoch_ns = time.time_ns() - time.perf_counter_ns()

        def at(instant_s: float) -> int:
            return epoch_ns + int(instant_s * 1e9)

        for command, came_s in zip(turn.commands, turn.came_s, strict=True):
            origin = command.origin
            if origin is None or origin.span is None or not origin.span.is_recording():
                continue
            request = self._trace.set_span_in_context(origin.span)
            self._tracer.start_span("queue wait", context=request, start_time=at(came_s)).end(at(turn.began_s))
            span = self._tracer.start_span("turn", context=request, start_time=at(turn.began_s))
            span.set_attributes({"respite.batch": len(turn.commands), "respite.decision_ids": list(origin.decisions)})
            inside = self._trace.set_span_in_context(span)
            self._tracer.start_span("decide", context=inside, start_time=at(turn.began_s)).end(at(turn.decided_s))
            self._tracer.start_span("commit", context=inside, start_time=at(turn.decided_s)).end(at(turn.committed_s))
            span.end(at(turn.committed_s))

    def close(self) -> None:
        """Send what is left."""
        self.provider.shutdown()


def configured() -> Tracing | None:
    """Traces where OpenTelemetry's own variables name who takes them, by OTLP over HTTP; raises `TracingMissing`."""
    if not any(os.environ.get(each) for each in ENDPOINTS):
        return None
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError as error:
        raise TracingMissing(MISSING) from error
    resource = Resource.create({"service.name": os.environ.get("OTEL_SERVICE_NAME", SERVICE)})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Tracing(provider)

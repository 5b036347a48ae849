package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/trace"

	"github.com/DataDog/dd-trace-go/v2/ddtrace/tracer"
)

func datadogProgram() (func(), func() []span) {
	// An agent that takes everything, since the tracer waits for one.
	agent := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "{}") }))
	os.Setenv("DD_INSTRUMENTATION_TELEMETRY_ENABLED", "false")
	os.Setenv("DD_REMOTE_CONFIGURATION_ENABLED", "false")
	os.Setenv("DD_TRACE_STARTUP_LOGS", "false")
	if err := tracer.Start(tracer.WithAgentURL(agent.URL), tracer.WithService("program-spans")); err != nil {
		log.Fatal(err)
	}
	var all []span
	record := func(name string, started *tracer.Span, parent *tracer.Span) {
		of := started.Context()
		above := ""
		if parent != nil {
			above = fmt.Sprintf("%016x", parent.Context().SpanID())
		}
		all = append(all, span{name, of.TraceID(), fmt.Sprintf("%016x", of.SpanID()), above})
	}
	serve := func() {
		for range 3 {
			request, ctx := tracer.StartSpanFromContext(context.Background(), "request")
			record("request", request, nil)
			// All that a handler adds.
			trace.Log(ctx, "trace_id", request.Context().TraceID())
			query, inner := tracer.StartSpanFromContext(ctx, "query")
			record("query", query, request)
			step()
			scan, _ := tracer.StartSpanFromContext(inner, "scan")
			record("scan", scan, query)
			scan.Finish()
			query.Finish()
			parallel(func() {
				defer trace.StartRegion(ctx, "render").End()
				step()
			})
			request.Finish()
		}
		// A request in which nothing logs the trace's id.
		alone, _ := tracer.StartSpanFromContext(context.Background(), "alone")
		record("alone", alone, nil)
		alone.Finish()
	}
	return serve, func() []span {
		tracer.Stop()
		agent.Close()
		return all
	}
}

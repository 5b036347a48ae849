package main

import (
	"context"
	"runtime/trace"

	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	api "go.opentelemetry.io/otel/trace"
)

// linker logs each span's ids just before the SDK begins its task.
type linker struct{ sdktrace.SpanProcessor }

func (linker) OnStart(ctx context.Context, started sdktrace.ReadWriteSpan) {
	trace.Log(ctx, "traceparent.next", traceparent(started.SpanContext()))
}

func traceparent(of api.SpanContext) string {
	return "00-" + of.TraceID().String() + "-" + of.SpanID().String() + "-" + of.TraceFlags().String()
}

func otelProgram() (func(), func() []span) {
	recorder := tracetest.NewSpanRecorder()
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithSpanProcessor(recorder),
		sdktrace.WithSpanProcessor(linker{sdktrace.NewBatchSpanProcessor(tracetest.NewNoopExporter())}),
	)
	otel.SetTracerProvider(provider)
	tracer := otel.Tracer("program-spans")
	serve := func() {
		for range 3 {
			ctx, request := tracer.Start(context.Background(), "request")
			inner, query := tracer.Start(ctx, "query")
			step()
			_, scan := tracer.Start(inner, "scan")
			scan.End()
			query.End()
			parallel(func() {
				defer trace.StartRegion(ctx, "render").End()
				step()
			})
			request.End()
		}
	}
	spans := func() []span {
		var all []span
		for _, each := range recorder.Ended() {
			of := each.SpanContext()
			parent := ""
			if each.Parent().IsValid() {
				parent = each.Parent().SpanID().String()
			}
			all = append(all, span{each.Name(), of.TraceID().String(), of.SpanID().String(), parent})
		}
		return all
	}
	return serve, spans
}

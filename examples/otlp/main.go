// Command shop takes orders with the OpenTelemetry SDK while the runtime's execution tracer runs. For each span that is
// recorded the SDK also begins a task of runtime/trace: so the execution trace holds the same spans, and with them what each
// one's time was spent on. A span processor logs the spans' ids into it.
//
// usage: shop TRACE SPANS
//
// It writes the execution trace to TRACE and the SDK's own spans, as JSON, to SPANS.
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"runtime"
	"runtime/trace"
	"sync"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
)

var tracer = otel.Tracer("shop")

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: shop TRACE SPANS")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(tracePath, spansPath string) error {
	spans, err := os.Create(spansPath)
	if err != nil {
		return err
	}
	defer spans.Close()
	exporter, err := stdouttrace.New(stdouttrace.WithWriter(spans))
	if err != nil {
		return err
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithSpanProcessor(links{}))
	otel.SetTracerProvider(provider)

	file, err := os.Create(tracePath)
	if err != nil {
		return err
	}
	defer file.Close()
	if err := trace.Start(file); err != nil {
		return err
	}
	runtime.GC()
	for order := range 8 {
		checkout(context.Background(), order)
	}
	trace.Stop()
	return provider.Shutdown(context.Background())
}

// links logs the ids of each span just before the SDK begins its task, so that go2perfetto puts the task below that span.
type links struct{}

func (links) OnStart(ctx context.Context, span sdktrace.ReadWriteSpan) {
	of := span.SpanContext()
	trace.Log(ctx, "traceparent.next", fmt.Sprintf("00-%s-%s-%s", of.TraceID(), of.SpanID(), of.TraceFlags()))
}

func (links) OnEnd(sdktrace.ReadOnlySpan)      {}
func (links) ForceFlush(context.Context) error { return nil }
func (links) Shutdown(context.Context) error   { return nil }

// checkout is a request: its spans say how long each step takes, but not why.
func checkout(ctx context.Context, order int) {
	ctx, span := tracer.Start(ctx, "checkout")
	defer span.End()
	reserve(ctx)
	price(ctx)
	charge(ctx, order)
}

// stock is a lock that somebody else holds for a while.
var stock sync.Mutex

// reserve waits for a lock.
func reserve(ctx context.Context) {
	_, span := tracer.Start(ctx, "reserve")
	defer span.End()
	stock.Lock()
	held := make(chan struct{})
	go func() {
		close(held)
		time.Sleep(20 * time.Millisecond)
		stock.Unlock()
	}()
	<-held
	stock.Lock()
	stock.Unlock()
}

var sink []byte

// price computes, and makes garbage.
func price(ctx context.Context) {
	_, span := tracer.Start(ctx, "price")
	defer span.End()
	for begin := time.Now(); time.Since(begin) < 5*time.Millisecond; {
		sink = make([]byte, 1<<16)
	}
}

// charge waits for an answer.
func charge(ctx context.Context, order int) {
	ctx, span := tracer.Start(ctx, "charge")
	defer span.End()
	trace.Log(ctx, "order", fmt.Sprint(order))
	answer := make(chan string)
	time.AfterFunc(20*time.Millisecond, func() { answer <- "paid" })
	<-answer
}

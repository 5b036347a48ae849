// Command program-spans serves requests that its own tracing records, while the runtime's execution tracer runs.
//
// usage: program-spans (otel|datadog) TRACE SPANS
//
// It writes the execution trace to TRACE, and the spans of the real SDK to SPANS, one JSON object a line.
package main

import (
	"encoding/json"
	"log"
	"os"
	"runtime/trace"
	"sync"
	"time"
)

// span is what the SDK itself says of a span, with ids as 32 and 16 hexadecimal digits.
type span struct {
	Name    string `json:"name"`
	TraceID string `json:"traceId"`
	SpanID  string `json:"spanId"`
	Parent  string `json:"parent"`
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: program-spans (otel|datadog) TRACE SPANS")
	}
	programs := map[string]func() (serve func(), spans func() []span){"otel": otelProgram, "datadog": datadogProgram}
	program, ok := programs[os.Args[1]]
	if !ok {
		log.Fatalf("unknown SDK %q", os.Args[1])
	}
	if err := run(program, os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}

func run(program func() (func(), func() []span), tracePath, spansPath string) error {
	file, err := os.Create(tracePath)
	if err != nil {
		return err
	}
	defer file.Close()
	serve, spans := program()
	if err := trace.Start(file); err != nil {
		return err
	}
	serve()
	trace.Stop()
	out, err := os.Create(spansPath)
	if err != nil {
		return err
	}
	defer out.Close()
	encoder := json.NewEncoder(out)
	for _, each := range spans() {
		if err := encoder.Encode(each); err != nil {
			return err
		}
	}
	return nil
}

// step waits, as for a database.
func step() { time.Sleep(time.Millisecond) }

// parallel does work in another goroutine, in a region of the task.
func parallel(work func()) {
	var group sync.WaitGroup
	group.Add(1)
	go func() {
		defer group.Done()
		work()
	}()
	group.Wait()
}

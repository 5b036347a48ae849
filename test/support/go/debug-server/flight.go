//go:build go1.25

package main

import (
	"net/http"
	"runtime/trace"
	"sync"
	"time"
)

var recorder = sync.OnceValues(func() (*trace.FlightRecorder, error) {
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: 200 * time.Millisecond})
	return recorder, recorder.Start()
})

// flight answers with what a flight recorder holds, to a request without parameters. The first request starts it.
func flight(w http.ResponseWriter, r *http.Request) {
	if r.URL.RawQuery != "" {
		http.Error(w, "parameters are refused", http.StatusBadRequest)
		return
	}
	recorder, err := recorder()
	if err == nil {
		time.Sleep(100 * time.Millisecond)
		_, err = recorder.WriteTo(w)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

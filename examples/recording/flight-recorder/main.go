// A service that keeps its last ten seconds in memory. It writes that to slow.trace when a request was slow, and to whoever
// asks by POST /debug/flight: the flight recorder of Go 1.25 and later.
package main

import (
	"fmt"
	"log"
	"net/http"
	"os"
	"runtime/trace"
	"strconv"
	"sync"
	"time"
)

const tooSlow = 50 * time.Millisecond

func main() {
	address := "localhost:6060"
	if len(os.Args) > 1 {
		address = os.Args[1]
	}
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: 10 * time.Second})
	if err := recorder.Start(); err != nil {
		log.Fatal(err)
	}
	flights := &flights{recorder: recorder}
	mux := http.NewServeMux()
	mux.Handle("GET /orders/{number}", flights.keepSlow(http.HandlerFunc(handleOrder)))
	mux.Handle("POST /debug/flight", flights)
	log.Fatal(http.ListenAndServe(address, mux))
}

// flights writes what the recorder holds, once at a time, as the recorder demands.
type flights struct {
	recorder *trace.FlightRecorder
	writing  sync.Mutex
}

// ServeHTTP answers with the trace.
func (f *flights) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	f.writing.Lock()
	defer f.writing.Unlock()
	if _, err := f.recorder.WriteTo(w); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// keepSlow writes slow.trace after a request that was too slow.
func (f *flights) keepSlow(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		next.ServeHTTP(w, r)
		if time.Since(start) < tooSlow || !f.writing.TryLock() {
			return
		}
		defer f.writing.Unlock()
		if err := f.write("slow.trace"); err != nil {
			log.Print(err)
		}
	})
}

// write gives the file its name when it is complete.
func (f *flights) write(name string) error {
	file, err := os.Create(name + ".tmp")
	if err != nil {
		return err
	}
	_, err = f.recorder.WriteTo(file)
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return err
	}
	return os.Rename(file.Name(), name)
}

// handleOrder is slow for every twentieth order.
func handleOrder(w http.ResponseWriter, r *http.Request) {
	number, _ := strconv.Atoi(r.PathValue("number"))
	done := make(chan bool)
	go func() {
		time.Sleep(time.Millisecond)
		if number%20 == 0 {
			time.Sleep(2 * tooSlow)
		}
		done <- true
	}()
	<-done
	fmt.Fprintln(w, "order", number, "is done")
}

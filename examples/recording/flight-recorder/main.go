// Keeps the last moments of itself, and writes them when something was slow: the flight recorder of Go 1.25 and later.
package main

import (
	"log"
	"os"
	"runtime/trace"
	"time"
)

const tooSlow = 50 * time.Millisecond

func main() {
	recorder := trace.NewFlightRecorder(trace.FlightRecorderConfig{MinAge: time.Second})
	if err := recorder.Start(); err != nil {
		log.Fatal(err)
	}
	defer recorder.Stop()
	for i := 0; ; i++ {
		start := time.Now()
		handleRequest(i)
		if time.Since(start) > tooSlow {
			break
		}
	}
	file, err := os.Create("slow.trace")
	if err != nil {
		log.Fatal(err)
	}
	if _, err := recorder.WriteTo(file); err != nil {
		log.Fatal(err)
	}
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
}

// handleRequest is slow now and then.
func handleRequest(number int) {
	done := make(chan bool)
	go func() {
		time.Sleep(time.Millisecond)
		if number%20 == 19 {
			time.Sleep(2 * tooSlow)
		}
		done <- true
	}()
	<-done
}

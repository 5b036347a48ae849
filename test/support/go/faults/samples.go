package main

import (
	"io"
	"log"
	"runtime/pprof"
)

// sampledStop is stopTheWorld with a CPU profile, so the trace has CPU samples.
func sampledStop(mended bool) {
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		log.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	stopTheWorld(mended)
}

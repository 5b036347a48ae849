package main

import (
	"io"
	"log"
	"runtime/pprof"
	"time"
)

// sampledStop is stopTheWorld with a CPU profile, so the trace has CPU samples.
func sampledStop(mended bool) {
	profiled(func() { stopTheWorld(mended) })
}

// sampledHog is hog with a CPU profile.
func sampledHog(mended bool) {
	profiled(func() { hog(mended) })
}

// profiled computes before and after, so samples are around the work.
func profiled(work func()) {
	if err := pprof.StartCPUProfile(io.Discard); err != nil {
		log.Fatal(err)
	}
	defer pprof.StopCPUProfile()
	compute(30 * time.Millisecond)
	work()
	compute(30 * time.Millisecond)
}

// Command faults writes the trace of a program with one fault, or of the same program without it:
//
//	faults NAME planted|mended FILE
//
// A comment "planted: NAME" marks the line that a finding has to name.
package main

import (
	"log"
	"os"
	"runtime"
	"runtime/trace"
	"sync"
	"time"
)

var faults = map[string]func(mended bool){
	"lock-contention": lockContention,
	"lock-lines":      lockLines,
	"lock-holder":     lockHolder,
	"blocked-holder":  blockedHolder,
	"busy-holder":     busyHolder,
	"slow-consumer":   slowConsumer,
	"slow-fan-in":     slowFanIn,
	"slow-tokens":     slowTokens,
	"slow-semaphore":  slowSemaphore,
	"semaphore-lines": semaphoreLines,
	"slow-producer":   slowProducer,
	"shared-call":     sharedCall,
	"slow-stage":      slowStage,
	"slow-cond":       slowCond,
	"slow-select":     slowSelect,
	"straggler":       straggler,
	"serial":          serial,
	"too-few-ps":      tooFewPs,
	"hog":             hog,
	"gc":              gc,
	"gc-assist":       gcAssist,
	"memory-limit":    memoryLimit,
	"stop-the-world":  stopTheWorld,
	"sampled-stop":    sampledStop,
	"sampled-hog":     sampledHog,
	"syscalls":        syscalls,
	"short-syscalls":  shortSyscalls,
	"logging":         logging,
	"leak":            leak,
	"asking":          asking,
	"churn":           churn,
	"yields":          yields,
	"polling":         polling,
	"ticking":         ticking,
	"herd":            herd,
	"locked-thread":   lockedThread,
	"path":            path,
	"connections":     connections,
}

func main() {
	file, err := os.Create(os.Args[3])
	if err != nil {
		log.Fatal(err)
	}
	runtime.GOMAXPROCS(2)
	prepare(os.Args[1])
	if err := trace.Start(file); err != nil {
		log.Fatal(err)
	}
	faults[os.Args[1]](os.Args[2] == "mended")
	trace.Stop()
	if err := file.Close(); err != nil {
		log.Fatal(err)
	}
}

// together runs n goroutines to their ends.
func together(n int, work func(i int)) {
	var all sync.WaitGroup
	for i := 0; i < n; i++ {
		all.Add(1)
		go func(i int) {
			defer all.Done()
			work(i)
		}(i)
	}
	all.Wait()
}

// compute keeps a P busy.
func compute(d time.Duration) {
	for begin := time.Now(); time.Since(begin) < d; {
	}
}

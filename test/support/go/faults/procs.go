package main

import (
	"runtime"
	"time"
)

func tooFewPs(mended bool) {
	n := 6
	if mended {
		n = 2
	}
	together(n, func(int) { spin() })
}

func spin() {
	compute(40 * time.Millisecond)
}

var total uint64

// crunch neither calls nor is preempted, with GODEBUG=asyncpreemptoff=1.
//
//go:noinline
func crunch(n uint64) uint64 {
	sum := seed()
	for i := uint64(0); i < n; i++ {
		sum += sum>>3 ^ i
	}
	return sum
}

// seed is called, so crunch asks at its beginning whether it has to stop.
//
//go:noinline
func seed() uint64 { return 1 }

const (
	long  = 150_000_000
	short = 1_000_000
)

func hog(mended bool) {
	runtime.GOMAXPROCS(1)
	together(4, func(i int) {
		if i%2 == 0 {
			stubborn(mended)
		} else {
			compute(5 * time.Millisecond)
		}
	})
}

func stubborn(mended bool) {
	if !mended {
		total += crunch(2 * long)
		return
	}
	for i := 0; i < 2*long/short; i++ {
		total += crunch(short)
		runtime.Gosched()
	}
}

func stopTheWorld(mended bool) {
	done := make(chan bool)
	go func() {
		unstoppable(mended) // planted: stop-the-world
		close(done)
	}()
	var stats runtime.MemStats
	for {
		select {
		case <-done:
			return
		case <-time.After(5 * time.Millisecond):
			runtime.ReadMemStats(&stats)
		}
	}
}

//go:noinline
func unstoppable(mended bool) {
	for i := 0; i < 100; i++ {
		if !mended {
			total += crunch(long / 10)
			i += 4
			continue
		}
		total += crunch(short / 10)
		time.Sleep(2 * time.Millisecond)
	}
}

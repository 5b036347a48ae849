package main

import (
	"context"
	"runtime/trace"
	"time"
)

// stage is what each goroutine of a pipeline runs.
func stage(in <-chan int, out chan<- int, work func()) {
	for i := range in { // planted: slow-stage
		work()
		out <- i
	}
	close(out)
}

// slowStage has a pipeline of four stages, of which the third one is slow. Mended, two goroutines do all the work.
func slowStage(mended bool) {
	quick := func() { time.Sleep(50 * time.Microsecond) }
	slow := func() {
		defer trace.StartRegion(context.Background(), "slow").End()
		time.Sleep(3 * time.Millisecond)
	}
	works := []func(){quick, quick, slow, quick}
	if mended {
		together(2, func(int) {
			for i := 0; i < 20; i++ {
				for _, work := range works {
					work()
				}
			}
		})
		return
	}
	in := make(chan int)
	out := in
	for _, work := range works {
		next := make(chan int)
		go stage(out, next, work)
		out = next
	}
	go func() {
		for i := 0; i < 60; i++ {
			in <- i
		}
		close(in)
	}()
	for range out {
	}
}

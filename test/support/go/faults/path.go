package main

import (
	"context"
	"runtime/trace"
	"sync"
	"time"
)

var shared sync.Mutex

// path has 60 tasks. In one of them the worker waits for a lock, whose holder sleeps.
func path(mended bool) {
	requests := make(chan chan bool)
	go serve(requests)
	for i := 0; i < 60; i++ {
		_, task := trace.NewTask(context.Background(), "request")
		if i == 40 && !mended {
			held := make(chan bool)
			go hold(held)
			<-held
		}
		answer := make(chan bool)
		requests <- answer
		<-answer
		task.End()
	}
	close(requests)
}

func serve(requests <-chan chan bool) {
	for answer := range requests {
		compute(200 * time.Microsecond)
		shared.Lock()
		shared.Unlock()
		close(answer) // planted: path-answer
	}
}

func hold(held chan<- bool) {
	shared.Lock()
	close(held)
	time.Sleep(20 * time.Millisecond) // planted: path
	shared.Unlock()
}

package main

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
)

func syscalls(mended bool) {
	together(4, func(int) {
		for i := 0; i < 20; i++ {
			if mended {
				time.Sleep(3 * time.Millisecond)
				continue
			}
			pause := syscall.NsecToTimespec(3_000_000)
			_ = syscall.Nanosleep(&pause, nil) // planted: syscalls
		}
	})
}

func leak(mended bool) {
	for i := 0; i < 100; i++ {
		answer := make(chan int)
		go wait(answer) // planted: leak
		if mended {
			close(answer)
		}
		time.Sleep(time.Millisecond)
	}
}

func wait(answer <-chan int) {
	<-answer
}

var count int64

func churn(mended bool) {
	n, each := 10_000, 1
	if mended {
		n, each = 10, 1000
	}
	for i := 0; i < n; i++ {
		done := make(chan bool)
		go func() { // planted: churn
			for i := 0; i < each; i++ {
				atomic.AddInt64(&count, 1)
			}
			close(done)
		}()
		<-done
	}
}

func yields(mended bool) {
	var ready int32
	done := make(chan bool)
	go func() {
		time.Sleep(80 * time.Millisecond)
		atomic.StoreInt32(&ready, 1)
		close(done)
	}()
	if mended {
		<-done
		return
	}
	for atomic.LoadInt32(&ready) == 0 {
		runtime.Gosched() // planted: yields
	}
}

// polling looks every 200 µs whether the other goroutine is done.
func polling(mended bool) {
	var ready int32
	done := make(chan bool)
	go func() {
		time.Sleep(300 * time.Millisecond)
		atomic.StoreInt32(&ready, 1)
		close(done)
	}()
	if mended {
		<-done
		return
	}
	for atomic.LoadInt32(&ready) == 0 {
		time.Sleep(200 * time.Microsecond) // planted: polling
	}
}

// lockedThread draws on a thread of its own, as a graphics library needs it. Mended, it may draw on any.
func lockedThread(mended bool) {
	if !mended {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
	}
	frames := make(chan int)
	go func() {
		for i := 0; i < 1000; i++ {
			compute(5 * time.Microsecond)
			frames <- i
		}
		close(frames)
	}()
	for i := range frames { // planted: locked-thread
		total += uint64(i)
	}
}

// ticking looks every 200 µs whether the other goroutine is done, by a timer's channel.
func ticking(mended bool) {
	var done int32
	ended := make(chan bool)
	go func() {
		time.Sleep(300 * time.Millisecond)
		atomic.StoreInt32(&done, 1)
		close(ended)
	}()
	if mended {
		<-ended
		return
	}
	for atomic.LoadInt32(&done) == 0 {
		<-time.After(200 * time.Microsecond) // planted: ticking
	}
}

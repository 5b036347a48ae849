package main

import (
	"sync"
	"time"
)

func slowCond(mended bool) {
	var queue sync.Mutex
	items := 0
	filled := sync.NewCond(&queue)
	if !mended {
		go func() {
			for i := 0; i < 200; i++ {
				compute(time.Millisecond / 2)
				queue.Lock()
				items++
				queue.Unlock()
				filled.Signal()
			}
		}()
	}
	together(2, func(int) {
		for i := 0; i < 100; i++ {
			if mended {
				compute(time.Millisecond / 2)
				continue
			}
			queue.Lock()
			for items == 0 {
				filled.Wait() // planted: slow-cond
			}
			items--
			queue.Unlock()
		}
	})
}

func slowSelect(mended bool) {
	items := make(chan int)
	quit := make(chan bool)
	if !mended {
		go func() {
			for i := 0; i < 100; i++ {
				compute(time.Millisecond)
				items <- i
			}
			close(quit)
		}()
	}
	together(2, func(int) {
		for i := 0; i < 100; i++ {
			if mended {
				compute(time.Millisecond)
				continue
			}
			select { // planted: slow-select
			case <-items:
			case <-quit:
				return
			}
		}
	})
}

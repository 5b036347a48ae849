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

// slowFanIn has two producers that work side by side, and one consumer. Mended, the consumer only counts.
func slowFanIn(mended bool) {
	items := make(chan int)
	go func() {
		together(2, func(int) {
			for i := 0; i < 100; i++ {
				if !mended {
					compute(50 * time.Microsecond)
				}
				items <- i // planted: slow-fan-in
			}
		})
		close(items)
	}()
	for i := range items {
		if !mended {
			compute(200 * time.Microsecond)
		}
		total += uint64(i)
	}
}

// slowTokens has eight goroutines that need one of two tokens to work. Mended, they are workers that wait for work.
func slowTokens(mended bool) {
	tokens := make(chan bool, 2)
	if mended {
		for i := 0; i < 8; i++ {
			go serveTokens(tokens)
		}
		for i := 0; i < 40; i++ {
			time.Sleep(time.Millisecond)
			tokens <- true
		}
		return
	}
	tokens <- true
	tokens <- true
	together(8, func(int) {
		for i := 0; i < 10; i++ {
			<-tokens // planted: slow-tokens
			time.Sleep(time.Millisecond)
			tokens <- true
		}
	})
}

func serveTokens(tokens <-chan bool) {
	for range tokens {
		compute(20 * time.Microsecond)
	}
}

// slowSemaphore has eight goroutines that send to a channel of two before they work. Mended, all eight may.
func slowSemaphore(mended bool) {
	places := make(chan bool, 2)
	if mended {
		places = make(chan bool, 8)
	}
	together(8, func(int) {
		for i := 0; i < 10; i++ {
			places <- true // planted: slow-semaphore
			time.Sleep(time.Millisecond)
			<-places
		}
	})
}

// semaphoreLines has a channel of two to which goroutines send at two lines before they work, and a lock that they need for
// a part of that. Mended, all may work at once.
func semaphoreLines(mended bool) {
	places := make(chan bool, 2)
	if mended {
		places = make(chan bool, 12)
	}
	var lock sync.Mutex
	together(12, func(i int) {
		for n := 0; n < 8; n++ {
			if i%2 == 0 {
				places <- true
			} else {
				places <- true
			}
			time.Sleep(time.Millisecond)
			lock.Lock()
			compute(50 * time.Microsecond)
			lock.Unlock()
			<-places
		}
	})
}

// herd has twenty goroutines that wait for items, all of which are woken for each. Mended, one is.
func herd(mended bool) {
	var queue sync.Mutex
	items, left := 0, 200
	filled := sync.NewCond(&queue)
	go func() {
		for i := 0; i < 200; i++ {
			time.Sleep(200 * time.Microsecond)
			queue.Lock()
			items++
			queue.Unlock()
			if mended && i < 199 {
				filled.Signal()
			} else {
				filled.Broadcast() // planted: herd
			}
		}
	}()
	together(20, func(int) {
		for {
			queue.Lock()
			for items == 0 && left > 0 {
				filled.Wait()
			}
			if left == 0 {
				queue.Unlock()
				filled.Broadcast()
				return
			}
			items--
			left--
			queue.Unlock()
			compute(20 * time.Microsecond)
		}
	})
}

// answer is of a call that one goroutine makes for all that ask meanwhile.
type answer struct {
	done sync.WaitGroup
}

// sharedCall has twenty goroutines that ask for the same again and again: whoever comes first calls, the others wait, as with
// singleflight. Mended, the answer is kept.
func sharedCall(mended bool) {
	var lock sync.Mutex
	var current *answer
	together(20, func(int) {
		for n := 0; n < 20; n++ {
			lock.Lock()
			if shared := current; shared != nil {
				lock.Unlock()
				shared.done.Wait() // planted: shared-call
				continue
			}
			own := new(answer)
			own.done.Add(1)
			current = own
			lock.Unlock()
			time.Sleep(3 * time.Millisecond)
			if !mended {
				lock.Lock()
				current = nil
				lock.Unlock()
			}
			own.done.Done()
		}
	})
}

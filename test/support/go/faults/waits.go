package main

import (
	"sync"
	"time"
)

var mu sync.Mutex

func lockContention(mended bool) {
	together(8, func(int) {
		for i := 0; i < 20; i++ {
			mu.Lock() // planted: lock-contention
			if !mended {
				time.Sleep(500 * time.Microsecond)
			}
			mu.Unlock()
			if mended {
				time.Sleep(500 * time.Microsecond)
			}
		}
	})
}

func slowConsumer(mended bool) {
	items := make(chan int)
	consumers := 1
	if mended {
		consumers = 8
	}
	go produce(items, mended)
	together(consumers, func(int) {
		for range items {
			time.Sleep(time.Millisecond)
		}
	})
}

func produce(items chan<- int, mended bool) {
	for i := 0; i < 100; i++ {
		if mended {
			time.Sleep(time.Millisecond)
		}
		items <- i // planted: slow-consumer
	}
	close(items)
}

func slowProducer(mended bool) {
	items := make(chan int)
	if !mended {
		go func() {
			for i := 0; i < 100; i++ {
				compute(time.Millisecond)
				items <- i
			}
			close(items)
		}()
	}
	together(2, func(int) {
		for i := 0; i < 100; i++ {
			if mended {
				compute(time.Millisecond)
				continue
			}
			<-items // planted: slow-producer
		}
	})
}

func straggler(mended bool) {
	var all sync.WaitGroup
	for i := 0; i < 2; i++ {
		d := 80 * time.Millisecond
		if i == 0 && !mended {
			d = 240 * time.Millisecond
		}
		all.Add(1)
		go func() {
			defer all.Done()
			compute(d)
		}()
	}
	all.Wait() // planted: straggler
}

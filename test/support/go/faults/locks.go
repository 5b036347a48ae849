package main

import (
	"os"
	"sync"
	"syscall"
	"time"
)

// accounts has two locks. move has both, and unlocks both at one line, its end.
type accounts struct {
	names, sums sync.Mutex
}

func (a *accounts) rename() {
	a.names.Lock()
	defer a.names.Unlock()
	time.Sleep(400 * time.Microsecond)
}

func (a *accounts) add() {
	a.sums.Lock()
	time.Sleep(100 * time.Microsecond)
	a.sums.Unlock()
}

func (a *accounts) move() {
	a.names.Lock()
	defer a.names.Unlock()
	a.sums.Lock()
	defer a.sums.Unlock()
	time.Sleep(200 * time.Microsecond)
}

// lockLines takes each of two locks at two lines. Mended, each goroutine has locks of its own.
func lockLines(mended bool) {
	var shared accounts
	together(9, func(i int) {
		mine := &shared
		if mended {
			mine = new(accounts)
		}
		for n := 0; n < 10; n++ {
			[]func(){mine.rename, mine.add, mine.move}[i%3]()
		}
	})
}

type journal struct {
	sync.Mutex
	lines int
}

func (j *journal) write(mended bool) {
	j.Lock()
	defer j.Unlock()
	j.lines++
	if j.lines%50 == 0 && !mended {
		j.rotate()
	}
}

func (j *journal) rotate() {
	pause := syscall.NsecToTimespec(20_000_000)
	_ = syscall.Nanosleep(&pause, nil) // planted: lock-holder-call
}

// lockHolder has a lock that is rarely held for long: whoever comes fiftieth makes a long system call. Mended, nobody does.
func lockHolder(mended bool) {
	var shared journal
	together(4, func(int) {
		for i := 0; i < 50; i++ {
			compute(50 * time.Microsecond)
			shared.write(mended)
			time.Sleep(time.Millisecond)
		}
	})
}

// blockedHolder has a lock while it waits for a goroutine that receives slowly. Mended, it sends without the lock only.
func blockedHolder(mended bool) {
	var lock sync.Mutex
	sum := 0
	lines := make(chan int)
	go func() {
		for range lines {
			time.Sleep(time.Millisecond)
		}
	}()
	together(4, func(int) {
		for i := 0; i < 20; i++ {
			lock.Lock()
			sum++
			if !mended {
				lines <- sum // planted: blocked-holder-send
			}
			lock.Unlock()
			lines <- i
		}
	})
	close(lines)
}

// busyHolder has a lock while it makes many short system calls and sleeps: as when it sends to many, one of whom is slow.
// Mended, each goroutine has a lock of its own.
func busyHolder(mended bool) {
	zeros, err := os.Open("/dev/zero")
	if err != nil {
		panic(err)
	}
	defer zeros.Close()
	var shared sync.Mutex
	together(6, func(int) {
		lock := &shared
		if mended {
			lock = new(sync.Mutex)
		}
		var buffer [8]byte
		for n := 0; n < 10; n++ {
			lock.Lock() // planted: busy-holder
			for i := 0; i < 40; i++ {
				if i == 10 {
					time.Sleep(time.Millisecond)
				}
				_, _ = syscall.Read(int(zeros.Fd()), buffer[:])
			}
			lock.Unlock()
		}
	})
}

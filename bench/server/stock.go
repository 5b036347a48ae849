package main

import "sync"

const (
	articleCount = 512
	refill       = 1000
)

// stock is behind one lock on purpose: goroutines shall have something to wait for.
type stock struct {
	mu   sync.RWMutex
	left map[int]int
}

func newStock() *stock {
	return &stock{left: make(map[int]int)}
}

// take removes one article, and refills its shelf when it is empty.
func (s *stock) take(article int) {
	if s.remaining(article) == 0 {
		s.set(article, refill)
	}
	s.mu.Lock()
	s.left[article]--
	s.mu.Unlock()
}

func (s *stock) remaining(article int) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.left[article]
}

func (s *stock) set(article, count int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left[article] = count
}

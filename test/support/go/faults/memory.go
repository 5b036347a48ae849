package main

import (
	"runtime"
	"runtime/debug"
)

type node struct {
	left, right *node
	value       [4]int
}

func tree(depth int) *node {
	if depth == 0 {
		return nil
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

var live *node

// prepare fills the heap before the trace begins.
func prepare(name string) {
	if name == "gc" {
		live = tree(19)
	} else if name == "gc-assist" || name == "memory-limit" {
		live = tree(17)
	}
}

func gc(mended bool) {
	n := 20
	if mended {
		n = 1
	}
	for i := 0; i < n; i++ {
		runtime.GC()
	}
}

var sinks [2]*node

func gcAssist(mended bool) {
	runtime.GOMAXPROCS(4)
	n := 1000
	if !mended {
		n = 1_000_000
		debug.SetGCPercent(20)
	}
	together(2, func(i int) {
		n := n
		for ; n > 0; n-- {
			sinks[i] = &node{} // planted: gc-assist
		}
	})
}

func memoryLimit(mended bool) {
	if !mended {
		var now runtime.MemStats
		runtime.ReadMemStats(&now)
		debug.SetGCPercent(-1)
		debug.SetMemoryLimit(int64(now.Sys-now.HeapReleased) + 1<<20)
	}
	for n := 200_000; n > 0; n-- {
		sinks[0] = &node{}
	}
}

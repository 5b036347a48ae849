package main

import (
	"context"
	"encoding/json"
	"net/http"
	"runtime/trace"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// ledgerEvery says how many orders share one write to the ledger, the only slow thing that the shop waits for.
const ledgerEvery = 16

type order struct {
	Customer int    `json:"customer"`
	Articles []int  `json:"articles"`
	Note     string `json:"note"`
}

type receipt struct {
	Number uint64 `json:"number"`
	Cents  int64  `json:"cents"`
	Text   string `json:"text"`
}

// shop handles orders: it takes the articles from stock, has the worker pool price them, and writes a receipt.
type shop struct {
	numbers atomic.Uint64
	stock   *stock
	pricing chan<- priceRequest
}

func newShop(workers int) *shop {
	requests := make(chan priceRequest)
	for i := 0; i < workers; i++ {
		go priceArticles(requests)
	}
	return &shop{stock: newStock(), pricing: requests}
}

func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	number := s.numbers.Add(1)
	ctx, task := trace.NewTask(r.Context(), "order")
	defer task.End()
	var o order
	if err := json.NewDecoder(r.Body).Decode(&o); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	trace.Log(ctx, "customer", strconv.Itoa(o.Customer))
	trace.WithRegion(ctx, "stock", func() {
		for _, article := range o.Articles {
			s.stock.take(article)
		}
	})
	cents := s.price(ctx, o)
	if number%ledgerEvery == 0 {
		trace.WithRegion(ctx, "ledger", func() { time.Sleep(time.Millisecond) })
	}
	trace.WithRegion(ctx, "receipt", func() {
		json.NewEncoder(w).Encode(receipt{number, cents, strings.Repeat("thank you ", 24)})
	})
}

// price asks for the articles' prices all at once, each from a goroutine of its own, and adds them up.
func (s *shop) price(ctx context.Context, o order) int64 {
	defer trace.StartRegion(ctx, "price").End()
	var cents atomic.Int64
	var asked sync.WaitGroup
	asked.Add(len(o.Articles))
	for _, article := range o.Articles {
		go func(article int) {
			defer asked.Done()
			answer := make(chan int64, 1)
			s.pricing <- priceRequest{article, o.Note, answer}
			cents.Add(<-answer)
		}(article)
	}
	asked.Wait()
	return cents.Load()
}

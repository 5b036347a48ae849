package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

// client places the orders of one customer over a connection of its own.
type client struct {
	http   http.Client
	url    string
	random uint64
}

func newClient(id int, url string) *client {
	// A fixed seed per client: the work is the same in every run, only its timing is not.
	return &client{http: http.Client{Transport: &http.Transport{}}, url: url, random: uint64(id)*2654435761 + 1}
}

// order sends one order of three articles and reads the answer. A refused order is no matter: the load goes on.
func (c *client) order() {
	body := fmt.Sprintf(`{"customer":%d,"articles":[%d,%d,%d],"note":%q}`,
		c.next(1000), c.next(articleCount), c.next(articleCount), c.next(articleCount), strings.Repeat("please ", 24))
	response, err := c.http.Post(c.url, "application/json", strings.NewReader(body))
	if err != nil {
		return
	}
	io.Copy(io.Discard, response.Body)
	response.Body.Close()
}

func (c *client) close() {
	c.http.CloseIdleConnections()
}

// next gives a pseudo-random number below limit (xorshift: no lock shared between clients, unlike math/rand).
func (c *client) next(limit uint64) uint64 {
	c.random ^= c.random << 13
	c.random ^= c.random >> 7
	c.random ^= c.random << 17
	return c.random % limit
}

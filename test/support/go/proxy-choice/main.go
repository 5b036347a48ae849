// Command proxy-choice prints through which proxy Go's own HTTP client asks for a URL, by the environment.
package main

import (
	"fmt"
	"net/http"
	"os"
)

func main() {
	request, err := http.NewRequest(http.MethodGet, os.Args[1], nil)
	if err == nil {
		proxy, failure := http.ProxyFromEnvironment(request)
		if failure == nil {
			if proxy != nil {
				fmt.Println(proxy)
			}
			return
		}
		err = failure
	}
	fmt.Fprintln(os.Stderr, "proxy-choice:", err)
	os.Exit(1)
}

// Command launch runs a command and prints, as one line of JSON, what it used: wall time, CPU time and peak memory.
//
// Node does not tell what a child used, and a launcher has to be small: on Linux the peak memory of a process starts
// at what its parent had when it was forked, so a child of a large program would report that program's memory.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// usage is what one process used, with everything it started and waited for.
type usage struct {
	WallNs   int64  `json:"wallNs"`
	UserNs   int64  `json:"userNs"`
	SysNs    int64  `json:"sysNs"`
	MaxRSS   int64  `json:"maxRssBytes"`
	ExitCode int    `json:"exitCode"` // -1 when a signal ended it
	Stdout   string `json:"stdout"`
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: launch COMMAND [ARG...]")
		os.Exit(2)
	}
	used, err := run(os.Args[1:])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(used)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "launch:", err)
		os.Exit(1)
	}
}

// run waits for argv to end. A command that fails is no error: its exit code says so.
func run(argv []string) (usage, error) {
	var stdout bytes.Buffer
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Stdout = &stdout
	cmd.Stderr = os.Stderr
	begin := time.Now()
	err := cmd.Run()
	wall := time.Since(begin)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return usage{}, err
	}
	state := cmd.ProcessState
	return usage{
		WallNs:   wall.Nanoseconds(),
		UserNs:   state.UserTime().Nanoseconds(),
		SysNs:    state.SystemTime().Nanoseconds(),
		MaxRSS:   maxRSS(state.SysUsage().(*syscall.Rusage)),
		ExitCode: state.ExitCode(),
		Stdout:   stdout.String(),
	}, nil
}

// maxRSS returns the peak memory in bytes; only macOS counts it in bytes, the others in KiB.
func maxRSS(r *syscall.Rusage) int64 {
	if runtime.GOOS == "darwin" {
		return r.Maxrss
	}
	return r.Maxrss * 1024
}

// Command driver puts Go implementations of JOSE, HTTP message signatures and SPIFFE behind the
// protocol of tests/peers/README.md: one JSON request a line in, one JSON answer a line out.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// answer holds the members of a positive answer beside "ok".
type answer map[string]any

// run does an operation once. It reads the message each time; keys are already imported.
type run func() (answer, error)

// prepare imports the keys of a request and gives back what is repeated for each message.
type prepare func(*request) (run, error)

type peer struct {
	name   string
	module string
	ops    map[string]prepare
}

var peers = []peer{goJose, golangJWT, httpsigGo, goSpiffe}

// unsupported says that the library has no such function, or not for this algorithm.
type unsupported string

func (u unsupported) Error() string { return string(u) }

// callerCheck is the refusal of a check that a library leaves to its caller.
type callerCheck string

func (c callerCheck) Error() string { return string(c) }

func leftToCaller(format string, details ...any) error {
	return callerCheck(fmt.Sprintf(format, details...))
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	for {
		line, err := in.ReadBytes('\n')
		if len(line) > 1 {
			reply(out, handle(line))
		}
		if err == io.EOF {
			return
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func reply(out *bufio.Writer, a answer) {
	text, err := json.Marshal(a)
	if err != nil {
		text, _ = json.Marshal(refusal(err))
	}
	out.Write(text)
	out.WriteByte('\n')
	out.Flush()
}

func refusal(err error) answer {
	var u unsupported
	if errors.As(err, &u) {
		return answer{"ok": false, "unsupported": string(u)}
	}
	var c callerCheck
	if errors.As(err, &c) {
		return answer{"ok": false, "error": "driver: " + string(c)}
	}
	return answer{"ok": false, "error": err.Error()}
}

// handle never panics: a library that does has refused, and its words are the answer.
func handle(line []byte) (a answer) {
	defer func() {
		if p := recover(); p != nil {
			a = answer{"ok": false, "error": fmt.Sprint("panic: ", p)}
		}
	}()
	var req request
	if err := json.Unmarshal(line, &req); err != nil {
		return refusal(err)
	}
	if req.Op == "hello" {
		return hello()
	}
	result, err := perform(&req)
	if err != nil {
		return refusal(err)
	}
	a = answer{"ok": true}
	for name, value := range result {
		a[name] = value
	}
	return a
}

func perform(req *request) (answer, error) {
	if req.Op == "bench" {
		once, err := prepared(req, req.Of)
		if err != nil {
			return nil, err
		}
		return bench(once, req.Seconds)
	}
	once, err := prepared(req, req.Op)
	if err != nil {
		return nil, err
	}
	return once()
}

func prepared(req *request, op string) (run, error) {
	for _, p := range peers {
		if p.name != req.Peer {
			continue
		}
		if make, ok := p.ops[op]; ok {
			return make(req)
		}
		return nil, unsupported(p.name + " has no " + op)
	}
	return nil, unsupported("no peer " + req.Peer)
}

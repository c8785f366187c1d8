// The Go runner: reads commands, calls the client or the writer, prints outcomes.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"sync"
)

// A command is a line of the input; its fields are told in src/outcome.ts.
type command struct {
	N    int
	Call call
}

type call struct {
	Kind      string
	Client    clientSpec
	Writer    writerSpec
	Request   string
	Requests  []string
	Entries   []string
	ID        string `json:"id"`
	IDs       []string
	TextBytes int
	TimeoutMs int64
}

type said struct {
	N       int      `json:"n"`
	Outcome *outcome `json:"outcome,omitempty"`
	Broke   string   `json:"broke,omitempty"`
}

func main() {
	input := bufio.NewReaderSize(os.Stdin, 1<<20)
	opened := newClients()
	defer opened.close() // whoever asks waits for its answers before it ends the input
	var printing sync.Mutex
	say := func(line said) {
		printing.Lock()
		defer printing.Unlock()
		if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
			panic(err)
		}
	}
	for {
		line, err := input.ReadBytes('\n')
		if err != nil {
			return // the end of the input
		}
		var asked command
		if err := json.Unmarshal(line, &asked); err != nil {
			panic(err)
		}
		go func() {
			answer, err := answerTo(opened, asked.Call)
			if err != nil {
				say(said{N: asked.N, Broke: fmt.Sprintf("%T %v", err, err)})
				return
			}
			say(said{N: asked.N, Outcome: answer})
		}()
	}
}

func answerTo(opened *clients, asked call) (*outcome, error) {
	if asked.Kind == "transact" {
		return transact(asked)
	}
	return opened.call(asked)
}

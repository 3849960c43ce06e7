// What a Go program does: arguments, environment, standard input, files, goroutines, JSON, timers, a panic on request.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"
)

type report struct {
	Arguments int            `json:"arguments"`
	Colour    string         `json:"colour"`
	Words     map[string]int `json:"words"`
	Sum       int            `json:"sum"`
	Files     []string       `json:"files"`
	Slept     bool           `json:"slept"`
}

func sumOfSquares(workers int) int {
	results := make(chan int)
	var all sync.WaitGroup
	for worker := 0; worker < workers; worker++ {
		all.Add(1)
		go func(n int) { defer all.Done(); results <- n * n }(worker)
	}
	go func() { all.Wait(); close(results) }()
	sum := 0
	for result := range results {
		sum += result
	}
	return sum
}

func files(directory string) (names []string) {
	for _, name := range []string{"one", "two"} {
		if err := os.WriteFile(filepath.Join(directory, name), []byte(name), 0o644); err != nil {
			panic(err)
		}
	}
	entries, err := os.ReadDir(directory)
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		names = append(names, entry.Name())
	}
	sort.Strings(names)
	return names
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "panic" {
		panic("as asked")
	}
	found := report{Arguments: len(os.Args), Colour: os.Getenv("COLOUR"), Words: map[string]int{}}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		for _, word := range strings.Fields(lines.Text()) {
			found.Words[word]++
		}
	}
	found.Sum = sumOfSquares(100)
	found.Files = files("/data")
	start := time.Now()
	<-time.After(30 * time.Millisecond)
	found.Slept = time.Since(start) >= 30*time.Millisecond
	text, err := json.Marshal(found)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
	os.Exit(len(os.Args))
}

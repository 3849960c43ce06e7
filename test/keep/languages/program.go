// A static Go program: goroutines on several threads, panics and faults that are caught.
package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
	"sync"
)

func caught() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	var none map[string]int
	none["x"] = 1
	return "no panic"
}

func nilPointer() (text string) {
	defer func() { text = fmt.Sprint(recover()) }()
	var none *int
	return fmt.Sprint(*none)
}

func main() {
	var group sync.WaitGroup
	var mutex sync.Mutex
	sum := 0
	for i := 0; i < 1000; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			data := make([]byte, 4096)
			data[i%4096] = 1
			mutex.Lock()
			sum += i + int(data[i%4096]) - 1
			mutex.Unlock()
		}(i)
	}
	group.Wait()
	fmt.Println("sum", sum)
	fmt.Println("panic", caught())
	fmt.Println("fault", nilPointer())
	words := strings.Fields("the quick brown fox")
	sort.Strings(words)
	fmt.Println(words)
	fmt.Println("arguments", os.Args[1:], os.Getenv("NAME"))
	os.Exit(7)
}

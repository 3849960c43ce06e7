// A static Go program as a server is one: a listener and its client, timers, pipes, goroutines on several threads, the
// collector of garbage.
package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"sync"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func echo(listener net.Listener) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go func() {
			defer connection.Close()
			io.Copy(connection, connection)
		}()
	}
}

func talk(address string, number int) int {
	connection, err := net.Dial("tcp", address)
	check(err)
	defer connection.Close()
	reader := bufio.NewReader(connection)
	right := 0
	for i := 0; i < 50; i++ {
		line := fmt.Sprintf("line %d of %d\n", i, number)
		_, err = connection.Write([]byte(line))
		check(err)
		answer, err := reader.ReadString('\n')
		check(err)
		if answer == line {
			right++
		}
	}
	return right
}

func network() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go echo(listener)
	var group sync.WaitGroup
	results := make(chan int, 20)
	for i := 0; i < 20; i++ {
		group.Add(1)
		go func(i int) {
			defer group.Done()
			results <- talk(listener.Addr().String(), i)
		}(i)
	}
	group.Wait()
	close(results)
	sum := 0
	for n := range results {
		sum += n
	}
	fmt.Println("echoed", sum)
	silent, err := net.Dial("tcp", listener.Addr().String())
	check(err)
	silent.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
	_, err = silent.Read(make([]byte, 1))
	fmt.Println("deadline", err.(net.Error).Timeout())
	listener.Close()
}

func timers() {
	start := time.Now()
	slow := time.After(60 * time.Millisecond)
	tick := time.NewTicker(10 * time.Millisecond)
	ticks := 0
	for waiting := true; waiting; {
		select {
		case <-tick.C:
			ticks++
		case <-slow:
			waiting = false
		}
	}
	fmt.Println("timer", time.Since(start) >= 60*time.Millisecond, ticks >= 1)
}

func pipes() {
	reader, writer, err := os.Pipe()
	check(err)
	go func() {
		time.Sleep(10 * time.Millisecond)
		writer.Write([]byte("through a pipe"))
		writer.Close()
	}()
	text, err := io.ReadAll(reader)
	check(err)
	fmt.Println(string(text))
}

func garbage() {
	var kept [][]byte
	for i := 0; i < 20000; i++ {
		block := make([]byte, 4096)
		block[i%4096] = byte(i)
		if i%1000 == 0 {
			kept = append(kept, block)
		}
	}
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	fmt.Println("collected", stats.NumGC >= 1, len(kept), stats.HeapAlloc < 40<<20)
}

func main() {
	timers()
	pipes()
	garbage()
	network()
}

// A web server of Go's own library on the pre-opened listener `ingest`; answers three requests and ends.
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
)

func descriptor(name string) uintptr {
	for number, found := range strings.Split(os.Getenv("FD_NAMES"), ":") {
		if found == name {
			return uintptr(number)
		}
	}
	panic("no descriptor is named " + name)
}

func main() {
	listener, err := net.FileListener(os.NewFile(descriptor("ingest"), "ingest"))
	if err != nil {
		panic(err)
	}
	var served atomic.Int32
	done := make(chan bool)
	http.HandleFunc("/", func(answer http.ResponseWriter, request *http.Request) {
		body, _ := io.ReadAll(request.Body)
		fmt.Fprintf(answer, "%s %s %d", request.Method, request.URL.Path, len(body))
		if served.Add(1) == 3 {
			close(done)
		}
	})
	server := http.Server{}
	go server.Serve(listener)
	fmt.Println("listening")
	<-done
	server.Shutdown(context.Background())
}

// How a Go program waits by the system's own means: timerfd, epoll, select, signalfd.
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

type setting struct{ interval, left syscall.Timespec }

func check(err error) {
	if err != nil {
		fmt.Println("failed:", err)
		os.Exit(1)
	}
}

func call(number uintptr, arguments ...uintptr) int {
	var a [6]uintptr
	copy(a[:], arguments)
	result, _, errno := syscall.Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5])
	if errno != 0 {
		check(errno)
	}
	return int(result)
}

func expirations(timer int) uint64 {
	var word [8]byte
	_, err := syscall.Read(timer, word[:])
	check(err)
	return binary.LittleEndian.Uint64(word[:])
}

func main() {
	const create, set, signals = 283, 286, 289
	timer := call(create, 1, 0)
	start := time.Now()
	wanted := setting{left: syscall.NsecToTimespec(15e6)}
	call(set, uintptr(timer), 0, uintptr(unsafe.Pointer(&wanted)), 0)
	count := expirations(timer)
	if time.Since(start) < 15*time.Millisecond {
		fmt.Println("too early")
	}
	fmt.Println("timer", count)

	epoll, err := syscall.EpollCreate1(0)
	check(err)
	check(syscall.EpollCtl(epoll, syscall.EPOLL_CTL_ADD, timer, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: 77}))
	call(set, uintptr(timer), 0, uintptr(unsafe.Pointer(&wanted)), 0)
	events := make([]syscall.EpollEvent, 4)
	_, err = syscall.EpollWait(epoll, events, 5000)
	check(err)
	fmt.Println("epoll", events[0].Fd)

	var files syscall.FdSet
	files.Bits[timer/64] |= 1 << (timer % 64)
	limit := syscall.Timeval{Sec: 500}
	found, err := syscall.Select(timer+1, &files, nil, nil, &limit)
	check(err)
	fmt.Println("select", found, limit.Sec >= 400 && limit.Sec < 500)

	// A thread of its own, which blocks the signal and sends it to itself.
	runtime.LockOSThread()
	mask := uint64(1) << (syscall.SIGUSR1 - 1)
	call(syscall.SYS_RT_SIGPROCMASK, 0, uintptr(unsafe.Pointer(&mask)), 0, 8)
	file := call(signals, ^uintptr(0), uintptr(unsafe.Pointer(&mask)), 8, syscall.O_NONBLOCK)
	call(syscall.SYS_TGKILL, uintptr(os.Getpid()), uintptr(syscall.Gettid()), uintptr(syscall.SIGUSR1))
	var record [128]byte
	_, err = syscall.Read(file, record[:])
	check(err)
	fmt.Println("signal", record[0])
	if _, err = syscall.Read(file, record[:]); err == syscall.EAGAIN {
		fmt.Println("nothing left")
	}
}

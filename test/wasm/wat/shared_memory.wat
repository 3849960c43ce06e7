;; A shared memory and atomic additions on it: ends with 5.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1 2 shared)
  (func (export "_start")
    (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 2)))
    (drop (i32.atomic.rmw.add (i32.const 64) (i32.const 3)))
    (call $exit (i32.atomic.load (i32.const 64)))))

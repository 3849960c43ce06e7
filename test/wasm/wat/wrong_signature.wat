;; Asks for a function of WASI with parameters that it does not have.
(module
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param f64) (result i32)))
  (memory (export "memory") 1)
  (func (export "_start") (drop (call $write (f64.const 1)))))

;; A million tail calls need no stack.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $count (param $left i32) (param $sum i32) (result i32)
    (if (result i32) (i32.eqz (local.get $left))
      (then (local.get $sum))
      (else
        (return_call $count
          (i32.sub (local.get $left) (i32.const 1))
          (i32.add (local.get $sum) (i32.const 1))))))
  (func (export "_start")
    (call $exit (i32.eq (i32.const 1000000) (call $count (i32.const 1000000) (i32.const 0))))))

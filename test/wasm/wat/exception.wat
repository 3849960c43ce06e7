;; Throws in one function, catches in another, and ends with the number that was thrown: 21.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (tag $number (param i32))
  (func $thrower (throw $number (i32.const 21)))
  (func (export "_start")
    (block $caught (result i32)
      (try_table (catch $number $caught) (call $thrower))
      (i32.const 1))
    (call $exit)))

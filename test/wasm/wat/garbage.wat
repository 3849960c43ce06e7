;; Makes a hundred thousand objects that nobody keeps, and ends with a field of the last one: 33.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (type $pair (struct (field $first (mut i32)) (field $second (mut i32))))
  (func (export "_start")
    (local $left i32)
    (local $last (ref null $pair))
    (local.set $left (i32.const 100000))
    (loop $again
      (local.set $last (struct.new $pair (local.get $left) (i32.const 33)))
      (local.set $left (i32.sub (local.get $left) (i32.const 1)))
      (br_if $again (local.get $left)))
    (call $exit (struct.get $pair $second (local.get $last)))))

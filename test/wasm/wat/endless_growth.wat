;; Grows its memory until it is refused, and ends with 1 where that took more than 4096 pages, else with 0.
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start")
    (loop $again
      (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1))))
    (call $exit (i32.gt_u (memory.size) (i32.const 4096)))))

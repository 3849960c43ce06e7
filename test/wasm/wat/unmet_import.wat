;; Asks for a function that no host of WASI serves.
(module
  (import "sky" "fly_to_the_moon" (func $fly (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $fly (i32.const 1))))

;; A module with nothing to start: neither _start nor _initialize.
(module
  (memory (export "memory") 1)
  (func (export "something_else")))

;; Its start function traps while the module is instantiated.
(module
  (memory (export "memory") 1)
  (func $at_once (unreachable))
  (func (export "_start"))
  (start $at_once))

;; A component, not a core module.
(component
  (core module $inner)
  (core instance (instantiate $inner)))

// The text of tls_roots.hpp's authorities, as read-only data; src/crypto/CMakeLists.txt collects it.

    .section .rodata.tls_roots_pem, "a"
    .globl  tls_roots_pem_begin
    .hidden tls_roots_pem_begin
    .globl  tls_roots_pem_end
    .hidden tls_roots_pem_end
tls_roots_pem_begin:
    .incbin "tls_roots.pem"
tls_roots_pem_end:

    .section .note.GNU-stack, "", @progbits

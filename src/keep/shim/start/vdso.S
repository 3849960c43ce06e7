// The vDSO's file, on pages of its own within the image.

    .section .rodata
    .balign 4096
    .globl vdso_begin, vdso_end
vdso_begin:
    .incbin "vdso.so"
    .balign 4096
vdso_end:
    .section .note.GNU-stack, "", @progbits

// Entry and return stubs where the host emulates ring 0 instruction by instruction (docs/keep.md, "Without a ring 0").
//
// The shim runs in ring 3 beside the program. SYSCALL jumps to LSTAR without leaving ring 3; exceptions arrive in emulated
// ring 0, in stubs of three to five instructions that go on in ring 3.

#include "keep/shim/platform/layout.inc"

.set KERNEL_PAGE, PAGE_USER
.set TSS_RSP0, CPU_TRAP_TOP
.set TSS_IST1, 0
.set TSS_IO_MAP, 0x68                // all ports: ring 3 rings the doorbell
.set TSS_LIMIT, 0x1cf
.set TSS_TYPE, 0x8b00
.set OWNER, 0
.macro ZEROS                         // one piece with the tables, as the loader brings in what is at once
    .section .tables, "aw"
.endm
#include "keep/shim/platform/tables.inc"

    .section .header, "a"
    .globl image_header
image_header:
    .ascii "ENXSHIM1"
    .quad 2, image_end, start, start_secondary, system_call, CPU_STACK_TOP
    .quad boot_root, CPU_GDT, idt, CPU_TSS, TSS_LIMIT, 0x1ff
    .skip 40                         // no program of its own: keep-bind fills this in
    .quad memory_begin

    .section .entry, "ax"
    COMMON_ENTRIES

// INT n with n above 4 arrives as #UD here, so the gate of vector 4, unused in 64-bit code, loads RAX into CR3.
    .balign 64
    .globl flush
flush:
    mov %rax, %cr3
    iretq

// One stub per exception, in emulated ring 0, some microseconds long.
    .balign 2048
    .globl traps
traps:
    .set vector, 0
    .rept 32
    .balign 64
    mov %rcx, CPU_TRAP_RCX
    .if vector == 14
    mov %cr2, %rcx
    mov %rcx, CPU_FAULT_ADDRESS
    .endif
    mov $resume_frames + vector * 40, %esp
    iretq
    .set vector, vector + 1
    .endr

// Where those stubs go on, in ring 3.
    .balign 16
trap_entries:
    .set vector, 0
    .rept 32
    .balign 16
    push $vector
    jmp trap
    .set vector, vector + 1
    .endr
trap:
    pop CPU_VECTOR
    mov CPU_TRAP_RCX, %rcx
    push CPU_TRAP_TOP - 8            // SS: the CPU aligns the stack first, so its place does not depend on an error code
    push CPU_TRAP_TOP - 16
    push CPU_TRAP_TOP - 24
    push CPU_TRAP_TOP - 32
    push CPU_TRAP_TOP - 40
    push CPU_TRAP_TOP - 48           // error code; the core looks at it only where the vector has one
    push CPU_VECTOR
    push CPU_FAULT_ADDRESS
    PUSH_REGISTERS
    jmp event

    .section .rodata
    .balign 16
resume_frames:
    .set vector, 0
    .rept 32
    .quad trap_entries + vector * 16, SELECTOR_USER_CODE, 0x3002, CPU_STACK_TOP, SELECTOR_USER_DATA
    .set vector, vector + 1
    .endr
    .balign 16
idt:
    .set vector, 0
    .rept 32
    .if vector == 4
    .word flush_low, SELECTOR_KERNEL_CODE, 0xee00, flush_high
    .elseif vector == 3
    .word traps_low + vector * 64, SELECTOR_KERNEL_CODE, 0xee00, traps_high
    .else
    .word traps_low + vector * 64, SELECTOR_KERNEL_CODE, 0x8e00, traps_high
    .endif
    .quad 0
    .set vector, vector + 1
    .endr
    .section .note.GNU-stack, "", @progbits

// Entry and return stubs of a real ring 0: the shim in ring 0, the program in ring 3.

#include "keep/shim/platform/layout.inc"

.set KERNEL_PAGE, 0
.set TSS_RSP0, CPU_STACK_TOP
.set TSS_IST1, CPU_TRAP_TOP
.set TSS_IO_MAP, 0x68                // beyond the limit: ring 3 reaches no port
.set TSS_LIMIT, 0x67
.set TSS_TYPE, 0x8900
.set QEMU_TRAMPOLINE, 0x8000         // below 1 MiB, where a vCPU can begin
.set QEMU_ROOTS, 0x8800              // protocol/launch/machine.hpp, tcg_roots_address
.set QEMU_CPUS, 256
.set QEMU_FLAT_CODE, 8
.set QEMU_FLAT_DATA, 16
.set APIC_SPURIOUS, 0xfee000f0       // Intel SDM volume 3, 12.4.1
.set APIC_COMMAND, 0xfee00300
.set OWNER, 0
.macro ZEROS                         // one piece with the tables, as the loader brings in what is at once
    .section .tables, "aw"
.endm
#include "keep/shim/platform/tables.inc"

    .section .header, "a"
    .globl image_header
image_header:
    .ascii "ENXSHIM1"
    .quad 1, image_end, start, start_secondary, system_call, CPU_STACK_TOP
    .quad boot_root, CPU_GDT, idt, CPU_TSS, TSS_LIMIT, 0xfff
    .skip 40                         // no program of its own: keep-bind fills this in
    .quad memory_begin

// QEMU's way in: the ELF note XEN_ELFNOTE_PHYS32_ENTRY of the PVH boot protocol names a 32-bit entry without paging.
    .section .note.pvh, "a", @note
    .balign 4
    .long 4, 4, 18
    .asciz "Xen"
    .long start32

    .section .entry, "ax"
    .code32
    .globl start32
start32:
    cli
    mov $trampoline, %esi
    mov $QEMU_TRAMPOLINE, %edi
    mov $(trampoline_end - trampoline), %ecx
    rep movsb
    xor %eax, %eax                   // no vCPU has a page table yet
    mov $QEMU_ROOTS, %edi
    mov $(QEMU_CPUS * 2), %ecx
    rep stosl
    movl $1, local_apic
    movl $0x1ff, APIC_SPURIOUS       // enabled
    movl $(0xc4600 | QEMU_TRAMPOLINE >> 12), APIC_COMMAND // all others begin there
    mov $boot_root, %eax
    mov $start, %ebp
enter_long_mode:                     // EAX: root of the page table; EBP: where to go on
    mov %eax, %cr3
    mov $0x50620, %eax               // OSXSAVE FSGSBASE OSXMMEXCPT OSFXSR PAE
    mov %eax, %cr4
    mov $0xc0000080, %ecx            // EFER
    mov $0x901, %eax                 // NXE LME SCE
    xor %edx, %edx
    wrmsr
    mov $0x80010033, %eax            // PG WP NE ET MP PE
    mov %eax, %cr0
    lgdt first_gdt
    ljmp $SELECTOR_KERNEL_CODE, $start32_long
    .code64
start32_long:
    mov $SELECTOR_KERNEL_DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    lgdt gdt_pointer
    lidt idt_pointer
    mov $SELECTOR_TSS, %eax
    andb $0xfd, CPU_GDT + SELECTOR_TSS + 5 // a copy of the first vCPU's says that it is in use
    ltr %ax
    mov $0xd, %eax                   // XCR0: what the CPU has of x87, SSE, AVX, AVX-512
    xor %ecx, %ecx
    cpuid
    and $0xe7, %eax
    xor %edx, %edx
    xor %ecx, %ecx
    xsetbv
    mov $0xc0000081, %ecx            // STAR
    xor %eax, %eax
    mov $((SELECTOR_USER_CODE32 | 3) << 16 | SELECTOR_KERNEL_CODE), %edx
    wrmsr
    mov $0xc0000082, %ecx            // LSTAR
    mov $system_call, %eax
    xor %edx, %edx
    wrmsr
    mov $0xc0000084, %ecx            // FMASK: TF IF DF IOPL NT AC
    mov $0x47700, %eax
    wrmsr
    mov $CPU_STACK_TOP, %esp
    mov %ebp, %ebp
    jmp *%rbp

// Every other vCPU of QEMU waits here until the loader answers Call::Spawn by its root.
    .code32
start32_secondary:
    mov $QEMU_FLAT_DATA, %eax
    mov %eax, %ds
    mov %eax, %es
    mov %eax, %ss
    movl $0x1ff, APIC_SPURIOUS
    mov $1, %eax                     // CPUID leaf 1, EBX[31:24]: the number of its APIC
    cpuid
    shr $24, %ebx
    mov $start_secondary, %ebp
0:  pause
    mov QEMU_ROOTS(,%ebx,8), %eax
    test %eax, %eax
    jz 0b
    jmp enter_long_mode

    .code16
trampoline:                          // copied to QEMU_TRAMPOLINE, where it begins in real mode
    cli
    xor %ax, %ax
    mov %ax, %ds
    lgdtl QEMU_TRAMPOLINE + trampoline_gdt - trampoline
    mov $0x11, %eax                  // ET PE
    mov %eax, %cr0
    ljmpl $QEMU_FLAT_CODE, $start32_secondary
    .balign 8
flat:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
trampoline_gdt:
    .word . - flat - 1
    .long QEMU_TRAMPOLINE + flat - trampoline
trampoline_end:
    .code64

    COMMON_ENTRIES

// A page fault's address is read before anything can fault again.
page_fault:
    push $14
    push %rax
    mov %cr2, %rax
    xchg %rax, (%rsp)                // RAX again; the address in its place
    PUSH_REGISTERS
    jmp event
exception:
    push $0                          // fault address
    PUSH_REGISTERS
    jmp event

// One stub of 16 bytes for each vector. Those with an error code: Intel SDM volume 3, table 6-1, and AMD's 29 and 30.
    .balign 4096
    .globl traps
traps:
    .set vector, 0
    .rept 256
    .balign 16
    .if vector == 14
    jmp page_fault
    .elseif vector == 8 || vector == 10 || vector == 11 || vector == 12 || vector == 13 || vector == 17 || vector == 21 || vector == 29 || vector == 30
    push $vector
    jmp exception
    .else
    push $0
    push $vector
    jmp exception
    .endif
    .set vector, vector + 1
    .endr

    .section .data
    .balign 4
    .globl local_apic
local_apic:                          // not 0: there is one, and kicks come through it
    .long 0

    .section .rodata
    .balign 16
first_gdt:                           // by its physical address, before the vCPU's area is known
    .word 0x4f
    .quad boot_cpu_area + 0x300
gdt_pointer:
    .word 0x4f
    .quad CPU_GDT
idt_pointer:
    .word 0xfff
    .quad idt
    .balign 16
idt:                                 // NMI, double fault and machine check have a stack of their own; int3 is the program's
    .set vector, 0
    .rept 256
    .if vector == 2 || vector == 8 || vector == 18
    .word traps_low + vector * 16, SELECTOR_KERNEL_CODE, 0x8e01, traps_high
    .elseif vector == 3
    .word traps_low + vector * 16, SELECTOR_KERNEL_CODE, 0xee00, traps_high
    .else
    .word traps_low + vector * 16, SELECTOR_KERNEL_CODE, 0x8e00, traps_high
    .endif
    .quad 0
    .set vector, vector + 1
    .endr
    .section .note.GNU-stack, "", @progbits

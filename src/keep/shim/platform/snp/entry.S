// Entry and return stubs of an SEV-SNP guest: the shim in ring 0, the program in ring 3, and a host that runs any vCPU when it
// likes and injects any vector before any instruction.

#include "keep/shim/platform/layout.inc"

.set KERNEL_PAGE, 0
.set OWNER, 1 << 51                  // the C-bit (protocol/launch/snp.hpp); begin() compares it with the processor's
.set TSS_RSP0, CPU_STACK_TOP
.set TSS_IST1, CPU_TRAP_TOP
.set TSS_IO_MAP, 0x68                // beyond the limit: ring 3 reaches no port
.set TSS_LIMIT, 0x67
.set TSS_TYPE, 0x8b00                // the VMSA has the task register filled
.set GHCB_MSR, 0xc0010130
.set TERMINATE, 0x100                // its sets and codes: protocol/launch/snp.hpp
.set END_EVENT, 6 << 12 | TERMINATE
.set END_VALIDATION, 6 << 16 | 5 << 12 | TERMINATE
.set END_CPUS, 10 << 16 | 5 << 12 | TERMINATE
.set MOST_CPUS, 128
.set NO_FAULT_ADDRESS, 0xfffff5eed0000000 // snp/exception.hpp
.macro ZEROS                         // not in the file: what the launch adds costs a millisecond a page
    .bss
.endm
#include "keep/shim/platform/tables.inc"

// The table of interrupts ends before it begins: until a vCPU has a stack of its own, an event ends the machine.
    .section .header, "a"
    .globl image_header
image_header:
    .ascii "ENXSHIM1"
    .quad 3, image_end, start, start, call_of_program, CPU_STACK_TOP
    .quad boot_root, CPU_GDT, idt, CPU_TSS, TSS_LIMIT, 0
    .skip 40                         // no program of its own: keep-bind fills this in
    .quad memory_begin

    .section .entry, "ax"
    .globl start
start:                               // of every vCPU, all with the same registers: no memory but this word tells them apart
    mov $1, %eax
    lock xadd %eax, arrivals
    test %eax, %eax
    jz first
    cmp $MOST_CPUS, %eax
    jae too_many
0:  pause                            // an honest host runs it only when it is wanted; another one pays for this
    mov cpu_roots(, %rax, 8), %rcx
    test %rcx, %rcx
    jz 0b
    mov %rcx, %cr3                   // from here on the area is its own, and with it the stacks
    mov $CPU_STACK_TOP, %esp
    call take_events
    jmp start_secondary

// What the file does not hold and is needed at once: each page once, in order, by the measured page that this is. Whoever takes a page that was the
// Keep's already has two of them behind one address, between which the host can choose.
first:
    mov $memory_begin, %edi
0:  mov %rdi, %rax
    xor %ecx, %ecx                   // 4 KiB: the host has no others
    mov $1, %edx
    pvalidate
    jc not_valid                     // before any instruction that writes flags
    test %eax, %eax
    jnz not_valid
    mov (%rdi), %al                  // CVE-2024-36331: lines of a cache from before are gone after a read of both ends
    mov 4095(%rdi), %al
    xor %eax, %eax
    mov $512, %ecx
    rep stosq
    cmp $image_end, %edi
    jb 0b
    mov $CPU_STACK_TOP, %esp
    call take_events
    jmp start_first

take_events:
    lidt idt_pointer
    mov $NO_FAULT_ADDRESS, %rax
    mov %rax, %cr2
    ret

too_many:
    mov $END_CPUS, %eax
    jmp end_of_keep
not_valid:
    mov $END_VALIDATION, %eax
end_of_keep:                         // EAX: what the MSR is to say
    mov %eax, ended
    mov $GHCB_MSR, %ecx
    xor %edx, %edx
0:  wrmsr
    rep
    vmmcall
    jmp 0b                           // the host let it go on

    .globl terminate
terminate:                           // void terminate(std::uint64_t): as end_of_keep
    mov %edi, %eax
    jmp end_of_keep

// The host need not hear of it: so no vCPU does anything for its program any more when one has asked for the end.
has_ended:
    mov ended, %eax
    jmp end_of_keep
call_of_program:
    cmpl $0, ended
    jne has_ended
    jmp system_call

    COMMON_ENTRIES start_first

// Every event comes to the one trap stack, and none may come while the shim runs: then it is the host's, whatever it is. So the
// stack is taken only from the program, and nothing on it is used after a second event, which ends the Keep. The processor aligns
// that stack: an error code too many or too few shows by where it ends.
exception:
    cmp $CPU_TRAP_TOP - 56, %rsp
    jne not_the_programs
    cmpq $SELECTOR_USER_CODE, CPU_TRAP_TOP - 32
    jne not_the_programs
    cmpq $SELECTOR_USER_DATA, CPU_TRAP_TOP - 8
    jne not_the_programs
    cmpl $0, ended
    jne has_ended
    mov $CPU_STACK_TOP, %esp
    .irp word, 8, 16, 24, 32, 40, 48, 56 // SS, RSP, flags, CS, RIP, error code, vector
    push CPU_TRAP_TOP - \word
    .endr
    push $0
    PUSH_REGISTERS
    mov %cr2, %rax
    mov %rax, 0x78(%rsp)             // Frame::fault_address
    mov $NO_FAULT_ADDRESS, %rax
    mov %rax, %cr2
    jmp event

not_the_programs:                    // the vector lies where its stub has pushed it
    mov (%rsp), %eax
    shl $16, %eax
    or $END_EVENT, %eax
    jmp end_of_keep

// One stub of 16 bytes for each vector. Those with an error code: AMD64 APM volume 2, table 8-1.
    .balign 4096
    .globl traps
traps:
    .set vector, 0
    .rept 256
    .balign 16
    .if vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21 || vector == 29 || vector == 30
    push $vector
    .else
    push $0
    push $vector
    .endif
    jmp exception
    .set vector, vector + 1
    .endr

    .section .data
    .balign 8
arrivals:                            // how many vCPUs have come to `start`
    .quad 0
    .globl arrivals, cpu_roots
ended:                               // what the first to end has said, or another after it; 0: nobody
    .quad 0
cpu_roots:                           // page tables of those that are wanted, by the order in which they come
    .skip MOST_CPUS * 8

    .section .rodata
    .balign 16
idt_pointer:
    .word 0xfff
    .quad idt
    .balign 16
idt:                                 // all on the trap stack: the program's may be anywhere when SYSCALL has just come in
    .set vector, 0
    .rept 256
    .if vector == 3                  // int3 is the program's
    .word traps_low + vector * 16, SELECTOR_KERNEL_CODE, 0xee01, traps_high
    .else
    .word traps_low + vector * 16, SELECTOR_KERNEL_CODE, 0x8e01, traps_high
    .endif
    .quad 0
    .set vector, vector + 1
    .endr
    .section .note.GNU-stack, "", @progbits

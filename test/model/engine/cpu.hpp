// A processor of the machine model: Bochs' CPU, run as an SVM guest whose intercepts, nested page
// walk and unknown instructions are answered by a World. No type of Bochs leaves this folder.
#pragma once
#include "engine/extended_state.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace model::engine {

using Physical =
    std::uint64_t; // an address as the World knows it: what translate() answers and page() takes

enum class Access : std::uint8_t { Read, Write, Execute };

enum Register : std::uint8_t {
    Rax,
    Rcx,
    Rdx,
    Rbx,
    Rsp,
    Rbp,
    Rsi,
    Rdi,
    R8,
    R9,
    R10,
    R11,
    R12,
    R13,
    R14,
    R15
};

struct Segment {
    std::uint16_t selector = 0;
    std::uint64_t base = 0;
    std::uint32_t limit = 0xffff; // in bytes
    std::uint8_t type = 3;
    std::uint8_t dpl = 0;
    bool present = true;
    bool code_or_data = true; // S
    bool wide = false;        // D/B
    bool long_mode = false;   // L
    bool granular = false;    // G
    bool available = false;   // AVL
    bool unusable = false;
};

struct Table {
    std::uint64_t base = 0;
    std::uint16_t limit = 0xffff;
};

/// Everything of a processor that KVM_GET_REGS and KVM_GET_SREGS show, without the MSRs.
struct Registers {
    std::array<std::uint64_t, 16> general{};
    std::uint64_t rip = 0;
    std::uint64_t rflags = 2;
    Segment es, cs, ss, ds, fs, gs, ldt, task;
    Table gdt, idt;
    std::uint64_t cr0 = 0x60000010;
    std::uint64_t cr2 = 0;
    std::uint64_t cr3 = 0;
    std::uint64_t cr4 = 0;
    std::uint64_t cr8 = 0;
    std::uint64_t efer = 0;
};

/// What the World answers to a processor that has stopped at an instruction.
struct Answer {
    enum class Then : std::uint8_t { Next, Fault, Leave, LeaveAfter };
    Then then = Then::Leave;
    std::uint8_t length = 0; // of the instruction that is carried out
    std::uint8_t vector = 0;
    std::optional<std::uint32_t> error_code;

    /// The World has carried the instruction out.
    static Answer next(std::size_t length) {
        return {.then = Then::Next, .length = static_cast<std::uint8_t>(length), .error_code = {}};
    }
    static Answer fault(std::uint8_t vector, std::optional<std::uint32_t> code) {
        return {.then = Then::Fault, .vector = vector, .error_code = code};
    }
    /// run() returns; the instruction is tried again when it is called next.
    static Answer leave() { return {.then = Then::Leave, .error_code = {}}; }
    static Answer leave_after(std::size_t length) {
        return {
            .then = Then::LeaveAfter, .length = static_cast<std::uint8_t>(length), .error_code = {}
        };
    }
};

/// An intercept, as APM volume 2, appendix C numbers it.
struct Exit {
    int code = 0;
    std::uint64_t info1 = 0;
    std::uint64_t info2 = 0;
    std::span<std::byte const> bytes; // of the instruction, up to the end of its page
};

struct Injection {
    enum class Type : std::uint8_t {
        Interrupt = 0,
        Nmi = 2,
        Exception = 3,
        Software = 4
    }; // EVENTINJ's
    Type type = Type::Interrupt;
    std::uint8_t vector = 0;
    std::optional<std::uint32_t> error_code;
};

class Cpu;

class World {
public:
    World() = default;
    World(World const&) = delete;
    World& operator=(World const&) = delete;
    virtual ~World() = default;
    /// The 4096 bytes around this address, or null: then it is a device's.
    virtual std::byte* page(Physical) = 0;
    /// A guest-physical address; `table`: the processor itself reads or marks a page table. Null:
    /// `answer` says what then.
    virtual std::optional<Physical>
    translate(Cpu&, std::uint64_t guest_physical, Access, bool table, Answer& answer) = 0;
    virtual Answer intercept(Cpu&, Exit const&) = 0;
    /// An instruction that Bochs does not know; null: nor does this machine.
    virtual std::optional<Answer> unknown(Cpu&, std::span<std::byte const> bytes) = 0;
    /// A load or store where page() is null. False: run() returns and the instruction is tried
    /// again.
    virtual bool device(Cpu&, Physical, std::span<std::byte>, bool store) = 0;
    virtual std::uint64_t time_stamp(Cpu&) = 0;
};

/// One processor. All processors of a program share state in Bochs: only one may run() or be
/// changed at a time.
class Cpu {
public:
    /// Whether one more can be made: there are `most_cpus` in a process.
    static bool available();
    /// Intercepts all that an SNP guest of KVM has intercepted.
    Cpu(World&, std::uint32_t apic_id);
    Cpu(Cpu const&) = delete;
    Cpu& operator=(Cpu const&) = delete;
    ~Cpu();

    Registers registers() const;
    void set_registers(Registers const&);
    std::optional<std::uint64_t> msr(std::uint32_t index) const;
    bool set_msr(std::uint32_t index, std::uint64_t value);
    ExtendedState extended_state() const;
    void set_extended_state(ExtendedState const&);
    std::uint64_t xcr0() const;
    void set_xcr0(std::uint64_t);
    std::uint64_t& general(Register);
    std::uint64_t rip() const;
    unsigned privilege() const;
    /// An exception or an interrupt is on its way through the tables.
    bool delivering() const;
    bool paging() const;
    void set_carry(bool);
    void set_zero(bool);

    /// Whether CPUID reaches Bochs, which answers what it can do, or is an intercept.
    void intercept_cpuid(bool wanted);
    /// Whether an access to this MSR reaches Bochs or is an intercept.
    void intercept_msr(std::uint32_t index, bool wanted);
    /// Before what decides whether run() is to be called: a stop() after this ends that run.
    static void begin();
    /// Runs until the World leaves or stop() is called.
    void run();
    /// Delivered before the next instruction of run().
    void inject(Injection const&);
    bool interruptible() const;
    /// An intercept 0x64 (VINTR) as soon as an interrupt could be taken.
    void want_window(bool);

    /// For World::unknown(): where an operand lies, found with the rights of a read. Does not
    /// return where that faults: no object with a destructor may live in the callers.
    Physical operand(std::uint64_t linear);
    /// Mappings have changed.
    void flush();
    std::uint64_t instructions() const;

    /// Ends run() of whoever runs, from any thread.
    static void stop();
    /// Bytes of code have changed, other than by a processor.
    static void forget_code();

    World& world() { return world_; }
    /// Whose Bochs' processor of this number is.
    static Cpu& of(unsigned index);

private:
    World& world_;
    unsigned index_;
    std::optional<Injection> pending_;
};

/// What Bochs' own processor says of itself: EAX, EBX, ECX, EDX.
std::array<std::uint32_t, 4> own_cpuid(std::uint32_t leaf, std::uint32_t sub_leaf);

} // namespace model::engine

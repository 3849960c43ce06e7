// See apic.hpp. Register offsets are the AMD64 manual's, volume 2, table 16-2.
#include "kvm/apic.hpp"

#include "kvm/alarm.hpp"
#include "kvm/time.hpp"
#include "kvm/vcpu.hpp"
#include "kvm/vm.hpp"

#include <algorithm>
#include <bit>

namespace model::kvm {

namespace {

enum Offset : std::uint32_t {
    Id = 0x20,
    Version = 0x30,
    TaskPriority = 0x80,
    EndOfInterrupt = 0xb0,
    LogicalDestination = 0xd0,
    DestinationFormat = 0xe0,
    Spurious = 0xf0,
    InService = 0x100,
    TriggerMode = 0x180,
    Requested = 0x200,
    CommandLow = 0x300,
    CommandHigh = 0x310,
    Timer = 0x320,
    Lvt1 = 0x340,
    Lint0 = 0x350,
    Lint1 = 0x360,
    Error = 0x370,
    InitialCount = 0x380,
    CurrentCount = 0x390,
    Divide = 0x3e0,
    SelfMessage = 0x3f0
};
enum Mode : std::uint8_t { Fixed = 0, LowestPriority = 1, Startup = 6 };
constexpr std::uint32_t masked = 1U << 16;
constexpr std::uint32_t periodic = 1U << 17;
constexpr std::uint32_t by_deadline = 1U << 18;

} // namespace

Apic::~Apic() { alarm().forget(*this); }

void Apic::reset() {
    registers_ = {};
    at(Id) = owner_.id() << 24;
    at(Version) = 0x0005'0014;
    at(DestinationFormat) = 0xffff'ffff;
    at(Spurious) = 0xff;
    for (auto const entry : {Timer, Lvt1, Lint0, Lint1, Error}) at(entry) = masked;
    base_ = 0xfee0'0800 | (owner_.id() == 0 ? 0x100 : 0);
    runs_out_.reset();
}

std::uint32_t Apic::read(std::uint32_t offset) const {
    if (offset >= 0x400 || offset % 16 != 0) return 0;
    if (offset != CurrentCount || !runs_out_) return offset == CurrentCount ? 0 : at(offset);
    auto const left = *runs_out_ - std::chrono::steady_clock::now();
    return left.count() <= 0 ? 0 : static_cast<std::uint32_t>(left / tick());
}

void Apic::write(std::uint32_t offset, std::uint32_t value) {
    switch (offset) {
    case Id:
    case Version:
    case CurrentCount:
        return;
    case EndOfInterrupt:
        end_interrupt();
        return;
    case InitialCount:
        at(offset) = value;
        start_timer();
        return;
    case Timer:
        at(offset) = value;
        if ((value & by_deadline) != 0) runs_out_.reset();
        return;
    case CommandLow:
        at(offset) = value & ~(1U << 12);
        send(value, at(CommandHigh) >> 24);
        return;
    case SelfMessage:
        request(static_cast<std::uint8_t>(value));
        return;
    default:
        if (offset < 0x400 && offset % 16 == 0) at(offset) = value;
    }
}

std::uint64_t Apic::read_x2(std::uint32_t msr) const {
    auto const offset = (msr & 0xff) * 16;
    if (offset == Id) return owner_.id();
    if (offset == CommandLow)
        return at(CommandLow) | static_cast<std::uint64_t>(at(CommandHigh)) << 32;
    if (offset == LogicalDestination) return (owner_.id() >> 4) << 16 | 1U << (owner_.id() & 15);
    return read(offset);
}

void Apic::write_x2(std::uint32_t msr, std::uint64_t value) {
    auto const offset = (msr & 0xff) * 16;
    if (offset != CommandLow) return write(offset, static_cast<std::uint32_t>(value));
    at(CommandLow) = static_cast<std::uint32_t>(value);
    at(CommandHigh) = static_cast<std::uint32_t>(value >> 32);
    send(at(CommandLow), at(CommandHigh));
}

void Apic::set_deadline(std::uint64_t time_stamp) {
    deadline_ = time_stamp;
    runs_out_.reset();
    if (time_stamp == 0) return alarm().forget(*this);
    runs_out_ = std::chrono::steady_clock::now() + until(time_stamp);
    alarm().set(*this, *runs_out_);
}

int Apic::highest(std::uint32_t first) const {
    for (int word = 7; word >= 0; --word)
        if (auto const bits = at(first + static_cast<std::uint32_t>(word) * 16))
            return word * 32 + 31 - std::countl_zero(bits);
    return -1;
}

void Apic::rang() {
    rang_ = true;
    owner_.kick();
}

std::optional<std::uint8_t> Apic::pending() {
    if (rang_.exchange(false)) expire();
    auto const requested = highest(Requested);
    auto const busy = std::max(highest(InService), static_cast<int>(at(TaskPriority) & 0xff));
    if (requested < 0 || (requested >> 4) <= (busy >> 4) || (at(Spurious) & 0x100) == 0)
        return std::nullopt;
    return static_cast<std::uint8_t>(requested);
}

void Apic::accept(std::uint8_t vector) {
    auto const word = vector / 32U * 16;
    at(Requested + word) &= ~(1U << (vector % 32));
    at(InService + word) |= 1U << (vector % 32);
}

void Apic::request(std::uint8_t vector, bool level) {
    auto& mode = at(TriggerMode + vector / 32U * 16);
    mode = level ? mode | 1U << (vector % 32) : mode & ~(1U << (vector % 32));
    at(Requested + vector / 32U * 16) |= 1U << (vector % 32);
    owner_.kick();
}

// Of a controller in user space: whoever has raised a level there waits for the end.
void Apic::end_interrupt() {
    auto const vector = highest(InService);
    if (vector < 0) return;
    auto const word = static_cast<std::uint32_t>(vector) / 32 * 16;
    auto const bit = 1U << (vector % 32);
    at(InService + word) &= ~bit;
    auto const number = static_cast<std::uint8_t>(vector);
    if ((at(TriggerMode + word) & bit) != 0 && owner_.vm().interrupts().tells_end_of(number))
        owner_.exit_end_of_interrupt(number);
    owner_.kick();
}

bool Apic::accepts_external() const {
    constexpr std::uint32_t external = 7U << 8;
    bool const enabled = (base_ & 1U << 11) != 0;
    return !enabled || (at(Lint0) & (masked | 7U << 8)) == external;
}

void Apic::restore(std::array<std::uint32_t, 64> const& registers) {
    registers_ = registers;
    at(Version) = 0x0005'0014;
    start_timer();
}

// The bus runs at 1 GHz, as KVM's does.
std::chrono::nanoseconds Apic::tick() const {
    auto const code = (at(Divide) & 3) | (at(Divide) >> 1 & 4);
    return std::chrono::nanoseconds{code == 7 ? 1 : 2U << code};
}

void Apic::start_timer() {
    runs_out_.reset();
    alarm().forget(*this);
    if (at(InitialCount) == 0 || (at(Timer) & by_deadline) != 0) return;
    runs_out_ = std::chrono::steady_clock::now() + at(InitialCount) * tick();
    alarm().set(*this, *runs_out_);
}

void Apic::expire() {
    if (!runs_out_) return;
    if ((at(Timer) & periodic) != 0 && (at(Timer) & by_deadline) == 0) {
        // A machine that is late does not make up for it by a storm.
        runs_out_ =
            std::max(*runs_out_, std::chrono::steady_clock::now() - at(InitialCount) * tick()) +
            at(InitialCount) * tick();
        alarm().set(*this, *runs_out_);
    } else {
        runs_out_.reset();
        deadline_ = 0;
    }
    if ((at(Timer) & masked) == 0) request(static_cast<std::uint8_t>(at(Timer)));
}

void Apic::send(std::uint32_t low, std::uint32_t destination) {
    auto const mode = low >> 8 & 7;
    auto const shorthand = low >> 18 & 3;
    bool const logical = (low & 0x800) != 0;
    if (shorthand == 0 && mode != Startup) {
        deliver(owner_.vm(), low, logical, destination, false);
        return;
    }
    for (auto const& other : owner_.vm().vcpus()) {
        bool const self = other.get() == &owner_;
        bool const wanted = shorthand == 0 ? other->apic().listens(destination, logical)
                                           : shorthand == 2 || self == (shorthand == 1);
        if (!wanted) continue;
        // INIT leaves a processor whose state is the guest's own where it is.
        if (mode == Startup)
            other->start_up();
        else if (mode == Fixed || mode == LowestPriority)
            other->apic().request(static_cast<std::uint8_t>(low));
    }
}

bool Apic::listens(std::uint32_t destination, bool logical) const {
    return logical ? (destination >> owner_.id() & 1) != 0 : owner_.id() == destination;
}

long Apic::deliver(
    Vm& vm, std::uint32_t command, bool logical, std::uint32_t destination, bool all
) {
    auto const mode = command >> 8 & 7;
    if (mode != Fixed && mode != LowestPriority) return 0;
    long got = 0;
    for (auto const& one : vm.vcpus())
        if (all || one->apic().listens(destination, logical)) {
            one->apic().request(static_cast<std::uint8_t>(command), (command >> 15 & 1) != 0);
            ++got;
            if (mode == LowestPriority) break;
        }
    return got;
}

} // namespace model::kvm

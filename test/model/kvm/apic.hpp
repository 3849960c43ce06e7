// A local APIC as KVM emulates it: xAPIC by pages, x2APIC by MSRs, a timer, messages between
// processors.
#pragma once
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace model::kvm {

class Vcpu;
class Vm;

class Apic {
public:
    explicit Apic(Vcpu& owner) : owner_{owner} { reset(); }
    Apic(Apic const&) = delete;
    Apic& operator=(Apic const&) = delete;
    ~Apic();
    void reset();

    /// `offset` of the page at FEE0_0000.
    std::uint32_t read(std::uint32_t offset) const;
    void write(std::uint32_t offset, std::uint32_t value);
    std::uint64_t read_x2(std::uint32_t msr) const;
    void write_x2(std::uint32_t msr, std::uint64_t value);
    std::uint64_t base() const { return base_; }
    void set_base(std::uint64_t value) { base_ = value; }
    std::uint64_t deadline() const { return deadline_; }
    void set_deadline(std::uint64_t time_stamp);

    /// The vector that the processor would take now.
    std::optional<std::uint8_t> pending();
    /// It takes it.
    void accept(std::uint8_t vector);
    void request(std::uint8_t vector, bool level = false);
    /// An interrupt of a device, or of user space in its name: `command` is as the command
    /// register's low half has vector, mode and trigger. How many processors have got it.
    static long
    deliver(Vm&, std::uint32_t command, bool logical, std::uint32_t destination, bool all);
    /// Whether it lets an older controller's interrupts through.
    bool accepts_external() const;
    /// KVM_GET_LAPIC and KVM_SET_LAPIC: its registers, one each 16 bytes.
    std::array<std::uint32_t, 64> const& saved() const { return registers_; }
    void restore(std::array<std::uint32_t, 64> const&);
    /// The alarm's thread: the timer has run out. Everything else happens in a Turn.
    void rang();

private:
    using Time = std::chrono::steady_clock::time_point;
    std::uint32_t& at(std::uint32_t offset) { return registers_.at(offset / 16); }
    std::uint32_t at(std::uint32_t offset) const { return registers_.at(offset / 16); }
    void end_interrupt();
    bool listens(std::uint32_t destination, bool logical) const;
    int highest(std::uint32_t first) const;
    void start_timer();
    void expire();
    void send(std::uint32_t low, std::uint32_t destination);
    std::chrono::nanoseconds tick() const;

    Vcpu& owner_;
    std::array<std::uint32_t, 64> registers_{}; // one each 16 bytes
    std::uint64_t base_ = 0xfee0'0900;
    std::uint64_t deadline_ = 0;
    Time started_;
    std::optional<Time> runs_out_;
    std::atomic<bool> rang_{false};
};

} // namespace model::kvm

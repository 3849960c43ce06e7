// Interrupts of a machine whose interrupt controllers but for the local APICs are user space's
// (KVM_CAP_SPLIT_IRQCHIP): messages, numbers that stand for messages (GSIs), and event descriptors
// that raise those or that a guest's stores set.
#pragma once
#include "base/descriptor.hpp"
#include "kvm/call.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace model::kvm {

class Vm;

/// What a device writes to raise an interrupt (APM volume 2, 16.13).
struct Message {
    std::uint64_t address = 0;
    std::uint32_t data = 0;
};

class Interrupts {
public:
    explicit Interrupts(Vm& vm) : vm_{vm} {}
    Interrupts(Interrupts const&) = delete;
    Interrupts& operator=(Interrupts const&) = delete;
    ~Interrupts();

    /// KVM_SET_GSI_ROUTING, KVM_SIGNAL_MSI, KVM_IRQ_LINE, KVM_IRQ_LINE_STATUS, KVM_IRQFD,
    /// KVM_IOEVENTFD; all in a Turn.
    Reply ioctl(Context&);
    static bool knows(std::uint32_t request);

    /// Whether an event descriptor takes this store, so that nobody else sees it.
    bool stored(bool port, std::uint64_t at, std::uint64_t value, std::uint64_t size) const;
    /// Whether user space wants to know that an interrupt of this vector has been ended.
    bool tells_end_of(std::uint8_t vector) const;

private:
    struct Store { // KVM_IOEVENTFD
        bool port = false;
        std::uint64_t at = 0;
        std::uint64_t size = 0; // 0: any
        std::optional<std::uint64_t> value;
        Descriptor event;
    };
    struct Raiser { // KVM_IRQFD
        std::uint32_t gsi = 0;
        int number = -1;                   // the target's
        std::shared_ptr<Descriptor> event; // the watcher may just be reading it
    };

    Reply set_routes(Context&);
    Reply set_store(Context&);
    Reply set_raiser(Context&);
    long raise(std::uint32_t gsi);
    long send(Message const&);
    void watch();

    Vm& vm_;
    std::map<std::uint32_t, Message> routes_; // of GSIs
    std::vector<Store> stores_;
    std::mutex mutex_; // over raisers_ and ending_
    std::vector<Raiser> raisers_;
    bool ending_ = false;
    Descriptor changed_;
    std::thread watcher_;
};

} // namespace model::kvm

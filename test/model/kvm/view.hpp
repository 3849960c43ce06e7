// All that a host can see of its guests, in the file that TEE_MODEL_VIEW names, so that a test can
// search it for what a guest must not show: pages that are shared, whenever a guest has changed
// one; kvm_run at each exit; at a machine's end private memory as it lies in the machine,
// encrypted. What the process behind the guest keeps for itself: `process` of a hostile host.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <map>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace model::kvm {

class Memory;
class Vcpu;
class Vm;

class View {
public:
    static View& own();
    bool wanted() const { return file_ != nullptr; }
    /// A guest may write to this shared page from now on.
    void may_write(Memory const&, std::uint64_t page);
    /// KVM_RUN returns.
    void at_exit(Vcpu&);
    void at_end(Vm&);
    /// What the process that called KVM_RUN has in its memory.
    void process(Vcpu const&);

private:
    View();
    void put(std::span<std::byte const> bytes);
    void put_changed(std::vector<std::byte>& known, std::span<std::byte const> now);

    std::FILE* file_ = nullptr;
    std::mutex mutex_;
    std::map<std::pair<Memory const*, std::uint64_t>, std::vector<std::byte>> shared_;
    std::map<Vcpu const*, std::vector<std::byte>> runs_;
};

} // namespace model::kvm

#pragma once

// A Keep whose host is a test: real machine, real shim, and answers that the test makes up.

#include "host/vmm/backend/kvm/machine.hpp"
#include "protocol/hostcall/block.hpp"
#include "protocol/hostcall/call.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace hostile {

// How a Keep ended that was lied to.
struct End {
    enum class Kind { Exited, Stopped, Hung } kind = Kind::Hung;
    std::uint64_t status = 0; // Exited
    std::uint64_t signal = 0;
    std::string text = {}; // for the reader of a failure
};

// One call, as the host sees it.
struct Asked {
    protocol::hostcall::Header volatile& words;
    std::span<std::byte> data;
    unsigned number; // of the calls so far
};

class Play {
public:
    // Answers by changing words and data; the turn goes back to the Keep behind it.
    using Host = std::function<void(Asked const&)>;

    // Of the program test/keep/programs/calls.c with these arguments, and the shim that suits this
    // host.
    static os::OrFailure<Play> make(std::vector<std::string> arguments);

    End run(Host const& host);

    std::span<std::byte> block() const { return block_; }
    host::vmm::kvm::Vcpu& cpu() { return *cpu_; }
    host::vmm::kvm::Machine& machine() { return *machine_; }
    // Doorbells at which the host found the program's secret in the block.
    unsigned secrets_seen() const { return secrets_seen_; }

private:
    Play() = default;
    bool answer(Host const& host, End& end); // whether it was the end

    std::optional<host::vmm::kvm::Machine> machine_;
    std::optional<host::vmm::kvm::Vcpu> cpu_;
    std::span<std::byte> block_;
    unsigned calls_ = 0;
    unsigned secrets_seen_ = 0;
};

} // namespace hostile

#pragma once

// The process of a Keep that is a machine of KVM's: what it is handed, how it is confined, and that
// it ends as the Keep ends. The machine itself is its backend's.

#include "host/vmm/keep.hpp"
#include "host/vmm/launch/descriptors.hpp"
#include "host/vmm/launch/order.hpp"

namespace host::vmm::kvm {

using Log = std::function<void(std::string_view)>;

// What every program gets, whatever it is and with at most so many threads.
Wishes common_wishes(KeepWish const& keep, std::uint32_t max_cpus);

// Makes the Keep, gives up what it does not need, and runs it to its end, which becomes this
// process' own. Returns only if there is no Keep, or if it broke.
os::Failure run_to_end(
    KeepWish const& wish, Handed const& handed, std::function<os::OrFailure<Keep>(Log)> const& make
);

// How a backend makes a Keep that runs exec.
struct ExecKeep {
    // Of exec, whatever it will run; none: its evidence comes from elsewhere. Asked only where the
    // order wants evidence.
    std::function<os::OrFailure<std::optional<protocol::evidence::Measurement>>(Wishes const&)>
        measurement;
    std::function<os::OrFailure<Keep>(Handed const&, Log)> make;
};

// Runs the order in exec, as run_to_end() does.
os::Failure run_exec(LaunchOrder const& order, Wishes wishes, ExecKeep const& keep);

} // namespace host::vmm::kvm

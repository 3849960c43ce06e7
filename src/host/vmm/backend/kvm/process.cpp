#include "host/vmm/backend/kvm/process.hpp"

#include "host/vmm/backend/kvm/confinement.hpp"
#include "host/vmm/backend/kvm/end.hpp"
#include "host/vmm/backend/kvm/landlock.hpp"
#include "host/vmm/launch/network.hpp"
#include "os/standard_streams.hpp"

#include <algorithm>
#include <csignal>

#include <sched.h>
#include <sys/sysinfo.h>

namespace host::vmm::kvm {

namespace {

using protocol::launch::Item;
using protocol::launch::Kind;

std::uint32_t processors() {
    cpu_set_t set;
    if (::sched_getaffinity(0, sizeof set, &set) != 0) return 1;
    return static_cast<std::uint32_t>(std::max(CPU_COUNT(&set), 1));
}

// What a process could have: the host's memory. It is taken piece by piece, as it is touched.
std::uint64_t host_memory() {
    struct sysinfo info{};
    if (::sysinfo(&info) != 0) return Wishes{}.memory_limit;
    constexpr std::uint64_t most = protocol::launch::address_limit * 3 / 4;
    return std::min(std::uint64_t{info.totalram} * info.mem_unit, most);
}

std::optional<std::uint64_t> timeout_of(LaunchOrder const& order) {
    auto const& items = order.items();
    auto const found = std::ranges::find(items, Kind::TimeoutMs, &Item::kind);
    if (found == items.end()) return {};
    return found->number();
}

os::OrFailure<void> confine_to(Handed const& handed, Keep const& keep) {
    auto const landlock = handed.folders.empty() ? 0 : landlock_version();
    if (!handed.folders.empty() && landlock == 0)
        return std::unexpected(
            os::Failure{
                .name = "directory-unconfined",
                .text = "this kernel has no Landlock, which holds the process of a Keep to the "
                        "directories that it is given"
            }
        );
    Needs const needs{
        .sockets = handed.server.policy().network.sockets(),
        .datagrams = handed.server.policy().network.everything(),
        .requests = keep.requests(),
        .folders = handed.folders,
        .words = &handed.server.path_words(),
    };
    if (auto const confined = confine(needs, landlock); !confined)
        return std::unexpected(
            os::Failure{
                .name = "launch-failed",
                .text = "the process cannot be confined: " +
                        std::string{os::description(confined.error())}
            }
        );
    return {};
}

} // namespace

Wishes common_wishes(KeepWish const& keep, std::uint32_t max_cpus) {
    Wishes wishes;
    wishes.memory_limit = std::min(keep.memory_limit.value_or(host_memory()), host_memory());
    wishes.verbose = ShimLog{keep.log}.wanted();
    wishes.max_cpus = max_cpus;
    wishes.cpus = std::min(processors(), max_cpus);
    return wishes;
}

os::Failure run_to_end(
    KeepWish const& wish, Handed const& handed, std::function<os::OrFailure<Keep>(Log)> const& make
) {
    os::close_inherited();
    ShimLog const log{wish.log};
    auto const run_it = [&]() -> os::OrFailure<KeepEnd> {
        auto keep = TRY(make([log](std::string_view line) { log.write(line); }));
        TRY(confine_to(handed, keep));
        // Nothing is taken apart: the system takes all of it back at once.
        end_as(TRY(keep.run()));
    };
    (void)std::signal(SIGPIPE, SIG_IGN); // the application gets an error where nobody reads
    return run_it().error();
}

os::Failure run_exec(LaunchOrder const& order, Wishes wishes, ExecKeep const& keep) {
    auto network = resolve(order.keep.network);
    if (!network) return network.error();
    Server server{{.network = std::move(network->network)}};
    wishes.arguments = {"enarx-exec"};
    Handed handed{.wishes = wishes, .server = server, .files = {}};
    hand_standard(handed);
    if (!network->hosts.empty()) hand_hosts(handed, network->hosts);
    auto const hand_all = [&]() -> os::OrFailure<void> {
        if (!order.keep.attestation) return hand_order(handed, order);
        return hand_order(handed, order, TRY(keep.measurement(wishes)));
    };
    if (auto const given = hand_all(); !given) return given.error();
    if (auto const timeout = timeout_of(order)) static_cast<void>(end_after(*timeout));
    return run_to_end(order.keep, handed, [&](Log log) {
        return keep.make(handed, std::move(log));
    });
}

} // namespace host::vmm::kvm

// From an order to a running Keep.

#include "host/vmm/backend/kvm/end.hpp"
#include "host/vmm/backend/kvm/kvm.hpp"
#include "host/vmm/backend/kvm/shim_choice.hpp"
#include "host/vmm/keep.hpp"
#include "host/vmm/launch/descriptors.hpp"
#include "host/vmm/launch/parts.hpp"

#include <algorithm>
#include <csignal>

#include <sched.h>
#include <sys/sysinfo.h>

namespace host::vmm {

namespace {

using protocol::launch::Item;
using protocol::launch::Kind;

constexpr std::uint32_t most_threads = 64;

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

Wishes wishes_for_exec() {
    Wishes wishes;
    wishes.arguments = {"enarx-exec"};
    wishes.memory_limit = host_memory();
    wishes.max_cpus = most_threads;
    wishes.cpus = std::min(processors(), most_threads);
    return wishes;
}

std::optional<std::uint64_t> timeout_of(LaunchOrder const& order) {
    auto const& items = order.items();
    auto const found = std::ranges::find(items, Kind::TimeoutMs, &Item::kind);
    if (found == items.end()) return {};
    return found->number();
}

os::OrFailure<KeepEnd> run(LaunchOrder const& order) {
    auto const shim = order.keep.shim.value_or(std::string{suitable_shim(Machine::real())});
    Server server{{.sockets = order.keep.sockets}};
    auto wishes = wishes_for_exec();
    Handed handed{wishes, server, {}};
    hand_standard(handed);
    TRY(hand_order(handed, order));
    auto const shim_path = TRY(find_part("shim-" + shim));
    auto const exec_path = TRY(find_part("exec"));
    auto const image = TRY(Image::open(shim_path, exec_path));
    auto const plan = TRY(Plan::make(image.program_size(), wishes));
    if (auto const timeout = timeout_of(order)) static_cast<void>(kvm::end_after(*timeout));
    auto keep = TRY(Keep::create(image, plan, handed.files, server, [](std::string_view) {}));
    auto const end = TRY(keep.run());
    // Nothing is taken apart: the system takes all of it back at once.
    kvm::end_as(end);
}

} // namespace

os::Failure launch_kvm(LaunchOrder const& order) {
    (void)std::signal(SIGPIPE, SIG_IGN); // the application gets an error where nobody reads
    return run(order).error();
}

} // namespace host::vmm

// From an order to a running Keep.

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "host/vmm/backend/kvm/confinement.hpp"
#include "host/vmm/backend/kvm/end.hpp"
#include "host/vmm/backend/kvm/kvm.hpp"
#include "host/vmm/backend/kvm/landlock.hpp"
#include "host/vmm/backend/kvm/sealed.hpp"
#include "host/vmm/backend/kvm/shim_choice.hpp"
#include "host/vmm/keep.hpp"
#include "host/vmm/launch/descriptors.hpp"
#include "host/vmm/launch/network.hpp"
#include "host/vmm/launch/parts.hpp"
#include "host/vmm/measurement.hpp"
#include "host/vmm/remembered.hpp"
#include "os/clock.hpp"
#include "os/standard_streams.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/sysinfo.h>
#include <unistd.h>

namespace host::vmm {

namespace {

using protocol::launch::Item;
using protocol::launch::Kind;

constexpr std::uint32_t usual_threads = 64;
constexpr std::uint32_t first_folder = 3;

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

bool sealed_memory_here() {
    os::Fd const kvm{::open("/dev/kvm", O_RDWR | O_CLOEXEC)};
    return kvm && kvm::offers_sealed_memory(kvm);
}

// What every program gets, whatever it is.
Wishes common_wishes(KeepWish const& keep) {
    Wishes wishes;
    wishes.memory_limit = host_memory();
    wishes.verbose = ShimLog{keep.log}.wanted();
    wishes.max_cpus = usual_threads;
    wishes.cpus = std::min(processors(), usual_threads);
    if (keep.memory)
        wishes.memory = *keep.memory;
    else
        wishes.memory = sealed_memory_here() ? MemoryKind::Sealed : MemoryKind::Plain;
    return wishes;
}

std::optional<std::uint64_t> timeout_of(LaunchOrder const& order) {
    auto const& items = order.items();
    auto const found = std::ranges::find(items, Kind::TimeoutMs, &Item::kind);
    if (found == items.end()) return {};
    return found->number();
}

os::OrFailure<Image> open_image(KeepWish const& keep_wish, std::string const& program) {
    auto const shim = keep_wish.shim.value_or(std::string{suitable_shim(Machine::real())});
    return Image::open(TRY(find_part("shim-" + shim)), program);
}

os::OrFailure<void> confine(Handed const& handed) {
    auto const landlock = handed.folders.empty() ? 0 : kvm::landlock_version();
    if (!handed.folders.empty() && landlock == 0)
        return std::unexpected(
            os::Failure{
                .name = "directory-unconfined",
                .text = "this kernel has no Landlock, which holds the process of a Keep to the "
                        "directories that it is given"
            }
        );
    kvm::Needs const needs{
        .sockets = handed.server.policy().network.sockets(),
        .datagrams = handed.server.policy().network.everything(),
        .memory = handed.wishes.memory,
        .folders = handed.folders,
        .words = &handed.server.path_words(),
    };
    if (auto const confined = kvm::confine(needs, landlock); !confined)
        return std::unexpected(
            os::Failure{
                .name = "launch-failed",
                .text = "the process cannot be confined: " +
                        std::string{os::description(confined.error())}
            }
        );
    return {};
}

// Runs the image's program to its end, which becomes this process' own.
os::Failure run(KeepWish const& keep_wish, Image const& image, Handed const& handed) {
    os::close_inherited();
    ShimLog const log{keep_wish.log};
    auto const run_it = [&]() -> os::OrFailure<KeepEnd> {
        auto const plan = TRY(Plan::make(image.sizes(), handed.wishes));
        auto keep = TRY(
            Keep::create(image, plan, handed.files, handed.server, [log](std::string_view line) {
                log.write(line);
            })
        );
        TRY(confine(handed));
        // Nothing is taken apart: the system takes all of it back at once.
        kvm::end_as(TRY(keep.run()));
    };
    (void)std::signal(SIGPIPE, SIG_IGN); // the application gets an error where nobody reads
    return run_it().error();
}

// Of exec, whatever it will run: nothing of that is in the plan.
os::OrFailure<protocol::evidence::Measurement>
measurement_of(Image const& image, Wishes const& wishes, ProgramPages& program) {
    auto const plan = TRY(Plan::make(image.sizes(), wishes));
    return measure(plan.regions(), KeepSupply{image, plan, {}}, program);
}

// Of each installation its own, and no more files for one that is built anew.
os::OrFailure<std::string> name_of_record(Image const& image) {
    std::error_code error;
    auto const path = std::filesystem::absolute(TRY(find_part("exec")), error);
    auto const digest = crypto::sha256(base::view_of(path.native()));
    return fmt::format(
        "kvm-{}-{}", image.header().platform, base::hex(std::span{digest}.first<8>())
    );
}

// The same without reading exec, where it was read before.
os::OrFailure<protocol::evidence::Measurement>
measurement_of(Image const& image, Wishes const& wishes, KeepWish const& keep) {
    auto const plan = TRY(Plan::make(image.sizes(), wishes));
    KeepSupply const supply{image, plan, {}};
    auto folder = keep.measured ? keep.measured() : std::nullopt;
    auto const now = os::now_ns(os::Clock::Realtime);
    if (!folder || !now) return measure(plan.regions(), supply);
    Remembered const memory{*std::move(folder), TRY(name_of_record(image))};
    return memory.measure(plan.regions(), supply, std::chrono::nanoseconds{*now});
}

os::OrFailure<Image> open_exec(KeepWish const& keep) {
    return open_image(keep, TRY(find_part("exec")));
}

std::vector<std::string> arguments_of_exec() { return {"enarx-exec"}; }

} // namespace

os::OrFailure<protocol::evidence::Measurement> measure_kvm(KeepWish const& keep) {
    ProgramPages program;
    return measurement_of(TRY(open_exec(keep)), {.arguments = arguments_of_exec()}, program);
}

std::vector<protocol::evidence::Measurement> measure_kvm_shims() {
    std::vector<protocol::evidence::Measurement> out;
    ProgramPages program;
    for (auto const* const shim : {"kvm", "deprivileged"}) {
        auto const image = open_exec({.shim = shim});
        if (!image) continue;
        auto const measured = measurement_of(*image, {.arguments = arguments_of_exec()}, program);
        if (measured) out.push_back(*measured);
    }
    return out;
}

os::Failure launch_kvm(LaunchOrder const& order) {
    auto const image = open_exec(order.keep);
    if (!image) return image.error();
    auto network = resolve(order.keep.network);
    if (!network) return network.error();
    Server server{{.network = std::move(network->network)}};
    auto wishes = common_wishes(order.keep);
    wishes.arguments = arguments_of_exec();
    Handed handed{.wishes = wishes, .server = server, .files = {}};
    hand_standard(handed);
    if (!network->hosts.empty()) hand_hosts(handed, network->hosts);
    auto const hand_all = [&]() -> os::OrFailure<void> {
        if (!order.keep.attestation) return hand_order(handed, order);
        return hand_order(handed, order, TRY(measurement_of(*image, wishes, order.keep)));
    };
    if (auto const given = hand_all(); !given) return given.error();
    if (auto const timeout = timeout_of(order)) static_cast<void>(kvm::end_after(*timeout));
    return run(order.keep, *image, handed);
}

os::Failure launch_program(ProgramOrder const& order) {
    auto const image = open_image(order.keep, order.program);
    if (!image) return image.error();
    bool const everything = order.keep.network.everything;
    Server server{{.network = everything ? Network::anywhere() : Network{}}};
    auto wishes = common_wishes(order.keep);
    wishes.arguments = order.arguments;
    wishes.environment = order.environment;
    if (order.memory_limit) wishes.memory_limit = *order.memory_limit;
    wishes.max_cpus = order.max_threads.value_or(wishes.max_cpus);
    Handed handed{.wishes = wishes, .server = server, .files = {}};
    hand_standard(handed);
    if (everything) hand_resolver(handed);
    std::uint32_t number = first_folder;
    for (auto const& [folder, rights] : order.folders)
        hand(handed, number++, os::Fd{::fcntl(folder.number(), F_DUPFD_CLOEXEC, 0)}, rights);
    if (order.timeout_ms) static_cast<void>(kvm::end_after(*order.timeout_ms));
    return run(order.keep, *image, handed);
}

} // namespace host::vmm

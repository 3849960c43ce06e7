// From an order to a running Keep.

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "host/vmm/backend/kvm/end.hpp"
#include "host/vmm/backend/kvm/kvm.hpp"
#include "host/vmm/backend/kvm/machine.hpp"
#include "host/vmm/backend/kvm/process.hpp"
#include "host/vmm/backend/kvm/shim_choice.hpp"
#include "host/vmm/launch/parts.hpp"
#include "host/vmm/measurement.hpp"
#include "host/vmm/remembered.hpp"
#include "os/clock.hpp"

#include <chrono>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

namespace host::vmm {

namespace {

using kvm::Log;

constexpr std::uint32_t usual_threads = 64;
constexpr std::uint32_t first_folder = 3;

bool sealed_memory_here() {
    os::Fd const kvm{::open("/dev/kvm", O_RDWR | O_CLOEXEC)};
    return kvm && kvm::offers_sealed_memory(kvm);
}

Wishes wishes_of(KeepWish const& keep) {
    auto wishes = kvm::common_wishes(keep, usual_threads);
    if (keep.memory)
        wishes.memory = *keep.memory;
    else
        wishes.memory = sealed_memory_here() ? MemoryKind::Sealed : MemoryKind::Plain;
    return wishes;
}

os::OrFailure<Image> open_image(KeepWish const& keep_wish, std::string const& program) {
    auto const shim = keep_wish.shim.value_or(std::string{suitable_shim(Machine::real())});
    return Image::open(TRY(find_part("shim-" + shim)), program);
}

os::OrFailure<Keep> make_keep(Image const& image, Handed const& handed, Log log) {
    auto const plan = TRY(Plan::make(image.sizes(), handed.wishes));
    auto machine = TRY(kvm::Machine::create(image, plan, handed.files));
    return Keep::create(
        std::make_unique<kvm::Machine>(std::move(machine)), plan, handed.server, std::move(log)
    );
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
    return kvm::run_exec(
        order,
        wishes_of(order.keep),
        {.measurement = [&](Wishes const& wishes)
             -> os::OrFailure<std::optional<protocol::evidence::Measurement>> {
             return TRY(measurement_of(*image, wishes, order.keep));
         },
         .make = [&](Handed const& handed,
                     Log log) { return make_keep(*image, handed, std::move(log)); }}
    );
}

os::Failure launch_program(ProgramOrder const& order) {
    auto const image = open_image(order.keep, order.program);
    if (!image) return image.error();
    bool const everything = order.keep.network.everything;
    Server server{{.network = everything ? Network::anywhere() : Network{}}};
    auto wishes = wishes_of(order.keep);
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
    return kvm::run_to_end(order.keep, handed, [&](Log log) {
        return make_keep(*image, handed, std::move(log));
    });
}

} // namespace host::vmm

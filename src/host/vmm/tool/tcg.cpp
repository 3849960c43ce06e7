// keep-tcg: runs the image that a bare-metal KVM host gets, unchanged, on QEMU's TCG, where ring 0
// is real everywhere.
//
//     keep-tcg --shim=FILE [--cpus=N] [--no-kicks=N] [--dirty] [--costs] [--verbose]
//              PROGRAM [ARGUMENTS]
//     keep-tcg run [--backend NAME] [--shim NAME] [--exec FILE] [--artefact FILE] [--verbose]
//                  [--dir HOST[::GUEST]] [--env NAME=VALUE] APPLICATION [ARGUMENTS]
//
// A shim that checks its program, as shim-verified, finds the hash tree beside it: PROGRAM.tree.
// The machine's memory is a file that this process maps too: it writes the boot block before QEMU
// starts and polls the blocks, each on a thread of its own. A kick is a message-signalled interrupt
// that QEMU's test protocol sends. --no-kicks: the first N are forgotten, as a host may. --dirty:
// free memory is not zero when the Keep starts.

#include "host/vmm/image.hpp"
#include "host/vmm/launch/descriptors.hpp"
#include "host/vmm/launch/parts.hpp"
#include "host/vmm/parking.hpp"
#include "host/vmm/plan/plan.hpp"
#include "host/vmm/plan/supply.hpp"
#include "host/vmm/server/refusal.hpp"
#include "host/vmm/server/server.hpp"
#include "host/vmm/tool/tcg_guest.hpp"
#include "os/check.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <mutex>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <x86intrin.h>

namespace {

namespace launch = protocol::launch;
namespace vmm = host::vmm;
using protocol::hostcall::Call;
using protocol::hostcall::Header;
using protocol::hostcall::Turn;

using tcg::cannot;
using tcg::ram_size;

std::uint64_t now_ns(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000 +
           static_cast<std::uint64_t>(now.tv_nsec);
}

// TCG's counter runs as the host's own and begins at 0.
std::uint64_t measure_tsc_khz() {
    auto const ns = now_ns(CLOCK_MONOTONIC);
    auto const ticks = __rdtsc();
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    auto const later = __rdtsc();
    return (later - ticks) * 1'000'000 / (now_ns(CLOCK_MONOTONIC) - ns);
}

// What the command line asks for: a program with arguments, or an application for exec.
struct Asked {
    std::string shim = "shim-kvm"; // for an application, a part's name
    std::string exec;              // where it is not the part of that name
    unsigned cpus = 1;
    unsigned lost_kicks = 0;
    bool dirty = false;
    bool costs = false;
    bool verbose = false;
    std::vector<std::string> arguments;
    std::optional<vmm::LaunchOrder> application;
};

// The exit status that an Exit means.
int end_of(vmm::Request const& exit) {
    if (auto const refused = vmm::refusal(exit))
        fmt::print(stderr, "keep-tcg: {}: {}\n", refused->name, refused->text);
    return static_cast<int>(exit.value(1) != 0 ? 128 + exit.value(1) : exit.value(0));
}

// What a host may have left in memory that it gives to a Keep.
void soil(std::span<std::byte> memory) { std::ranges::fill(memory, std::byte{0xa5}); }

// Serves the vCPUs, each on a thread of its own.
class Host {
public:
    Host(tcg::Guest& guest, vmm::Server& server, Asked const& asked, std::uint64_t memory_end)
        : guest_{guest},
          server_{server},
          asked_{asked},
          end_{memory_end},
          lost_kicks_{asked.lost_kicks} {}

    // Until the program ends, and this process with it.
    [[noreturn]] void serve_first() {
        auto const block = block_at(launch::block_address);
        server_.batch().attach(
            guest_.ram().subspan(launch::batch_address, protocol::hostcall::batch_size), block
        );
        server_.batch().announce(true);
        serve(0, block);
    }

private:
    std::span<std::byte> block_at(std::uint64_t address) const {
        return guest_.ram().subspan(address, protocol::hostcall::block_size);
    }

    [[noreturn]] void serve(unsigned index, std::span<std::byte> block) {
        // Safety: page-aligned memory that QEMU's guest changes too; words are read and written
        // whole.
        auto volatile& words = *reinterpret_cast<Header volatile*>(block.data());
        for (unsigned idle = 0;; ++idle) {
            if (index == 0) server_.batch().flush();
            if (__atomic_load_n(&words.turn, __ATOMIC_ACQUIRE) !=
                static_cast<std::uint64_t>(Turn::Host)) {
                constexpr unsigned patience = 20'000;
                if (idle > patience || asked_.cpus > 1) ::usleep(50);
                if (index == 0 && idle % patience == 0 && guest_.ended()) leave(cannot);
                continue;
            }
            idle = 0;
            ++calls_;
            words.answer = answer_to_block(index, block);
            __atomic_store_n(&words.turn, static_cast<std::uint64_t>(Turn::Keep), __ATOMIC_RELEASE);
        }
    }

    std::int64_t answer_to_block(unsigned index, std::span<std::byte> block) {
        if (index == 0) server_.batch().flush(); // before what this call itself does
        auto const request = vmm::Request::fetch(block, server_.handles());
        if (request && request->call() == Call::Exit) {
            if (asked_.costs) fmt::print(stderr, "exits {}\n", calls_.load());
            leave(end_of(*request));
        }
        auto const result = request ? answer(index, *request) : std::unexpected(request.error());
        if (result && index == 0 && request->call() == Call::SendTo)
            server_.batch().tell_room(request->file(0));
        return result ? static_cast<std::int64_t>(*result)
                      : -static_cast<std::int64_t>(result.error());
    }

    // Other threads may wait for something that will not come.
    [[noreturn]] void leave(int status) {
        (void)std::fflush(nullptr);
        guest_.kill();
        ::_exit(status);
    }

    base::Result<std::uint64_t> answer(unsigned index, vmm::Request const& request) {
        switch (request.call()) {
        case Call::Grow:
            return grow(request.value(0));
        case Call::Park:
            parking_.at(index).park(request.value(0));
            return 0;
        case Call::Unpark:
            if (request.value(0) >= asked_.cpus) return std::unexpected(base::Errno::Inval);
            parking_.at(request.value(0)).unpark();
            return 0;
        case Call::Log: {
            auto const text = request.buffer(0);
            fmt::print(
                stderr,
                "shim: {}\n",
                std::string_view{reinterpret_cast<char const*>(text.data()), text.size()}
            );
            return 0;
        }
        case Call::Spawn:
            return spawn(request);
        case Call::Kick:
            for (unsigned i = 0; i < asked_.cpus; ++i)
                if ((request.value(0) >> i & 1) != 0 && !forgets_kick()) guest_.kick(i);
            return 0;
        case Call::Discard:
            if (!asked_.dirty) return std::unexpected(base::Errno::Again);
            soil(guest_.ram().subspan(request.value(0), request.value(1)));
            return 0;
        default:
            return server_.serve(request);
        }
    }

    bool forgets_kick() {
        std::scoped_lock const lock{mutex_};
        if (lost_kicks_ == 0) return false;
        --lost_kicks_;
        return true;
    }

    std::uint64_t grow(std::uint64_t wanted) {
        std::scoped_lock const lock{mutex_};
        auto const added =
            std::min(wanted, ram_size - end_) / launch::chunk_size * launch::chunk_size;
        if (asked_.dirty) soil(guest_.ram().subspan(end_, added));
        end_ += added;
        return added;
    }

    base::Result<std::uint64_t> spawn(vmm::Request const& request) {
        auto const cpu = static_cast<unsigned>(request.value(0));
        if (request.value(0) >= asked_.cpus) return std::unexpected(base::Errno::Again);
        std::thread{[this, cpu, block = block_at(request.value(2))] {
            serve(cpu, block);
        }}.detach();
        guest_.begin(cpu, request.value(1));
        return 0;
    }

    tcg::Guest& guest_;
    vmm::Server& server_;
    Asked const& asked_;
    std::array<vmm::Parking, tcg::most_cpus> parking_;
    std::atomic<std::uint64_t> calls_ = 0;
    std::mutex mutex_; // of what follows
    std::uint64_t end_;
    unsigned lost_kicks_;
};

// As `enarx run` understands it, as far as tests of applications need that.
bool parse_run(Asked& asked, std::span<char*> words) {
    auto& order = asked.application.emplace();
    order.add(launch::Kind::Action, "run");
    std::size_t i = 0;
    for (; i + 1 < words.size() && std::string_view{words[i]}.starts_with("--"); i += 2) {
        std::string_view const option = words[i];
        std::string const value = words[i + 1];
        auto const colons = value.find("::");
        if (option == "--env")
            order.add(launch::Kind::Environment, value);
        else if (option == "--verbose")
            asked.verbose = true, --i;
        else if (option == "--shim")
            asked.shim = "shim-" + value;
        else if (option == "--exec")
            asked.exec = value;
        else if (option == "--artefact")
            order.add(
                launch::Kind::Artefact,
                os::Fd{::open(value.c_str(), O_RDONLY | O_CLOEXEC)},
                "",
                vmm::Rights::ReadOnly
            );
        else if (option == "--dir")
            order.add(
                launch::Kind::Directory,
                os::Fd{::open(value.substr(0, colons).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)},
                colons == std::string::npos ? value : value.substr(colons + 2),
                vmm::Rights::ReadWrite
            );
        else if (option != "--backend")
            return false;
    }
    if (i == words.size()) return false;
    std::string const path = words[i++];
    os::Fd module{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    if (!module) return false;
    order.add(
        launch::Kind::Module,
        std::move(module),
        path.substr(path.rfind('/') + 1),
        vmm::Rights::ReadOnly
    );
    for (; i < words.size(); ++i) order.add(launch::Kind::Argument, std::string{words[i]});
    return true;
}

int run(Asked asked) {
    vmm::Server server{{.network = vmm::Network::anywhere()}};
    vmm::Wishes wishes;
    wishes.memory_limit = ram_size / 2;
    wishes.doorbell = launch::Doorbell::Polled;
    wishes.max_cpus = wishes.cpus = asked.cpus;
    vmm::Handed handed{wishes, server, {}};
    hand_standard(handed);
    auto program = asked.arguments.empty() ? std::string{} : asked.arguments.front();
    wishes.arguments = std::move(asked.arguments);
    if (asked.application) {
        auto const exec = vmm::find_part("exec");
        auto const shim = vmm::find_part(asked.shim);
        if (!exec || !shim || !hand_order(handed, *asked.application)) return cannot;
        program = asked.exec.empty() ? *exec : asked.exec;
        asked.shim = *shim;
        wishes.arguments = {"enarx-exec"};
    }
    auto const& shim = asked.shim;
    auto const image = vmm::Image::open(shim, program);
    wishes.verbose = asked.verbose;
    auto const plan =
        image ? vmm::Plan::make(image->sizes(), wishes) : std::unexpected(image.error());
    tcg::Guest guest;
    if (!plan || !guest.make_memory()) return cannot;
    auto const ram = guest.ram();
    if (asked.dirty) {
        soil(ram.subspan(launch::table_address, launch::files_address - launch::table_address));
        soil(ram.subspan(plan->memory(), plan->memory_end() - plan->memory()));
    }
    auto const boot =
        plan->boot({measure_tsc_khz(), 0, now_ns(CLOCK_MONOTONIC), now_ns(CLOCK_REALTIME)});
    std::ranges::copy(
        std::as_bytes(std::span{&boot, 1}), ram.subspan(launch::boot_address).begin()
    );
    vmm::KeepSupply const supply{*image, *plan, handed.files};
    for (auto const& region : plan->regions()) // QEMU itself loads the shim, the same bytes
        if (region.contents.part != vmm::Part::Nothing &&
            !supply.read(region.contents, 0, ram.subspan(region.begin, region.contents.size)))
            return cannot;
    guest.start(shim, asked.cpus);
    Host{guest, server, asked, plan->memory_end()}.serve_first();
}

// 0 where there is none.
unsigned number_after(std::string_view word, char sign) {
    auto const digits = word.substr(word.find(sign) + 1);
    unsigned value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

} // namespace

int main(int argc, char** argv) {
    Asked asked;
    std::span const words{argv, static_cast<std::size_t>(argc)};
    if (words.size() > 1 && std::string_view{words[1]} == "run")
        return parse_run(asked, words.subspan(2)) ? run(std::move(asked)) : cannot;
    std::size_t i = 1;
    for (; i < words.size() && std::string_view{words[i]}.starts_with("--"); ++i) {
        if (std::string_view{words[i]}.starts_with("--shim="))
            asked.shim = std::string_view{words[i]}.substr(7);
        if (std::string_view{words[i]} == "--costs") asked.costs = true;
        if (std::string_view{words[i]} == "--dirty") asked.dirty = true;
        if (std::string_view{words[i]}.starts_with("--cpus="))
            asked.cpus = std::clamp(number_after(words[i], '='), 1U, unsigned{tcg::most_cpus});
        if (std::string_view{words[i]}.starts_with("--no-kicks="))
            asked.lost_kicks = number_after(words[i], '=');
        if (std::string_view{words[i]} == "--verbose") asked.verbose = true;
    }
    if (i >= words.size()) return cannot;
    asked.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
    return run(std::move(asked));
}

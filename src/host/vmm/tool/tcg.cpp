// keep-tcg: runs the image that a bare-metal KVM host gets, unchanged, on QEMU's TCG, where ring 0
// is real everywhere.
//
//     keep-tcg --shim=FILE [--costs] [--verbose] PROGRAM [ARGUMENTS]
//     keep-tcg run [--backend NAME] [--shim NAME] [--exec FILE] [--artefact FILE] [--verbose]
//                  [--dir HOST[::GUEST]] [--env NAME=VALUE] APPLICATION [ARGUMENTS]
//
// A shim that checks its program, as shim-verified, finds the hash tree beside it: PROGRAM.tree.
// The machine's memory is a file that this process maps too: it writes the boot block before QEMU
// starts and polls the block.

#include "host/vmm/image.hpp"
#include "host/vmm/launch/descriptors.hpp"
#include "host/vmm/launch/parts.hpp"
#include "host/vmm/plan.hpp"
#include "host/vmm/server/refusal.hpp"
#include "host/vmm/server/server.hpp"
#include "os/check.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <ctime>
#include <optional>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>

namespace {

namespace launch = protocol::launch;
namespace vmm = host::vmm;
using protocol::hostcall::Call;
using protocol::hostcall::Header;
using protocol::hostcall::Turn;

constexpr std::uint64_t ram_size = 768ULL << 20;
constexpr int cannot = 125;

struct Guest {
    std::span<std::byte> ram;
    os::Fd file;
    pid_t qemu = -1;
    std::uint64_t end = 0;

    ~Guest() {
        if (qemu <= 0) return;
        ::kill(qemu, SIGKILL);
        ::waitpid(qemu, nullptr, 0);
    }
};

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

bool make_memory(Guest& guest) {
    guest.file = os::Fd{::memfd_create("keep", 0)};
    if (!guest.file || ::ftruncate(guest.file.number(), ram_size) != 0) return false;
    void* const at =
        ::mmap(nullptr, ram_size, PROT_READ | PROT_WRITE, MAP_SHARED, guest.file.number(), 0);
    if (at == MAP_FAILED) return false;
    guest.ram = {static_cast<std::byte*>(at), ram_size};
    return true;
}

bool read_file(os::Fd const& file, std::span<std::byte> to) {
    return ::pread(file.number(), to.data(), to.size(), 0) == static_cast<ssize_t>(to.size());
}

void start_qemu(Guest& guest, std::string const& shim) {
    auto const memory = fmt::format(
        "memory-backend-file,id=ram,size={}M,share=on,mem-path=/proc/{}/fd/{}",
        ram_size >> 20,
        ::getpid(),
        guest.file.number()
    );
    auto const size = fmt::format("{}M", ram_size >> 20);
    guest.qemu = ::fork();
    if (guest.qemu != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::execlp(
        "qemu-system-x86_64",
        "qemu-system-x86_64",
        "-accel",
        "tcg",
        "-machine",
        "microvm,pit=off,pic=off,rtc=off,isa-serial=off,memory-backend=ram",
        "-cpu",
        "max",
        "-m",
        size.c_str(),
        "-object",
        memory.c_str(),
        "-kernel",
        shim.c_str(),
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
        static_cast<char*>(nullptr)
    );
    ::_exit(cannot);
}

base::Result<std::uint64_t> answer(Guest& guest, vmm::Server& server, vmm::Request const& request) {
    switch (request.call()) {
    case Call::Grow: {
        auto const added = std::min(request.value(0), ram_size - guest.end) / launch::chunk_size *
                           launch::chunk_size;
        guest.end += added;
        return added;
    }
    case Call::Park:
        ::usleep(
            static_cast<useconds_t>(std::min<std::uint64_t>(request.value(0) / 1000, 100'000))
        );
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
    case Call::Discard:
        return std::unexpected(base::Errno::Again);
    case Call::Unpark:
        return 0;
    default:
        return server.serve(request);
    }
}

// The exit status that an Exit means.
int end_of(vmm::Request const& exit) {
    if (auto const changed = vmm::program_changed(exit))
        fmt::print(stderr, "keep-tcg: {}: {}\n", changed->name, changed->text);
    return static_cast<int>(exit.value(1) != 0 ? 128 + exit.value(1) : exit.value(0));
}

// Serves the one vCPU until the program ends; answers with its exit status.
int serve(Guest& guest, vmm::Server& server, bool costs) {
    auto const block = guest.ram.subspan(launch::block_address, protocol::hostcall::block_size);
    // Safety: page-aligned memory that QEMU's guest changes too; words are read and written whole.
    auto volatile& words = *reinterpret_cast<Header volatile*>(block.data());
    auto& batch = server.batch();
    batch.attach(guest.ram.subspan(launch::batch_address, protocol::hostcall::batch_size), block);
    batch.announce(true);
    std::uint64_t calls = 0;
    for (unsigned idle = 0;; ++idle) {
        if (__atomic_load_n(&words.turn, __ATOMIC_ACQUIRE) !=
            static_cast<std::uint64_t>(Turn::Host)) {
            constexpr unsigned patience = 20'000;
            batch.flush();
            if (idle > patience) ::usleep(50);
            if (idle % patience == 0 && ::waitpid(guest.qemu, nullptr, WNOHANG) == guest.qemu) {
                guest.qemu = -1;
                return cannot;
            }
            continue;
        }
        idle = 0;
        ++calls;
        batch.flush();
        auto const request = vmm::Request::fetch(block, server.handles());
        if (request && request->call() == Call::Exit) {
            if (costs) fmt::print(stderr, "exits {}\n", calls);
            return end_of(*request);
        }
        auto const result =
            request ? answer(guest, server, *request) : std::unexpected(request.error());
        if (result && request->call() == Call::SendTo) batch.tell_room(request->file(0));
        words.answer = result ? static_cast<std::int64_t>(*result)
                              : -static_cast<std::int64_t>(result.error());
        __atomic_store_n(&words.turn, static_cast<std::uint64_t>(Turn::Keep), __ATOMIC_RELEASE);
    }
}

// What the command line asks for: a program with arguments, or an application for exec.
struct Asked {
    std::string shim = "shim-kvm"; // for an application, a part's name
    std::string exec;              // where it is not the part of that name
    bool costs = false;
    bool verbose = false;
    std::vector<std::string> arguments;
    std::optional<vmm::LaunchOrder> application;
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
    if (image) wishes.tree_size = image->tree_size();
    wishes.verbose = asked.verbose;
    auto const plan =
        image ? vmm::Plan::make(image->program_size(), wishes) : std::unexpected(image.error());
    Guest guest;
    if (!plan || !make_memory(guest)) return cannot;
    guest.end = plan->memory_end();
    auto const boot =
        plan->boot({measure_tsc_khz(), 0, now_ns(CLOCK_MONOTONIC), now_ns(CLOCK_REALTIME)});
    std::ranges::copy(
        std::as_bytes(std::span{&boot, 1}), guest.ram.subspan(launch::boot_address).begin()
    );
    std::ranges::copy(
        std::as_bytes(std::span{plan->strings()}),
        guest.ram.subspan(launch::strings_address).begin()
    );
    if (!read_file(
            image->program(), guest.ram.subspan(plan->program_address(), image->program_size())
        ))
        return cannot;
    if (plan->tree_address() != 0 &&
        !read_file(image->tree(), guest.ram.subspan(plan->tree_address(), image->tree_size())))
        return cannot;
    for (std::size_t i = 0; i < handed.files.size(); ++i)
        if (!handed.files[i].read(guest.ram.subspan(plan->file_addresses()[i]))) return cannot;
    start_qemu(guest, shim);
    return serve(guest, server, asked.costs);
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
        if (std::string_view{words[i]} == "--verbose") asked.verbose = true;
    }
    if (i >= words.size()) return cannot;
    asked.arguments.assign(words.begin() + static_cast<std::ptrdiff_t>(i), words.end());
    return run(std::move(asked));
}

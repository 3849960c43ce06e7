// keep-run: runs any static-pie in a KVM Keep, or in an SEV-SNP Keep where the shim is one's and
// was bound to the program, for the tests of shim and VMM.
//
//     keep-run [--shim=FILE] [--dir=HOST:FD] [--file=HOST:FD] [--cpus=N] [--memory=MIB] [--env=K=V]
//     [--verbose] [--costs]
//              [--sockets] PROGRAM [ARGUMENTS]

#include "host/vmm/backend/kvm/machine.hpp"
#include "host/vmm/backend/snp/machine.hpp"
#include "host/vmm/backend/snp/supply.hpp"
#include "host/vmm/keep.hpp"
#include "host/vmm/launch/descriptors.hpp"
#include "host/vmm/plan/snp.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

struct Options {
    std::string shim = std::filesystem::read_symlink("/proc/self/exe").parent_path().parent_path() /
                       "libexec/enarx/shim-deprivileged";
    std::vector<std::pair<std::string, std::uint32_t>> folders;
    std::vector<std::pair<std::string, std::uint32_t>> files;
    host::vmm::Wishes wishes;
    host::vmm::Policy policy;
    bool costs = false;
    std::string program;
};

std::uint32_t number(std::string_view text) {
    std::uint32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::pair<std::string, std::uint32_t> placed(std::string_view text) {
    auto const colon = text.rfind(':');
    return {std::string{text.substr(0, colon)}, number(text.substr(colon + 1))};
}

Options parse(int argc, char** argv) {
    Options options;
    options.wishes.max_cpus = 64;
    options.wishes.cpus = std::max(1U, std::thread::hardware_concurrency());
    int i = 1;
    for (; i < argc && std::string_view{argv[i]}.starts_with("--"); ++i) {
        std::string_view const option = argv[i];
        auto const value = option.substr(std::min(option.find('=') + 1, option.size()));
        if (option.starts_with("--shim="))
            options.shim = value;
        else if (option.starts_with("--dir="))
            options.folders.push_back(placed(value));
        else if (option.starts_with("--file="))
            options.files.push_back(placed(value));
        else if (option.starts_with("--cpus="))
            options.wishes.max_cpus = number(value);
        else if (option.starts_with("--memory="))
            options.wishes.memory_limit = std::uint64_t{number(value)} << 20;
        else if (option.starts_with("--env="))
            options.wishes.environment.emplace_back(value);
        else if (option == "--verbose")
            options.wishes.verbose = true;
        else if (option == "--costs")
            options.costs = true;
        else if (option == "--sockets")
            options.policy.network = host::vmm::Network::anywhere();
    }
    if (i < argc) options.program = argv[i];
    for (; i < argc; ++i) options.wishes.arguments.emplace_back(argv[i]);
    return options;
}

int failed(os::Failure const& failure) {
    fmt::print(stderr, "keep-run: {}: {}\n", failure.name, failure.text);
    return 125;
}

constexpr auto snp_platform = static_cast<std::uint64_t>(protocol::launch::ShimKind::Snp);
using Made = os::OrFailure<std::unique_ptr<host::vmm::kvm::VirtualMachine>>;
using Files = std::vector<host::vmm::MemoryFile>;

Made kvm_machine(host::vmm::Image const& image, host::vmm::Plan const& plan, Files const& files) {
    auto machine = TRY(host::vmm::kvm::Machine::create(image, plan, files));
    return std::make_unique<host::vmm::kvm::Machine>(std::move(machine));
}

Made snp_machine(host::vmm::Image const& image, host::vmm::Plan const& plan, Files const& files) {
    host::vmm::snp::SnpSupply const supply{image, plan, files};
    auto machine = TRY(host::vmm::snp::Machine::launch(image, plan, supply, {}));
    return std::make_unique<host::vmm::snp::Machine>(std::move(machine));
}

int run(Options options) {
    host::vmm::Server server{options.policy};
    host::vmm::Handed handed{options.wishes, server, {}};
    hand_standard(handed);
    for (auto const& [path, as] : options.folders)
        hand(
            handed,
            as,
            os::Fd{::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)},
            host::vmm::Rights::ReadWrite
        );
    for (auto const& [path, as] : options.files)
        hand_resident(handed, as, os::Fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC)});
    auto const image = host::vmm::Image::open(options.shim, options.program);
    if (!image) return failed(image.error());
    bool const snp = image->header().platform == snp_platform;
    auto const plan = snp ? host::vmm::snp_plan(image->sizes(), options.wishes)
                          : host::vmm::Plan::make(image->sizes(), options.wishes);
    if (!plan) return failed(plan.error());
    auto machine =
        snp ? snp_machine(*image, *plan, handed.files) : kvm_machine(*image, *plan, handed.files);
    if (!machine) return failed(machine.error());
    auto keep =
        host::vmm::Keep::create(*std::move(machine), *plan, server, [](std::string_view line) {
            fmt::print(stderr, "shim: {}\n", line);
        });
    if (!keep) return failed(keep.error());
    auto const end = keep->run();
    if (options.costs) fmt::print(stderr, "exits {}\n", keep->costs().exits);
    if (!end) return failed(end.error());
    return end->signal != 0 ? 128 + end->signal : end->status;
}

} // namespace

int main(int argc, char** argv) {
    int const status = run(parse(argc, argv));
    std::fflush(stdout);
    ::_exit(status);
}

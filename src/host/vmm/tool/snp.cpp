// keep-snp: launches the image of an SEV-SNP Keep and runs none of it, for tests of the launch.
//
//     keep-snp --shim=FILE --exec=FILE [--cpus=N] [--policy=N] [--id-block=FILE --id-auth=FILE]

#include "host/vmm/plan/snp.hpp"

#include "host/vmm/backend/snp/machine.hpp"
#include "host/vmm/backend/snp/supply.hpp"
#include "os/read_file.hpp"

#include <cstdio>
#include <cstdlib>
#include <map>

#include <fcntl.h>
#include <fmt/format.h>

namespace {

namespace vmm = host::vmm;
constexpr int failed = 125;

using Options = std::map<std::string, std::string>;

Options parse(std::span<char*> words) {
    Options options;
    for (std::string const word : words)
        options[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
    return options;
}

template <class T> bool read(std::string const& path, T& to) {
    os::Fd const file{::open(path.c_str(), O_RDONLY | O_CLOEXEC)};
    return file && os::read_part(file, 0, std::as_writable_bytes(std::span{&to, 1}));
}

os::OrFailure<void> run(Options& options) {
    auto const image = TRY(vmm::Image::open(options["--shim"], options["--exec"]));
    vmm::Wishes wishes;
    wishes.arguments = {"enarx-exec"};
    if (options.contains("--cpus"))
        wishes.max_cpus = static_cast<std::uint32_t>(std::stoul(options["--cpus"]));
    vmm::snp::LaunchTerms terms;
    if (options.contains("--policy")) terms.policy = std::stoull(options["--policy"], nullptr, 0);
    if (options.contains("--id-block")) {
        auto& identity = terms.identity.emplace();
        if (!read(options["--id-block"], identity.block) ||
            !read(options["--id-auth"], identity.auth))
            return std::unexpected(os::Failure{"keep-image", "no ID block can be read"});
    }
    auto const plan = TRY(vmm::snp_plan(image.sizes(), wishes));
    vmm::snp::SnpSupply const supply{image, plan, {}};
    auto machine = TRY(vmm::snp::Machine::launch(image, plan, supply, terms));
    fmt::print(
        "launched: {} pages, {} vCPUs\n", vmm::pages_added(plan.regions()), machine.cpu_count()
    );
    return {};
}

} // namespace

int main(int argc, char** argv) {
    auto options = parse(std::span{argv, static_cast<std::size_t>(argc)}.subspan(1));
    auto const done = run(options);
    if (done) return 0;
    fmt::print(stderr, "keep-snp: {}: {}\n", done.error().name, done.error().text);
    return failed;
}

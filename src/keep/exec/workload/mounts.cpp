// Turns the configuration's directories and the host's open ones into mounts.

#include "keep/exec/workload/mounts.hpp"

#include "keep/exec/vfs/host.hpp"
#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/package.hpp"
#include "os/clock.hpp"
#include "os/fd.hpp"
#include "os/write_all.hpp"

#include <algorithm>
#include <string>

namespace exec {

namespace {

std::unexpected<os::Failure> unavailable(std::string_view path, std::string const& why) {
    return std::unexpected(
        os::Failure{
            .name = "directory-unavailable",
            .text = "the directory '" + std::string{path} + "' is not available: " + why
        }
    );
}

os::OrFailure<std::unique_ptr<vfs::Directory>>
open_host(int descriptor, vfs::Access access, std::string_view path) {
    os::Fd const owner{descriptor};
    auto directory = vfs::make_host(owner, access);
    if (!directory && directory.error() == base::Errno::NoSys)
        return std::unexpected(
            os::Failure{
                .name = "directory-unconfined",
                .text =
                    "the directory '" + std::string{path} + "' cannot be confined: no openat2 here"
            }
        );
    if (!directory) return unavailable(path, std::string{os::description(directory.error())});
    return std::move(*directory);
}

std::uint64_t now_ns() { return os::now_ns(os::Clock::Realtime).value_or(0); }

vfs::MemoryOptions memory_options(std::uint64_t device, std::shared_ptr<base::Budget> within) {
    return {.within = std::move(within), .device = device, .now = now_ns};
}

} // namespace

os::OrFailure<std::unique_ptr<vfs::Directory>> Mounts::open(OrderedDirectory const& ordered) {
    return open_host(ordered.descriptor, vfs::Access::ReadWrite, ordered.path);
}

os::OrFailure<std::unique_ptr<vfs::Directory>> Mounts::open(package::Directory const& wanted) {
    if (wanted.source == package::Source::Memory)
        return vfs::make_memory(memory_options(++devices_, memory_));
    if (wanted.source == package::Source::Package) return open_package();
    auto const& given = orders_.host_directories;
    auto const at = std::ranges::find(given, wanted.path, &OrderedDirectory::path);
    if (at == given.end()) return unavailable(wanted.path, "the host did not open it");
    bool const writable = wanted.mode == package::Mode::ReadWrite;
    return open_host(
        at->descriptor, writable ? vfs::Access::ReadWrite : vfs::Access::ReadOnly, wanted.path
    );
}

std::unique_ptr<vfs::Directory> Mounts::open(std::shared_ptr<attestation::Attester> attester) {
    return attestation::make_directory(
        {.attester = std::move(attester), .device = ++devices_, .made_ns = now_ns()}
    );
}

os::OrFailure<std::unique_ptr<vfs::Directory>> Mounts::open_package() {
    if (brought_ == nullptr && !package_) TRY(read_package());
    auto root = (brought_ != nullptr ? *brought_ : *package_).open(".", {.directory = true});
    if (!root) return unavailable("package", std::string{os::description(root.error())});
    return std::move(std::get<std::unique_ptr<vfs::Directory>>(*root));
}

os::OrFailure<void> Mounts::read_package() {
    constexpr std::string_view path = "package";
    if (!orders_.package_directory)
        return unavailable(path, "the application did not come in a folder");
    auto const folder =
        TRY(open_host(::dup(*orders_.package_directory), vfs::Access::ReadOnly, path));
    // What the tenant ships is no more than that: the application cannot make it grow.
    auto copy = vfs::make_package(*folder, memory_options(++devices_, nullptr));
    if (!copy)
        return unavailable(
            path, "the package cannot be read: " + std::string{os::description(copy.error())}
        );
    package_ = std::move(*copy);
    return {};
}

} // namespace exec

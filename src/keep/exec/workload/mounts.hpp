#pragma once

// The directories that the application finds at its start.

#include "base/budget.hpp"
#include "keep/exec/attestation/directory.hpp"
#include "keep/exec/vfs/file_system.hpp"
#include "keep/exec/workload/orders.hpp"
#include "os/failure.hpp"
#include "package/configuration.hpp"

#include <memory>

namespace exec {

// Opens directories; each gets a device number of its own.
class Mounts {
public:
    // Files in memory take of `memory`, and all of them together no more than 4 GiB.
    Mounts(Orders const& orders, std::shared_ptr<base::Budget> memory)
        : orders_{orders}, memory_{std::make_shared<base::Budget>(1ULL << 32, std::move(memory))} {}
    // The package's files are these, and come from no folder of the host.
    Mounts(Orders const& orders, std::shared_ptr<base::Budget> memory, vfs::Directory* package)
        : Mounts{orders, std::move(memory)} {
        brought_ = package;
    }

    // One that Enarx.toml names.
    os::OrFailure<std::unique_ptr<vfs::Directory>> open(package::Directory const& wanted);
    // One that --dir names.
    os::OrFailure<std::unique_ptr<vfs::Directory>> open(OrderedDirectory const& ordered);
    // The package's files. They are read once: what was digested is what the application sees, in
    // every place.
    os::OrFailure<std::unique_ptr<vfs::Directory>> open_package();
    // One with the evidence of this attester.
    std::unique_ptr<vfs::Directory> open(std::shared_ptr<attestation::Attester> attester);

private:
    os::OrFailure<void> read_package();

    Orders const& orders_;
    std::shared_ptr<base::Budget> memory_;
    vfs::Directory* brought_ = nullptr;
    std::unique_ptr<vfs::Directory> package_;
    std::uint64_t devices_ = 0;
};

} // namespace exec

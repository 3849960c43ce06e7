#include "host/vmm/launch/block.hpp"

#include "os/check.hpp"
#include "os/write_all.hpp"

#include <fcntl.h>
#include <sys/mman.h>

namespace host::vmm {

namespace {

base::Result<os::Fd> sealed_file(std::span<std::byte const> bytes) {
    auto file = TRY(os::check_fd(::memfd_create("enarx-launch", MFD_CLOEXEC | MFD_ALLOW_SEALING)));
    TRY(os::write_all(file.number(), bytes));
    TRY(os::done(
        ::fcntl(
            file.number(), F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE
        )
    ));
    return file;
}

os::Failure not_written(base::Errno error) {
    return {
        "launch-failed",
        "the launch block cannot be written: " + std::string{os::description(error)}
    };
}

} // namespace

os::OrFailure<std::vector<std::byte>> encoded_block(std::span<protocol::launch::Item const> items) {
    auto const size = protocol::launch::encoded_size(items);
    if (size > protocol::launch::max_size)
        return std::unexpected(
            os::Failure{
                "launch-too-large",
                "arguments, environment and configuration have " + std::to_string(size) +
                    " bytes, more than " + std::to_string(protocol::launch::max_size)
            }
        );
    std::vector<std::byte> bytes(size);
    auto const done = protocol::launch::encode(items, bytes);
    if (!done) return std::unexpected(not_written(done.error()));
    return bytes;
}

os::OrFailure<os::Fd> sealed_block(std::span<protocol::launch::Item const> items) {
    auto file = sealed_file(TRY(encoded_block(items)));
    if (!file) return std::unexpected(not_written(file.error()));
    return std::move(*file);
}

} // namespace host::vmm

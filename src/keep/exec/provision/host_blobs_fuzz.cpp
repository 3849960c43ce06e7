// Whatever the host calls a package file: a blob is bytes of that file or there is none, and never
// more of them than were asked for.

#include "keep/exec/provision/host_blobs.hpp"
#include "package/tar/writer.hpp"

#include <cstdlib>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

namespace {

void demand(bool holds) {
    if (!holds) std::abort();
}

std::string const name(64, 'a');

} // namespace

// The first byte: whether the rest stands behind the head of a blob's entry, and how much of it is
// asked for.
extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size == 0) return 0;
    unsigned const form = data[0];
    os::Fd file{::memfd_create("package", MFD_CLOEXEC)};
    if ((form & 1U) != 0) {
        auto const head =
            package::tar::header({.path = "blobs/sha256/" + name, .size = size, .target = {}});
        demand(::write(file.number(), head.data(), head.size()) >= 0);
    }
    demand(::write(file.number(), data + 1, size - 1) >= 0);
    auto const blobs = exec::provision::HostBlobs::open(std::move(file));
    if (!blobs) return 0;
    std::size_t const most = form >> 1U;
    for (auto const& digest : {"sha256:" + name, std::string{"sha256:"}})
        for (std::uint64_t const offset :
             {std::uint64_t{0}, std::uint64_t{form}, ~std::uint64_t{0}})
            demand(blobs->read(digest, offset, most).size() <= most);
    return 0;
}

#pragma once

// What a Keep is made of: the shim's image and the program that it will load.

#include "base/result.hpp"
#include "os/failure.hpp"
#include "os/fd.hpp"
#include "protocol/launch/machine.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace host::vmm {

// How large the parts of an image are, which is all that a plan wants to know of them.
struct ImageSizes {
    std::uint64_t shim = 0;
    std::uint64_t shim_memory =
        0;                      // where that part of the shim's memory begins that it uses at once
    std::uint64_t shim_end = 0; // first address behind the shim's memory
    std::uint64_t program = 0;
    std::uint64_t tree = 0; // of the hash tree over the program; 0: none
};

class Image {
public:
    // `shim`: path of a shim image; `program`: path of a static-pie.
    static os::OrFailure<Image> open(std::string const& shim, std::string const& program);

    // The shim's bytes as they lie in memory from image_address on. They are read from the open
    // file each time, into the Keep and for its measurement: whoever may change what is installed
    // is trusted here.
    base::Result<void> read_shim(std::uint64_t offset, std::span<std::byte> to) const;
    ImageSizes const& sizes() const { return sizes_; }
    protocol::launch::ImageHeader const& header() const { return header_; }
    os::Fd const& shim() const { return shim_; } // the file that holds these bytes
    os::Fd const& program() const { return program_; }
    // The hash tree over the program, PROGRAM.tree, where the shim checks what it loads; else
    // empty.
    os::Fd const& tree() const { return tree_; }

private:
    Image() = default;

    os::Fd shim_;
    std::uint64_t shim_offset_ = 0;
    protocol::launch::ImageHeader header_{};
    os::Fd program_;
    os::Fd tree_;
    ImageSizes sizes_;
};

} // namespace host::vmm

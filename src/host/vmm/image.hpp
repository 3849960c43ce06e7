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

class Image {
public:
    // `shim`: path of a shim image; `program`: path of a static-pie.
    static os::OrFailure<Image> open(std::string const& shim, std::string const& program);

    // The shim's bytes as they lie in memory from image_address on. They are read from the open
    // file each time, into the Keep and for its measurement: whoever may change what is installed
    // is trusted here.
    std::uint64_t shim_size() const { return shim_size_; }
    base::Result<void> read_shim(std::span<std::byte> to) const; // at least shim_size()
    protocol::launch::ImageHeader const& header() const { return header_; }
    os::Fd const& program() const { return program_; }
    std::uint64_t program_size() const { return program_size_; }
    // The hash tree over the program, PROGRAM.tree, where the shim checks what it loads; else
    // empty.
    os::Fd const& tree() const { return tree_; }
    std::uint64_t tree_size() const { return tree_size_; }

private:
    Image() = default;

    os::Fd shim_;
    std::uint64_t shim_offset_ = 0;
    std::uint64_t shim_size_ = 0;
    protocol::launch::ImageHeader header_{};
    os::Fd program_;
    std::uint64_t program_size_ = 0;
    os::Fd tree_;
    std::uint64_t tree_size_ = 0;
};

} // namespace host::vmm

#pragma once

// Where the bytes of a plan's parts come from.

#include "host/vmm/image.hpp"
#include "host/vmm/memory_file.hpp"
#include "host/vmm/plan/plan.hpp"

#include <span>

namespace host::vmm {

class Supply {
public:
    Supply() = default;
    Supply(Supply const&) = delete;
    Supply(Supply&&) = delete;
    Supply& operator=(Supply const&) = delete;
    Supply& operator=(Supply&&) = delete;
    virtual ~Supply() = default;

    // The bytes [offset, offset + to.size()) of these contents. Errno::Io: there are not so many.
    virtual base::Result<void>
    read(Contents const& contents, std::uint64_t offset, std::span<std::byte> to) const = 0;
    // The host's file that begins with these contents; null: none does.
    virtual os::Fd const* file(Contents const& contents) const = 0;
    // The host's file that these contents are read from, wherever in it they lie; null: none.
    virtual os::Fd const* source(Contents const& contents) const { return file(contents); }
};

// Of an image, a plan and the memory files, which all live longer.
class KeepSupply : public Supply {
public:
    KeepSupply(Image const& image, Plan const& plan, std::span<MemoryFile const> files)
        : image_{image}, plan_{plan}, files_{files} {}

    base::Result<void>
    read(Contents const& contents, std::uint64_t offset, std::span<std::byte> to) const override;
    os::Fd const* file(Contents const& contents) const override;
    os::Fd const* source(Contents const& contents) const override;

private:
    Image const& image_;
    Plan const& plan_;
    std::span<MemoryFile const> files_;
};

} // namespace host::vmm

#include "keep/shim/start/start.hpp"

#include <cstring>

namespace shim {

extern "C" {
extern std::byte const vdso_begin[];
extern std::byte const vdso_end[];
}

base::Result<std::uint64_t> map_vdso(Kernel& kernel, std::uint64_t at) {
    auto const page = TRY(kernel.pool.page());
    std::memcpy(physical(page), &kernel.clock, sizeof kernel.clock);
    TRY(kernel.space.map_window({at, at + hw::page_size}, Access::Read, page));
    Range const code{
        at + hw::page_size,
        at + hw::page_size +
            round_up(static_cast<std::uint64_t>(vdso_end - vdso_begin), hw::page_size)
    };
    // Safety: the image runs at its physical address, so the address of its data is one.
    hw::PhysAddr const image{reinterpret_cast<std::uint64_t>(vdso_begin)};
    TRY(kernel.space.map_window(code, Access::Read | Access::Execute, image));
    return code.begin;
}

} // namespace shim

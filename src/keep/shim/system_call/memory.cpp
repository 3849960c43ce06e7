// mmap and its relatives. No page is ever writable and executable at once.

#include "keep/shim/system_call/system_call.hpp"
#include "keep/shim/system_call/transfer.hpp"

namespace shim::system_call {

namespace {

// Linux UAPI, asm-generic/mman.h.
constexpr std::uint64_t prot_known = 7;
constexpr std::uint64_t map_shared = 0x01;
constexpr std::uint64_t map_private = 0x02;
constexpr std::uint64_t map_type = 0x0f;
constexpr std::uint64_t map_fixed = 0x10;
constexpr std::uint64_t map_anonymous = 0x20;
constexpr std::uint64_t map_fixed_noreplace = 0x10'0000;
constexpr std::uint64_t advice_dontneed = 4;
constexpr std::uint64_t advice_free = 8;
constexpr std::uint64_t remap_may_move = 1;

base::Result<Access> access_of(std::uint64_t protection) {
    if (protection & ~prot_known) return std::unexpected(base::Errno::Inval);
    auto access = static_cast<Access>(protection);
    if (allows(access, Access::Write | Access::Execute))
        return std::unexpected(base::Errno::Access);
    // x86 cannot give write or execute without read.
    if (access != Access::None) access = access | Access::Read;
    return access;
}

base::Result<Range> pages(std::uint64_t at, std::uint64_t size) {
    if (at % hw::page_size != 0 || size == 0) return std::unexpected(base::Errno::Inval);
    auto const range = pages_of(at, size);
    if (range.empty()) return std::unexpected(base::Errno::NoMem);
    return range;
}

base::Result<std::uint64_t> place(SystemCall const& call, Access access) {
    auto& space = call.kernel.space;
    auto const flags = call[3];
    if (call[1] == 0) return std::unexpected(base::Errno::Inval);
    if (call[1] > program_space.size()) return std::unexpected(base::Errno::NoMem);
    if (flags & (map_fixed | map_fixed_noreplace)) {
        auto const range = TRY(pages(call[0], call[1]));
        if ((flags & map_fixed_noreplace) && !space.vacant(range))
            return std::unexpected(base::Errno::Exist);
        TRY(space.map_at(range, access));
        return range.begin;
    }
    auto const wished = pages_of(round_down(call[0], hw::page_size), call[1]);
    if (call[0] != 0 && !wished.empty() && space.vacant(wished)) {
        TRY(space.map_at(wished, access));
        return wished.begin;
    }
    return space.map(call[1], access);
}

} // namespace

Reply mmap(SystemCall const& call) {
    auto const access = TRY(access_of(call[2]));
    auto const type = call[3] & map_type;
    if (type != map_private && type != map_shared) return std::unexpected(base::Errno::Inval);
    if (call[3] & map_anonymous) return place(call, access);
    // A private file mapping is a copy made now. A shared one that can be written would need the
    // host at each store.
    if (type == map_shared && allows(access, Access::Write))
        return std::unexpected(base::Errno::NoDev);
    if (call[5] % hw::page_size != 0) return std::unexpected(base::Errno::Inval);
    auto& space = call.kernel.space;
    auto const file = TRY(call.kernel.files.find(call[4]));
    // What lies at a fixed place goes when the file's bytes are there, for they may not be had.
    bool const replaces = (call[3] & (map_fixed | map_fixed_noreplace)) == map_fixed;
    auto const target = replaces ? TRY(pages(call[0], call[1])) : Range{};
    constexpr auto read_write = Access::Read | Access::Write;
    auto const at =
        replaces ? TRY(space.map_beside(target, read_write)).begin : TRY(place(call, read_write));
    Range const range{at, at + round_up(call[1], hw::page_size)};
    auto filled = fill_from_file(call, file, {at, at + call[1]}, call[5]);
    if (filled) filled = space.protect(range, access);
    if (filled && replaces) filled = space.move(range, target);
    if (filled) return replaces ? target.begin : at;
    TRY(space.unmap(range));
    return std::unexpected(filled.error());
}

Reply munmap(SystemCall const& call) {
    if (call[0] % hw::page_size != 0 || call[1] == 0) return std::unexpected(base::Errno::Inval);
    auto const range = pages_of(call[0], call[1]);
    if (!range.empty()) TRY(call.kernel.space.unmap(range));
    return 0;
}

Reply mprotect(SystemCall const& call) {
    auto const access = TRY(access_of(call[2]));
    if (call[0] % hw::page_size != 0) return std::unexpected(base::Errno::Inval);
    if (call[1] == 0) return 0;
    auto const range = TRY(pages(call[0], call[1]));
    TRY(call.kernel.space.protect(range, access));
    return 0;
}

Reply mremap(SystemCall const& call) {
    if (call[3] & ~remap_may_move) return std::unexpected(base::Errno::Inval);
    auto const old = TRY(pages(call[0], call[1]));
    if (call[2] == 0 || call[2] > program_space.size()) return std::unexpected(base::Errno::Inval);
    return call.kernel.space.resize(
        old, round_up(call[2], hw::page_size), (call[3] & remap_may_move) != 0
    );
}

Reply madvise(SystemCall const& call) {
    if (call[0] % hw::page_size != 0) return std::unexpected(base::Errno::Inval);
    if (call[1] == 0) return 0;
    auto const range = TRY(pages(call[0], call[1]));
    if (call[2] == advice_dontneed || call[2] == advice_free) TRY(call.kernel.space.discard(range));
    return 0;
}

Reply brk(SystemCall const& call) { return call.kernel.space.set_break(call[0]); }

} // namespace shim::system_call

// The program's file copied in page by page: a page is checked after it was copied and before
// anything looks at it. What was checked lies in the Keep's own memory and is never fetched again.

#include "base/shared.hpp"
#include "keep/shim/event/kernel.hpp"
#include "keep/shim/start/start.hpp"

#include <cstring>

namespace shim {

namespace {

[[noreturn]] void refuse(Kernel& kernel, std::uint64_t what) {
    namespace hostcall = protocol::hostcall;
    end_keep(
        kernel,
        {.status = hostcall::failed_status,
         .reason = hostcall::EndReason::ProgramChanged,
         .detail = what}
    );
}

} // namespace

base::Result<void> ProgramFile::open(protocol::launch::Boot const& boot, Root const& root) {
    auto const tree = TRY(protocol::program::Tree::create(root.size));
    if (boot.program_size != root.size) refuse(kernel_, protocol::hostcall::whole_program);
    if (!file_fits(boot.tree, tree.size(), boot.memory)) return std::unexpected(base::Errno::Proto);
    place_ = hw::PhysAddr{boot.program};
    tree_place_ = hw::PhysAddr{boot.tree};
    size_ = root.size;
    tree_ = tree;
    top_ = root.top;
    digest_ = PageDigest::create();
    return {};
}

base::Result<hw::PhysAddr>
ProgramFile::take(hw::PhysAddr from, std::uint64_t size, Digest const& wanted, std::uint64_t page) {
    auto const own = TRY(kernel_.pool.page());
    base::fetch_into({physical(own), size}, physical(from));
    // Safety: a page of the pool.
    if (digest_.of(*reinterpret_cast<Node const*>(physical(own))) != wanted) refuse(kernel_, page);
    return own;
}

base::Result<ProgramFile::Node const*>
ProgramFile::node(std::uint64_t number, Digest const& wanted, std::uint64_t page) {
    nodes_.reach(number + 1);
    auto& kept = nodes_[number];
    if (kept == hw::PhysAddr{})
        kept = TRY(take(tree_place_ + number * sizeof(Node), sizeof(Node), wanted, page));
    // Safety: a page of the pool that nobody else has and that holds a node.
    return reinterpret_cast<Node const*>(physical(kept));
}

base::Result<hw::PhysAddr> ProgramFile::page(std::uint64_t offset) {
    std::uint64_t const number = offset / hw::page_size;
    auto const wanted =
        TRY(protocol::program::digest_of(
            tree_, top_, number, [&](std::uint64_t at, Digest const& digest) {
                return node(at, digest, number);
            }
        ));
    auto const begin = number * hw::page_size;
    auto const own =
        TRY(take(place_ + begin, smaller(size_ - begin, hw::page_size), wanted, number));
    ++checked_;
    return own;
}

base::Result<void> ProgramFile::read(std::uint64_t offset, std::span<std::byte> to) {
    if (!holds(offset, to.size())) return std::unexpected(base::Errno::NoExec);
    while (!to.empty()) {
        auto const own = TRY(page(offset));
        auto const n = smaller(hw::page_size - (offset % hw::page_size), to.size());
        std::memcpy(to.data(), physical(own + offset % hw::page_size), n);
        kernel_.pool.release(own);
        to = to.subspan(n);
        offset += n;
    }
    return {};
}

base::Result<void> ProgramFile::map(Range pages, Access access, Part const& part) {
    constexpr auto read_write = Access::Read | Access::Write;
    auto& space = kernel_.space;
    auto const end = part.at + part.size;
    Range const filled{pages.begin, part.size == 0 ? pages.begin : round_up(end, hw::page_size)};
    if (!filled.empty())
        TRY(space.map_file(filled, read_write, round_down(part.offset, hw::page_size)));
    if (filled.end < pages.end) TRY(space.map_at({filled.end, pages.end}, read_write));
    if (!part.whole && end < filled.end) TRY(kernel_.user.zero(end, filled.end - end));
    return access == read_write ? base::Result<void>{} : space.protect(pages, access);
}

} // namespace shim

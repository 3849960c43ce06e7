// A host that writes what the input says over a program's file and its hash tree, between and
// before the pages that the program touches. Expected: the page as it was built, or the Keep's end.

#include "crypto/digest.hpp"
#include "keep/shim/platform/fake/world.hpp"
#include "protocol/program/build.hpp"

#include <cstdlib>
#include <cstring>

namespace {

using namespace shim;
using protocol::program::Page;

constexpr std::uint64_t pages = 140; // two levels of nodes
constexpr std::uint64_t tree_pages = 3;
constexpr std::uint64_t file_place = fake::small_memory.first;
constexpr std::uint64_t tree_place = file_place + (pages * hw::page_size);
constexpr std::uint64_t files_end = tree_place + (tree_pages * hw::page_size);
constexpr fake::Memory memory{
    .first = file_place, .limit = file_place, .busy = {file_place, files_end}
};

std::vector<std::byte> const& program() {
    static std::vector<std::byte> const file = [] {
        std::vector<std::byte> bytes((pages * hw::page_size) - 100);
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<std::byte>((i * 7) + (i / hw::page_size));
        return bytes;
    }();
    return file;
}

protocol::program::BuiltTree const& built() {
    static auto const tree = *protocol::program::build_tree(program(), [](Page const& page) {
        return crypto::sha256(page);
    });
    return tree;
}

void touch(Kernel& kernel, std::uint64_t page) {
    auto const own = kernel.program.page(page * hw::page_size);
    if (!own) return;
    auto const begin = page * hw::page_size;
    auto const size = smaller(program().size() - begin, hw::page_size);
    if (std::memcmp(physical(*own), program().data() + begin, size) != 0) std::abort();
    kernel.pool.release(*own);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    fake::World world{memory};
    auto& kernel = world.kernel();
    std::memcpy(physical(hw::PhysAddr{file_place}), program().data(), program().size());
    std::memcpy(physical(hw::PhysAddr{tree_place}), built().bytes.data(), built().bytes.size());
    protocol::launch::Boot boot{};
    boot.program = file_place;
    boot.program_size = program().size();
    boot.tree = tree_place;
    boot.memory = files_end;
    if (!kernel.program.open(boot, built().root)) std::abort();
    // Three bytes of place and one of what to write there; 0xff in the last: touch the page.
    for (; size >= 4; data += 4, size -= 4) {
        auto const place = data[0] | data[1] << 8 | data[2] << 16;
        auto const at = static_cast<std::uint64_t>(place) % ((pages + tree_pages) * hw::page_size);
        if (data[3] != 0xff) {
            *physical(hw::PhysAddr{file_place + at}) = static_cast<std::byte>(data[3]);
            continue;
        }
        try {
            touch(kernel, at / hw::page_size);
        } catch (fake::Ended const&) {
            return 0;
        }
    }
    return 0;
}

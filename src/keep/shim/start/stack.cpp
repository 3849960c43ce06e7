// What a program finds when it starts: the vDSO, and its stack.

#include "keep/shim/start/start.hpp"
#include "protocol/launch/traits.hpp"

#include <algorithm>
#include <new>

namespace shim {

extern "C" {
extern std::byte const vdso_begin[];
extern std::byte const vdso_end[];
}

namespace {

constexpr std::uint64_t stack_size = 8 << 20;
constexpr std::uint64_t eager_stack = 128 << 10;

// An entry of the auxiliary vector, Linux UAPI, linux/auxvec.h.
struct Auxiliary {
    std::uint64_t kind, value;
};
using AuxiliaryVector = std::array<Auxiliary, 17>;

AuxiliaryVector describe(
    Kernel const& kernel,
    StackContents const& contents,
    LoadedProgram const& program,
    std::uint64_t random,
    std::uint64_t name
) {
    constexpr std::uint64_t fsgsbase_enabled = 2;
    return {{
        {3, program.headers},      // AT_PHDR
        {4, 56},                   // AT_PHENT
        {5, program.header_count}, // AT_PHNUM
        {6, hw::page_size},        // AT_PAGESZ
        {9, program.entry},        // AT_ENTRY
        {11, kernel.user_id},      // AT_UID
        {12, kernel.user_id},      // AT_EUID
        {13, kernel.group_id},     // AT_GID
        {14, kernel.group_id},     // AT_EGID
        {17, 100},                 // AT_CLKTCK
        {23, 0},                   // AT_SECURE
        {25, random},              // AT_RANDOM
        {26, fsgsbase_enabled},    // AT_HWCAP2
        {31, name},                // AT_EXECFN
        {33, contents.vdso},       // AT_SYSINFO_EHDR
        {protocol::launch::traits_entry, contents.traits},
        {0, 0}, // AT_NULL
    }};
}

// Where the text ends that begins at `at` on the program's own stack, behind its zero; Proto if
// that is not before `end`.
base::Result<std::uint64_t> end_of_text(Kernel& kernel, std::uint64_t at, std::uint64_t end) {
    while (at < end) {
        auto page = TRY(kernel.space.reach(at, Access::Read));
        page = page.first(std::min<std::uint64_t>(page.size(), end - at));
        auto const zero = std::ranges::find(page, std::byte{0});
        at += static_cast<std::uint64_t>(zero - page.begin());
        if (zero != page.end()) return at + 1;
    }
    return std::unexpected(base::Errno::Proto);
}

// Stores the addresses of `count` of the texts in `texts`, and a zero, at `to`; moves both behind
// them.
base::Result<void> put_texts(Kernel& kernel, std::uint64_t& to, Range& texts, std::uint32_t count) {
    for (std::uint32_t i = 0; i < count; ++i, to += 8) {
        TRY(kernel.user.store(to, texts.begin));
        texts.begin = TRY(end_of_text(kernel, texts.begin, texts.end));
    }
    TRY(kernel.user.store(to, std::uint64_t{0}));
    to += 8;
    return {};
}

} // namespace

base::Result<std::uint64_t> map_vdso(Kernel& kernel, std::uint64_t at) {
    // Safety: fresh pages, that stay the Keep's whatever the program does to its mapping.
    auto const mark = TRY(kernel.pool.page());
    auto const page = TRY(kernel.pool.page());
    kernel.clock.share(new (physical(mark)) clock_word{0});
    new (physical(page)) clock_page{static_cast<clock_page const&>(kernel.clock)};
    TRY(kernel.space.map_own_page(at, mark));
    TRY(kernel.space.map_window({at + hw::page_size, at + 2 * hw::page_size}, Access::Read, page));
    auto const size = static_cast<std::uint64_t>(vdso_end - vdso_begin);
    Range const code{
        at + 2 * hw::page_size, at + 2 * hw::page_size + round_up(size, hw::page_size)
    };
    // Safety: the image runs at its physical address, so the address of its data is one.
    hw::PhysAddr const image{reinterpret_cast<std::uint64_t>(vdso_begin)};
    TRY(kernel.space.map_window(code, Access::Read | Access::Execute, image));
    return code.begin;
}

base::Result<std::uint64_t> make_stack(
    Kernel& kernel, std::uint64_t top, StackContents const& contents, LoadedProgram const& program
) {
    // The lowest page is left out: a guard, whatever lies below.
    TRY(kernel.space.map_at(
        {top - stack_size + hw::page_size, top - eager_stack}, Access::Read | Access::Write
    ));
    TRY(kernel.space.map_at({top - eager_stack, top}, Access::Read | Access::Write));
    TRY(kernel.space.map_at({top - stack_size, top - stack_size + hw::page_size}, Access::None));

    auto& user = kernel.user;
    std::uint64_t const strings_at = round_down(top - 64 - contents.strings.size(), 16);
    // Fetched once: from here on the copy counts.
    TRY(user.write(strings_at, contents.strings));
    std::uint64_t const random_at = strings_at - 16;
    std::array<std::uint64_t, 2> random{};
    for (auto& word : random) word = TRY(Machine::random());
    TRY(user.store(random_at, random));
    auto const auxiliary = describe(kernel, contents, program, random_at, strings_at);
    std::uint64_t const size =
        (3ULL + contents.arguments + contents.environment) * 8 + sizeof auxiliary;
    if (size > stack_size / 2) return std::unexpected(base::Errno::TooBig);
    std::uint64_t const pointer = round_down(random_at - size, 16);
    std::uint64_t to = pointer + 8;
    Range texts{strings_at, strings_at + contents.strings.size()};
    TRY(user.store(pointer, std::uint64_t{contents.arguments}));
    TRY(put_texts(kernel, to, texts, contents.arguments));
    TRY(put_texts(kernel, to, texts, contents.environment));
    TRY(user.store(to, auxiliary));
    return pointer;
}

} // namespace shim

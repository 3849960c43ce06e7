#include "keep/shim/start/stack.hpp"

#include <algorithm>

namespace shim {

namespace {

constexpr std::uint64_t stack_size = 8 << 20;
constexpr std::uint64_t eager_stack = 128 << 10;

// Linux UAPI, linux/auxvec.h.
enum class Auxiliary : std::uint64_t {
    End = 0,
    Headers = 3,
    HeaderSize = 4,
    HeaderCount = 5,
    PageSize = 6,
    Base = 7,
    Flags = 8,
    Entry = 9,
    Uid = 11,
    EffectiveUid = 12,
    Gid = 13,
    EffectiveGid = 14,
    ClockTicks = 17,
    Secure = 23,
    Random = 25,
    Hwcap2 = 26,
    FileName = 31,
    Vdso = 33,
};

constexpr std::uint64_t fsgsbase_enabled = 2;

// Writes 8-byte words upwards.
class Words {
public:
    Words(UserMemory& user, std::uint64_t at) : user_{user}, at_{at} {}

    base::Result<void> put(std::uint64_t word) {
        TRY(user_.store(at_, word));
        at_ += sizeof word;
        return {};
    }
    base::Result<void> put(Auxiliary kind, std::uint64_t value) {
        TRY(put(static_cast<std::uint64_t>(kind)));
        return put(value);
    }

private:
    UserMemory& user_;
    std::uint64_t at_;
};

// The addresses of `count` texts that follow each other at `at`; moves `strings` and `at` behind
// them.
base::Result<void> put_texts(
    Words& words, std::span<std::byte const>& strings, std::uint64_t& at, std::uint32_t count
) {
    for (std::uint32_t i = 0; i < count; ++i) {
        auto const end = std::ranges::find(strings, std::byte{0});
        if (end == strings.end()) return std::unexpected(base::Errno::Proto);
        auto const size = static_cast<std::size_t>(end - strings.begin()) + 1;
        TRY(words.put(at));
        strings = strings.subspan(size);
        at += size;
    }
    return words.put(0);
}

base::Result<void> put_auxiliary(
    Kernel const& kernel,
    Words& words,
    LoadedProgram const& program,
    std::uint64_t random,
    std::uint64_t name,
    std::uint64_t vdso
) {
    using enum Auxiliary;
    std::uint64_t const user_id = kernel.user_id;
    std::uint64_t const group_id = kernel.group_id;
    std::pair<Auxiliary, std::uint64_t> const vector[]{
        {Headers, program.headers},
        {HeaderSize, 56},
        {HeaderCount, program.header_count},
        {PageSize, hw::page_size},
        {Base, 0},
        {Flags, 0},
        {Entry, program.entry},
        {Uid, user_id},
        {EffectiveUid, user_id},
        {Gid, group_id},
        {EffectiveGid, group_id},
        {ClockTicks, 100},
        {Secure, 0},
        {Random, random},
        {Hwcap2, fsgsbase_enabled},
        {FileName, name},
    };
    for (auto const& [kind, value] : vector) TRY(words.put(kind, value));
    if (vdso != 0) TRY(words.put(Vdso, vdso));
    return words.put(End, 0);
}

constexpr std::uint64_t auxiliary_words = 2 * 18;

} // namespace

base::Result<std::uint64_t> make_stack(
    Kernel& kernel, std::uint64_t top, StackContents const& contents, LoadedProgram const& program
) {
    // The lowest page is left out: a guard, whatever lies below.
    TRY(kernel.space.map_at(
        {top - stack_size + hw::page_size, top - eager_stack}, Access::Read | Access::Write
    ));
    TRY(kernel.space.map_at({top - eager_stack, top}, Access::Read | Access::Write));
    TRY(kernel.space.map_at({top - stack_size, top - stack_size + hw::page_size}, Access::None));

    std::uint64_t const strings_at = round_down(top - 64 - contents.strings.size(), 16);
    TRY(kernel.user.write(strings_at, contents.strings));
    std::uint64_t const random_at = strings_at - 16;
    for (std::uint64_t i = 0; i < 2; ++i) {
        auto const word = TRY(Machine::random());
        TRY(kernel.user.store(random_at + 8 * i, word));
    }
    std::uint64_t const words =
        1 + contents.arguments + 1 + contents.environment + 1 + auxiliary_words;
    if (words * 8 > stack_size / 2) return std::unexpected(base::Errno::TooBig);
    std::uint64_t const pointer = round_down(random_at - words * 8, 16);
    Words out{kernel.user, pointer};
    auto strings = contents.strings;
    std::uint64_t at = strings_at;
    TRY(out.put(contents.arguments));
    TRY(put_texts(out, strings, at, contents.arguments));
    TRY(put_texts(out, strings, at, contents.environment));
    TRY(put_auxiliary(kernel, out, program, random_at, strings_at, contents.vdso));
    return pointer;
}

} // namespace shim

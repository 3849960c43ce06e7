#include "keep/exec/wasi/texts.hpp"

namespace exec::wasi {

namespace {

struct Sizes {
    std::uint32_t count = 0;
    std::uint32_t bytes = 0;
};

Result<Sizes> sizes_of(std::span<std::string const> texts) {
    std::uint64_t bytes = 0;
    for (auto const& text : texts) bytes += text.size() + 1;
    if (texts.size() > UINT32_MAX || bytes > UINT32_MAX) return std::unexpected(Errno::Overflow);
    return Sizes{
        .count = static_cast<std::uint32_t>(texts.size()),
        .bytes = static_cast<std::uint32_t>(bytes)
    };
}

} // namespace

Result<void> write_sizes(
    GuestMemory memory,
    std::span<std::string const> texts,
    Pointer<std::uint32_t> count,
    Pointer<std::uint32_t> bytes
) {
    auto const sizes = TRY(sizes_of(texts));
    TRY(memory.write(count, sizes.count));
    return memory.write(bytes, sizes.bytes);
}

Result<void> write_texts(
    GuestMemory memory,
    std::span<std::string const> texts,
    Pointer<std::uint32_t> pointers,
    Pointer<std::byte> to
) {
    auto const sizes = TRY(sizes_of(texts));
    TRY(memory.check(pointers, sizes.count));
    auto const room = TRY(memory.bytes(to, sizes.bytes));
    std::uint32_t at = 0;
    for (std::uint32_t i = 0; i < sizes.count; ++i) {
        TRY(memory.write(GuestMemory::element(pointers, i), to.at + at));
        std::memcpy(room.data() + at, texts[i].c_str(), texts[i].size() + 1);
        at += static_cast<std::uint32_t>(texts[i].size() + 1);
    }
    return {};
}

} // namespace exec::wasi

#include "attest/certificate_table.hpp"

#include "base/wire.hpp"

#include <algorithm>
#include <array>

namespace attest {

namespace {

using Guid = base::Bytes<16>;

struct Entry {
    Guid guid;        // 0x00
    base::U32 offset; // 0x10
    base::U32 length; // 0x14
};
static_assert(sizeof(Entry) == 0x18);

constexpr std::size_t most = 32; // entries; hosts have five

constexpr Guid guid(std::uint64_t high, std::uint64_t low) {
    Guid out{};
    for (unsigned i = 0; i < 8; ++i) {
        out[i] = std::byte(high >> (56 - (8 * i)));
        out[8 + i] = std::byte(low >> (56 - (8 * i)));
    }
    return out;
}

// In the order of their text, which is that of the bytes.
constexpr std::array certificates{
    guid(0x63da758de6644564, 0xadc5f4b93be8accd), // VCEK
    guid(0xa8074bc2a25a483e, 0xaae639c045a0b8a1), // VLEK
    guid(0x4ab7b379bbac4fe4, 0xa02f05aef327c782), // ASK
    guid(0xc0b406a4a8034952, 0x97433fb6014cd0ae), // ARK
    guid(0x92f81bc358114d3d, 0x97ffd19f88dc67ea), // revocation list
};
// What go-sev-guest puts beside them: which processor it is.
constexpr Guid platform_information = guid(0xecae0c0f950243b1, 0xafa20ae2e0d565b6);

bool known(Guid const& of) { return std::ranges::find(certificates, of) != certificates.end(); }

} // namespace

bool looks_like_certificate_table(base::View bytes) {
    auto left = bytes;
    auto const first = base::take<Entry>(left);
    return first && (known(first->guid) || first->guid == platform_information);
}

base::Result<std::vector<TableEntry>, crypto::Malformed> parse_certificate_table(base::View bytes) {
    std::vector<Entry> entries;
    auto left = bytes;
    while (true) {
        auto const at = bytes.size() - left.size();
        auto const entry = base::take<Entry>(left);
        if (!entry)
            return std::unexpected(
                crypto::Malformed{.what = "an entry of zeros behind all", .offset = at}
            );
        if (entry->guid == Guid{} && entry->offset == 0U && entry->length == 0U) break;
        if (entries.size() == most)
            return std::unexpected(crypto::Malformed{.what = "fewer entries", .offset = at});
        entries.push_back(*entry);
    }
    auto const begin = bytes.size() - left.size();
    std::vector<TableEntry> out;
    for (std::size_t i = 0; i < entries.size(); ++i) {
        std::size_t const offset = entries[i].offset;
        std::size_t const length = entries[i].length;
        if (offset < begin || offset > bytes.size() || length > bytes.size() - offset)
            return std::unexpected(
                crypto::Malformed{
                    .what = "offset and length of bytes behind the table",
                    .offset = (sizeof(Entry) * i) + sizeof(Guid)
                }
            );
        if (known(entries[i].guid) && length > 0)
            out.push_back({.content = bytes.subspan(offset, length), .offset = offset});
    }
    return out;
}

} // namespace attest

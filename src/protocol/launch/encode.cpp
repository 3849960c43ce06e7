// Writes a launch block: the host's side.

#include "protocol/launch/launch.hpp"

#include <algorithm>
#include <bit>

namespace protocol::launch {

namespace {

// Appends to a buffer whose size the caller has checked.
class Writer {
public:
    explicit Writer(std::span<std::byte> out) : out_{out} {}

    void bytes(std::span<std::byte const> from) {
        std::ranges::copy(from, out_.begin());
        out_ = out_.subspan(from.size());
    }
    template <base::Wire T> void put(T const& value) {
        bytes(std::bit_cast<base::Bytes<sizeof(T)>>(value));
    }

private:
    std::span<std::byte> out_;
};

} // namespace

std::array<char, 8> number_text(std::uint64_t value) {
    return std::bit_cast<std::array<char, 8>>(base::U64{value});
}

std::size_t encoded_size(std::span<Item const> items) {
    std::size_t size = sizeof(Header);
    for (auto const& item : items) size += sizeof(ItemHeader) + item.text.size();
    return size;
}

base::Result<void> encode(std::span<Item const> items, std::span<std::byte> out) {
    auto const size = encoded_size(items);
    if (size > max_size) return std::unexpected(base::Errno::TooBig);
    if (size != out.size()) return std::unexpected(base::Errno::Inval);
    Writer writer{out};
    writer.put(
        Header{
            .magic = std::bit_cast<base::Bytes<8>>(magic),
            .size = static_cast<std::uint32_t>(size),
            .count = static_cast<std::uint32_t>(items.size())
        }
    );
    for (auto const& item : items) {
        writer.put(
            ItemHeader{
                .kind = static_cast<std::uint16_t>(item.kind),
                .reserved = std::uint16_t{0},
                .descriptor = static_cast<std::uint32_t>(item.descriptor),
                .length = static_cast<std::uint32_t>(item.text.size())
            }
        );
        writer.bytes(std::as_bytes(std::span{item.text}));
    }
    return {};
}

} // namespace protocol::launch

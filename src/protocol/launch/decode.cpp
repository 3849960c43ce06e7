// Checks a launch block byte for byte before anything in it is believed.

#include "protocol/evidence/vouched.hpp"
#include "protocol/launch/launch.hpp"

#include <algorithm>
#include <array>

namespace protocol::launch {

namespace {

// What an item of each kind must look like.
struct Shape {
    bool repeats = false;
    bool descriptor = false;
    std::size_t size = 0; // bytes of a number or a digest; 0: text
    std::size_t most = 0; // bytes of any kind, at most; 0: text
};

constexpr std::size_t number_size = sizeof(std::uint64_t);

constexpr Shape shape_of(Kind kind) {
    switch (kind) {
    case Kind::Module:
        return {.descriptor = true};
    case Kind::Argument:
    case Kind::Environment:
        return {.repeats = true};
    case Kind::Directory:
    case Kind::HostDirectory:
        return {.repeats = true, .descriptor = true};
    case Kind::PackageDirectory:
    case Kind::Artefact:
    case Kind::ArtefactSink:
    case Kind::Channel:
    case Kind::Blobs:
        return {.descriptor = true};
    case Kind::MaxMemory:
    case Kind::TimeoutMs:
    case Kind::Timings:
        return {.size = number_size};
    case Kind::Measurement:
        return {.size = sizeof(evidence::Measurement)};
    case Kind::Certificates:
        return {.most = evidence::most_certificates};
    default:
        return {};
    }
}

constexpr bool known(std::uint16_t kind) {
    return kind >= static_cast<std::uint16_t>(Kind::Action) &&
           kind <= static_cast<std::uint16_t>(Kind::Certificates);
}

std::string_view text_of(std::span<std::byte const> bytes) {
    // Safety: any byte may be read as a char.
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

// The rule that this item breaks; empty if none.
std::string_view broken_rule(ItemHeader header, std::string_view text) {
    if (!known(header.kind)) return "an item is of an unknown kind";
    if (header.reserved != 0) return "a reserved field is not zero";
    Shape const shape = shape_of(Kind{std::uint16_t(header.kind)});
    bool const has_descriptor = header.descriptor != static_cast<std::uint32_t>(no_descriptor);
    if (has_descriptor != shape.descriptor)
        return "an item lacks its descriptor or has one too many";
    if (has_descriptor && header.descriptor > 0x7fff'ffffU) return "a descriptor is negative";
    if (has_descriptor && header.descriptor <= static_cast<std::uint32_t>(block_descriptor))
        return "a descriptor is a standard stream or the block itself";
    if (shape.size != 0 && text.size() != shape.size)
        return shape.size == number_size ? "a number has not eight bytes"
                                         : "a measurement has not 48 bytes";
    if (shape.most != 0 && (text.empty() || text.size() > shape.most))
        return "certificates have no byte, or more than 32 KiB";
    if (shape.size == 0 && shape.most == 0 && text.contains('\0'))
        return "a text contains a zero byte";
    return {};
}

// The descriptors of the items so far. Who takes an item closes its descriptor, so each is one
// item's alone.
class Descriptors {
public:
    std::string_view broken_rule(std::uint32_t descriptor) {
        if (descriptor == static_cast<std::uint32_t>(no_descriptor)) return {};
        if (std::ranges::count(std::span{all_}.first(count_), descriptor) != 0)
            return "a descriptor is there twice";
        if (count_ == all_.size()) return "it has more than 128 descriptors";
        all_[count_++] = descriptor;
        return {};
    }

private:
    std::array<std::uint32_t, 128> all_{};
    std::size_t count_ = 0;
};

} // namespace

base::Result<Items, Malformed> decode(std::span<std::byte const> block) {
    if (block.size() > max_size) return std::unexpected(Malformed{"it is larger than 64 MiB"});
    auto rest = block;
    auto const header = base::take<Header>(rest);
    if (!header) return std::unexpected(Malformed{"it is shorter than its header"});
    if (text_of(header->magic) != std::string_view{magic.data(), magic.size()})
        return std::unexpected(Malformed{"it does not begin with its magic"});
    if (header->size != block.size())
        return std::unexpected(Malformed{"its size is not the one it states"});

    auto const items = rest;
    Descriptors descriptors;
    std::uint32_t seen = 0;
    for (std::uint32_t n = header->count; n > 0; --n) {
        auto const item = base::take<ItemHeader>(rest);
        if (!item || item->length > rest.size())
            return std::unexpected(Malformed{"an item passes the end"});
        auto const text = text_of(rest.first(item->length));
        rest = rest.subspan(item->length);
        if (auto const rule = broken_rule(*item, text); !rule.empty())
            return std::unexpected(Malformed{rule});
        if (auto const rule = descriptors.broken_rule(item->descriptor); !rule.empty())
            return std::unexpected(Malformed{rule});
        std::uint32_t const bit = 1U << item->kind;
        if ((seen & bit) != 0 && !shape_of(Kind{std::uint16_t(item->kind)}).repeats)
            return std::unexpected(Malformed{"an item is there twice"});
        seen |= bit;
    }
    if (!rest.empty()) return std::unexpected(Malformed{"bytes follow the last item"});
    return Items{items};
}

Item Items::Iterator::operator*() const {
    auto rest = rest_;
    auto const header = base::take<ItemHeader>(rest).value_or(ItemHeader{});
    return {
        .kind = Kind{std::uint16_t(header.kind)},
        .descriptor = static_cast<int>(std::uint32_t(header.descriptor)),
        .text = text_of(rest.first(header.length))
    };
}

Items::Iterator& Items::Iterator::operator++() {
    auto const header = base::take<ItemHeader>(rest_).value_or(ItemHeader{});
    rest_ = rest_.subspan(header.length);
    return *this;
}

std::uint64_t Item::number() const {
    auto rest = std::as_bytes(std::span{text});
    return base::take<base::U64>(rest).value_or(0);
}

} // namespace protocol::launch

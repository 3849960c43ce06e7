#include "attest/bundle.hpp"

#include "base/cbor.hpp"

#include <algorithm>
#include <array>

namespace attest {

namespace {

using base::View;
using base::cbor::Reader;
using crypto::Malformed;

constexpr std::uint64_t self_described = 55799; // RFC 8949, 3.4.6
constexpr std::string_view name = "enarx endorsements";
constexpr std::uint64_t version = 1;
constexpr std::size_t most_parts = 10'000;

// The tag, the array of three and the name.
constexpr std::array prefix{
    std::byte{0xd9}, std::byte{0xd9}, std::byte{0xf7}, std::byte{0x83}, std::byte{0x72}
};

// Deterministic order; equal parts are the same part.
std::strong_ordering order(Bundled const& left, Bundled const& right) {
    if (left.kind != right.kind) return left.kind <=> right.kind;
    return std::lexicographical_compare_three_way(
        left.content.begin(), left.content.end(), right.content.begin(), right.content.end()
    );
}

std::unexpected<Malformed> malformed(std::string_view what, std::size_t offset) {
    return std::unexpected(Malformed{.what = what, .offset = offset});
}

base::Result<Bundled, Malformed> read_part(Reader& in) {
    auto const start = in.offset();
    auto const pair = in.array();
    auto const kind = in.unsigned_number();
    auto const content = in.bytes();
    if (!pair || *pair != 2 || !kind || !content)
        return malformed("a pair of kind and content", start);
    if (*kind < 1 || *kind > 3)
        return malformed("kind 1 (certificate), 2 (revocation list) or 3 (document)", start + 1);
    return Bundled{
        .kind = BundledKind(*kind),
        .content = *content,
        .offset = in.offset() - content->size(),
    };
}

void encode(base::cbor::Writer& out, std::vector<Bundled> const& parts) {
    out.tag(self_described);
    out.array(3);
    out.text(name);
    out.unsigned_number(version);
    out.array(parts.size());
    for (auto const& part : parts) {
        out.array(2);
        out.unsigned_number(std::uint64_t(part.kind));
        out.bytes(part.content);
    }
}

} // namespace

bool looks_like_bundle(View bytes) {
    return bytes.size() >= prefix.size() && base::equal(bytes.first(prefix.size()), prefix);
}

base::Result<std::vector<Bundled>, Malformed> parse_bundle(View bytes) {
    Reader in{bytes};
    auto const tag = in.tag();
    auto const fields = in.array();
    auto const title = in.text();
    if (!tag || *tag != self_described || !fields || *fields != 3 || !title || *title != name)
        return malformed("a bundle of endorsements", 0);
    auto const at_version = in.offset();
    auto const found = in.unsigned_number();
    if (!found || *found != version) return malformed("version 1 of bundles", at_version);
    auto const at_count = in.offset();
    auto const count = in.array();
    if (!count || *count > most_parts)
        return malformed("a list of at most 10000 endorsements", at_count);
    std::vector<Bundled> out;
    for (std::uint64_t i = 0; i < *count; ++i) {
        auto const start = in.offset();
        auto const part = TRY(read_part(in));
        if (!out.empty() && order(out.back(), part) >= 0)
            return malformed("endorsements in order, each once", start);
        out.push_back(part);
    }
    if (!in.at_end()) return malformed("nothing behind the bundle", in.offset());
    return out;
}

std::vector<std::byte> write_bundle(std::vector<Bundled> parts) {
    std::ranges::sort(parts, [](auto const& a, auto const& b) { return order(a, b) < 0; });
    auto const same = [](auto const& a, auto const& b) { return order(a, b) == 0; };
    auto const again = std::ranges::unique(parts, same);
    parts.erase(again.begin(), again.end());
    return base::cbor::encoded([&](base::cbor::Writer& out) { encode(out, parts); });
}

} // namespace attest

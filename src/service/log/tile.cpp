#include "service/log/tile.hpp"

#include <algorithm>
#include <charconv>

namespace service {

namespace {

constexpr std::string_view root = "tile/";
constexpr std::string_view entries = "entries";
constexpr std::string_view partial = ".p/";
constexpr std::uint64_t group = 1000;
constexpr std::size_t length_size = 2;

std::string three_digits(std::uint64_t number) {
    auto const text = std::to_string(number);
    return std::string(3 - text.size(), '0') + text;
}

template <class T> std::optional<T> number(std::string_view text) {
    T out{};
    auto const [end, error] = std::from_chars(text.begin(), text.end(), out);
    if (error != std::errc{} || end != text.end()) return {};
    return out;
}

// Whether it was spelled in the one right way is for the caller to see.
std::optional<std::uint64_t> parse_index(std::string_view text) {
    std::uint64_t out = 0;
    for (bool last = false; !last;) {
        auto const slash = text.find('/');
        last = slash == std::string_view::npos;
        auto part = text.substr(0, slash);
        if (!last) {
            if (!part.starts_with('x')) return {};
            part.remove_prefix(1);
            text.remove_prefix(slash + 1);
        }
        auto const three = part.size() == 3 ? number<unsigned>(part) : std::nullopt;
        if (!three || out > (UINT64_MAX - *three) / group) return {};
        out = out * group + *three;
    }
    return out;
}

} // namespace

std::string path_of(TileName const& name) {
    std::string digits = three_digits(name.index % group);
    for (auto rest = name.index / group; rest != 0; rest /= group)
        digits = 'x' + three_digits(rest % group) + '/' + digits;
    auto out = std::string{root} +
               (name.level ? std::to_string(*name.level) : std::string{entries}) + '/' + digits;
    if (name.width != tile_width) out += std::string{partial} + std::to_string(name.width);
    return out;
}

std::optional<TileName> parse_tile_path(std::string_view path) {
    auto const whole = path;
    if (!path.starts_with(root)) return {};
    path.remove_prefix(root.size());
    TileName out;
    auto const slash = path.find('/');
    if (slash == std::string_view::npos) return {};
    if (path.substr(0, slash) != entries) {
        out.level = number<unsigned>(path.substr(0, slash));
        if (!out.level || *out.level > highest_level) return {};
    }
    path.remove_prefix(slash + 1);
    if (auto const at = path.find(partial); at != std::string_view::npos) {
        auto const width = number<unsigned>(path.substr(at + partial.size()));
        if (!width || *width == 0 || *width >= tile_width) return {};
        out.width = *width;
        path = path.substr(0, at);
    }
    auto const index = parse_index(path);
    if (!index) return {};
    out.index = *index;
    if (path_of(out) != whole) return {};
    return out;
}

std::optional<std::vector<crypto::Sha256Digest>> parse_tile(base::View bytes, unsigned width) {
    constexpr auto size = sizeof(crypto::Sha256Digest);
    if (bytes.size() != width * size) return {};
    std::vector<crypto::Sha256Digest> out(width);
    for (auto& hash : out) {
        std::ranges::copy(bytes.first(size), hash.begin());
        bytes = bytes.subspan(size);
    }
    return out;
}

Blob encode_tile(std::span<crypto::Sha256Digest const> hashes) {
    Blob out;
    out.reserve(hashes.size() * sizeof(crypto::Sha256Digest));
    for (auto const& hash : hashes) out.insert(out.end(), hash.begin(), hash.end());
    return out;
}

void append_to_bundle(Blob& bundle, base::View entry) {
    bundle.push_back(std::byte(entry.size() >> 8));
    bundle.push_back(std::byte(entry.size()));
    bundle.insert(bundle.end(), entry.begin(), entry.end());
}

std::optional<std::vector<base::View>> parse_bundle(base::View bytes, unsigned width) {
    std::vector<base::View> out;
    while (!bytes.empty()) {
        if (bytes.size() < length_size || out.size() == width) return {};
        auto const size =
            std::to_integer<std::size_t>(bytes[0]) << 8 | std::to_integer<std::size_t>(bytes[1]);
        bytes = bytes.subspan(length_size);
        if (size > bytes.size()) return {};
        out.push_back(bytes.first(size));
        bytes = bytes.subspan(size);
    }
    if (out.size() != width) return {};
    return out;
}

} // namespace service

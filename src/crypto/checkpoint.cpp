// Notes are read strictly: one spelling of each number and of each base64 text.

#include "crypto/checkpoint.hpp"

#include "base/hex.hpp"
#include "crypto/base64.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

namespace crypto {

namespace {

constexpr std::byte ed25519_type{1};
constexpr std::string_view dash = "\xe2\x80\x94 "; // an em dash, U+2014, and a space
constexpr std::size_t id_size = 4;

using KeyId = base::Bytes<id_size>;

std::vector<std::byte> typed(base::View public_key) {
    std::vector<std::byte> out{ed25519_type};
    out.insert(out.end(), public_key.begin(), public_key.end());
    return out;
}

KeyId key_id(std::string_view origin, base::View public_key) {
    auto const digest = Sha256{}
                            .add(base::view_of(origin))
                            .add(base::view_of("\n"))
                            .add(typed(public_key))
                            .digest();
    KeyId out{};
    std::copy_n(digest.begin(), out.size(), out.begin());
    return out;
}

std::string text_of(TreeHead const& head, std::string_view origin) {
    return std::string{origin} + '\n' + std::to_string(head.size) + '\n' +
           encode_base64(head.root) + '\n';
}

// The line up to the next end of line, which is taken, too.
std::optional<std::string_view> take_line(std::string_view& text) {
    auto const end = text.find('\n');
    if (end == std::string_view::npos) return {};
    auto const line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

struct SignatureLine {
    std::string_view name;
    std::vector<std::byte> bytes; // key id, and what that key's type makes
};

std::optional<SignatureLine> parse_signature(std::string_view line) {
    if (!line.starts_with(dash)) return {};
    line.remove_prefix(dash.size());
    auto const space = line.find(' ');
    if (space == 0 || space == std::string_view::npos) return {};
    auto bytes = decode_base64(line.substr(space + 1));
    if (!bytes || bytes->size() <= id_size) return {};
    return SignatureLine{line.substr(0, space), std::move(*bytes)};
}

} // namespace

bool is_origin(std::string_view text) {
    return !text.empty() && text.size() <= longest_origin &&
           std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f' && c != '+'; });
}

base::Result<std::string>
signed_checkpoint(TreeHead const& head, std::string_view origin, Ed25519SigningKey const& key) {
    if (!is_origin(origin)) return std::unexpected(base::Errno::Inval);
    auto const text = text_of(head, origin);
    auto const signature = TRY(key.sign(base::view_of(text)));
    auto const id = key_id(origin, key.public_key());
    std::vector<std::byte> line{id.begin(), id.end()};
    line.insert(line.end(), signature.begin(), signature.end());
    return text + '\n' + std::string{dash} + std::string{origin} + ' ' + encode_base64(line) + '\n';
}

std::optional<TreeHead>
open_checkpoint(std::string_view note, std::string_view origin, base::View public_key) {
    if (note.size() > largest_checkpoint || !is_origin(origin)) return {};
    auto const border = note.rfind("\n\n");
    if (border == std::string_view::npos) return {};
    auto const text = note.substr(0, border + 1);
    auto lines = note.substr(border + 2);
    auto const id = key_id(origin, public_key);
    bool verified = false;
    while (!lines.empty()) {
        auto const line = take_line(lines);
        if (!line) return {};
        auto const signature = parse_signature(*line);
        if (!signature) return {};
        auto const bytes = base::View{signature->bytes};
        if (signature->name != origin || !base::equal(bytes.first(id_size), id)) continue;
        if (!verified_ed25519(public_key, base::view_of(text), bytes.subspan(id_size))) return {};
        verified = true;
    }
    if (!verified) return {};
    return parse_tree_head(text, origin);
}

std::optional<TreeHead> parse_tree_head(std::string_view text, std::string_view origin) {
    auto const name = take_line(text);
    auto const size = take_line(text);
    auto const root = take_line(text);
    if (!name || !size || !root || *name != origin) return {};
    TreeHead out;
    auto const [end, error] = std::from_chars(size->begin(), size->end(), out.size);
    if (error != std::errc{} || end != size->end() || *size != std::to_string(out.size)) return {};
    auto const hash = decode_base64(*root);
    if (!hash || hash->size() != out.root.size()) return {};
    std::ranges::copy(*hash, out.root.begin());
    // Whatever extension follows is signed along; a line of it is not empty.
    while (!text.empty()) {
        auto const extension = take_line(text);
        if (!extension || extension->empty()) return {};
    }
    return out;
}

std::string verifier_key(std::string_view origin, base::View public_key) {
    return std::string{origin} + '+' + base::hex(key_id(origin, public_key)) + '+' +
           encode_base64(typed(public_key));
}

// Base64 has a plus sign, too: the first two are those between the parts.
std::optional<LogVerifier> parse_verifier_key(std::string_view text) {
    auto const first = text.find('+');
    if (first == std::string_view::npos) return {};
    auto const second = text.find('+', first + 1);
    if (second == std::string_view::npos) return {};
    auto const bytes = decode_base64(text.substr(second + 1));
    LogVerifier out{.origin = std::string{text.substr(0, first)}};
    if (!bytes || bytes->size() != 1 + out.key.size() || !is_origin(out.origin)) return {};
    std::ranges::copy(base::View{*bytes}.subspan(1), out.key.begin());
    if (verifier_key(out.origin, out.key) != text) return {}; // one spelling; this key's id
    return out;
}

} // namespace crypto

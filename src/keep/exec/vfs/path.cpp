#include "keep/exec/vfs/path.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace exec::vfs {

using base::Errno;
using base::Result;

namespace {

struct Lead {
    std::size_t length;      // of the whole sequence; 0: no sequence starts so
    unsigned char low, high; // what the second byte may be
};

// Unicode 15.0, table 3-7: well-formed UTF-8 byte sequences.
Lead lead(unsigned char first) {
    if (first < 0x80) return {.length = 1, .low = 0, .high = 0};
    if (first < 0xc2) return {.length = 0, .low = 0, .high = 0};
    if (first < 0xe0) return {.length = 2, .low = 0x80, .high = 0xbf};
    if (first == 0xe0) return {.length = 3, .low = 0xa0, .high = 0xbf};
    if (first == 0xed) return {.length = 3, .low = 0x80, .high = 0x9f};
    if (first < 0xf0) return {.length = 3, .low = 0x80, .high = 0xbf};
    if (first == 0xf0) return {.length = 4, .low = 0x90, .high = 0xbf};
    if (first < 0xf4) return {.length = 4, .low = 0x80, .high = 0xbf};
    if (first == 0xf4) return {.length = 4, .low = 0x80, .high = 0x8f};
    return {.length = 0, .low = 0, .high = 0};
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xc0) == 0x80; }

std::size_t ascii_prefix(std::string_view text) {
    std::size_t at = 0;
    for (std::uint64_t eight = 0; at + sizeof eight <= text.size(); at += sizeof eight) {
        std::memcpy(&eight, text.data() + at, sizeof eight);
        if ((eight & 0x8080808080808080ULL) != 0) return at;
    }
    return at;
}

Result<void> check_text(std::string_view text) {
    if (text.empty()) return std::unexpected(Errno::NoEnt);
    if (text.contains('\0')) return std::unexpected(Errno::Inval);
    if (text.front() == '/') return std::unexpected(Errno::Perm);
    if (text.size() > longest_path) return std::unexpected(Errno::NameTooLong);
    if (!valid_utf8(text)) return std::unexpected(Errno::IlSeq);
    return {};
}

} // namespace

bool valid_utf8(std::string_view text) {
    text.remove_prefix(ascii_prefix(text));
    while (!text.empty()) {
        auto const [length, low, high] = lead(static_cast<unsigned char>(text.front()));
        if (length == 0 || length > text.size()) return false;
        if (length > 1) {
            auto const second = static_cast<unsigned char>(text[1]);
            if (second < low || second > high) return false;
            if (!std::ranges::all_of(text.substr(2, length - 2), continues)) return false;
        }
        text.remove_prefix(length);
    }
    return true;
}

Result<void> check_path(std::string_view path) { return check_text(path); }

Result<void> check_target(std::string_view target) { return check_text(target); }

Split split(std::string_view path) {
    auto const name_end = without_slashes(path).size();
    auto const before_name = path.substr(0, name_end).rfind('/');
    bool const slash = name_end < path.size();
    if (before_name == std::string_view::npos)
        return {.parent = {}, .name = path.substr(0, name_end), .slash = slash};
    auto const name_begin = before_name + 1;
    return {
        .parent = path.substr(0, name_begin),
        .name = path.substr(name_begin, name_end - name_begin),
        .slash = slash,
    };
}

std::string_view without_slashes(std::string_view path) {
    return path.substr(0, path.find_last_not_of('/') + 1);
}

bool single(std::string_view path) { return !path.contains('/') && path != ".."; }

} // namespace exec::vfs

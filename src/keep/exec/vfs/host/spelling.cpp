#include "keep/exec/vfs/host/spelling.hpp"

#include "keep/exec/vfs/path.hpp"

#include <algorithm>
#include <cstddef>

namespace exec::vfs::host {

namespace {

constexpr std::size_t stand_in_size = 3; // of U+F780 to U+F7FF: EF 9E 80 to EF 9F BF
constexpr char stand_in_lead = '\xef';

bool stand_in(std::string_view at) {
    return at.size() >= stand_in_size && at[0] == stand_in_lead &&
           (at[1] == '\x9e' || at[1] == '\x9f');
}

void add_stand_in(std::string& out, char byte) {
    auto const value = static_cast<unsigned char>(byte);
    out += stand_in_lead;
    out += static_cast<char>(0x9e + ((value >> 6U) & 1U));
    out += static_cast<char>(0x80 | (value & 0x3fU));
}

char byte_of(std::string_view at) {
    auto const high = static_cast<unsigned char>(at[1]) - 0x9eU;
    auto const low = static_cast<unsigned char>(at[2]) & 0x3fU;
    return static_cast<char>(0x80U | (high << 6U) | low);
}

// Of the character that `text` begins with; 0: it begins with none.
std::size_t character_size(std::string_view text) {
    constexpr std::size_t longest = 4;
    for (std::size_t size = 1; size <= std::min(longest, text.size()); ++size)
        if (valid_utf8(text.substr(0, size))) return size;
    return 0;
}

} // namespace

std::string shown(std::string_view bytes) {
    if (!bytes.contains(stand_in_lead) && valid_utf8(bytes)) return std::string{bytes};
    std::string out;
    while (!bytes.empty()) {
        auto const size = stand_in(bytes) ? 0 : character_size(bytes);
        if (size == 0) add_stand_in(out, bytes.front());
        out += bytes.substr(0, size);
        bytes.remove_prefix(std::max(size, std::size_t{1}));
    }
    return out;
}

base::Result<std::string_view> meant(std::string_view text, std::string& room) {
    if (!text.contains(stand_in_lead)) return text;
    room.clear();
    for (auto rest = text; !rest.empty();) {
        auto const stands = stand_in(rest);
        room += stands ? byte_of(rest) : rest.front();
        rest.remove_prefix(stands ? stand_in_size : 1);
    }
    if (shown(room) != text) return std::unexpected(base::Errno::IlSeq);
    return room;
}

} // namespace exec::vfs::host

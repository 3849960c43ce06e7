#include "package/tar/writer.hpp"

#include "package/tar/ustar.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace package::tar {

namespace {

constexpr std::uint64_t largest_octal = (1ULL << 33) - 1; // 11 digits

void put_text(std::span<char> field, std::string_view text) {
    std::ranges::copy(text, field.begin());
}

// Digits with leading zeros and a zero byte behind.
void put_octal(std::span<char> field, std::uint64_t value) {
    for (auto at = field.size() - 1; at-- > 0; value >>= 3) field[at] = char('0' + (value & 7));
}

void put_checksum(Ustar& header) {
    std::ranges::fill(header.checksum, ' ');
    auto const sum = checksum_of(header);
    put_octal(std::span{header.checksum}.first(7), sum);
    header.checksum[6] = '\0';
    header.checksum[7] = ' ';
}

void append(std::vector<std::byte>& out, Ustar const& header) {
    // Safety: a Ustar is bytes.
    auto const bytes = std::as_bytes(std::span{&header, 1});
    out.insert(out.end(), bytes.begin(), bytes.end());
}

Ustar plain(std::string_view name, char type, std::uint64_t size, unsigned mode) {
    Ustar out{};
    put_text(out.name, name);
    put_octal(out.mode, mode);
    put_octal(out.uid, 0);
    put_octal(out.gid, 0);
    put_octal(out.size, size);
    put_octal(out.mtime, 0);
    out.type = type;
    put_text(out.magic, ustar_magic);
    put_octal(out.device_major, 0);
    put_octal(out.device_minor, 0);
    return out;
}

// "LENGTH key=value\n", where LENGTH counts itself.
std::string record(std::string_view key, std::string_view value) {
    auto const rest = key.size() + value.size() + 3; // space, =, newline
    auto length = rest + 1;
    while (std::to_string(length).size() + rest != length)
        length = std::to_string(length).size() + rest;
    return std::to_string(length) + ' ' + std::string{key} + '=' + std::string{value} + '\n';
}

bool fits(std::string_view text, std::size_t most) {
    return text.size() <= most &&
           std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

} // namespace

std::vector<std::byte> header(Entry const& entry) {
    std::string const path = std::string{entry.path} + (entry.type == Type::Directory ? "/" : "");
    std::string records;
    bool const short_path = fits(path, sizeof Ustar::name);
    bool const short_target = fits(entry.target, sizeof Ustar::link);
    if (!short_path) records += record("path", path);
    if (!short_target) records += record("linkpath", entry.target);
    if (entry.size > largest_octal) records += record("size", std::to_string(entry.size));

    std::vector<std::byte> out;
    if (!records.empty()) {
        auto pax = plain("pax", type_pax, records.size(), 0644);
        put_checksum(pax);
        append(out, pax);
        auto const bytes = base::view_of(records);
        out.insert(out.end(), bytes.begin(), bytes.end());
        out.resize(out.size() + padding(records.size()));
    }
    char const type = entry.type == Type::File   ? type_file
                      : entry.type == Type::Link ? type_link
                                                 : type_directory;
    unsigned const mode = entry.type == Type::File ? 0644 : entry.type == Type::Link ? 0777 : 0755;
    auto main =
        plain(short_path ? path : "long", type, entry.size > largest_octal ? 0 : entry.size, mode);
    if (short_target) put_text(main.link, entry.target);
    put_checksum(main);
    append(out, main);
    return out;
}

} // namespace package::tar

#include "package/tar/reader.hpp"

#include "base/utf8.hpp"
#include "package/tar/ustar.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <optional>

namespace package::tar {

namespace {

constexpr std::uint64_t largest_records = 16384;
constexpr std::size_t longest_path = 4096;
constexpr std::size_t longest_part = 255;

std::unexpected<Refused> refused(std::string_view why, std::string_view path = {}) {
    return std::unexpected(Refused{why, std::string{path}});
}

std::optional<std::uint64_t> decimal(std::string_view digits) {
    std::uint64_t value = 0;
    auto const* const end = digits.data() + digits.size();
    auto const [stop, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc{} || stop != end) return {};
    return value;
}

std::string path_of(Ustar const& header) {
    auto const prefix = text_of(header.prefix);
    auto const name = std::string{text_of(header.name)};
    return prefix.empty() ? name : std::string{prefix} + '/' + name;
}

// Empty: a path below the package's folder, each part of which is a name.
std::string_view wrong_with(std::string_view path) {
    if (path.empty() || path.size() > longest_path) return "a name that is empty or too long";
    if (path.front() == '/') return "an absolute name";
    if (path.contains('\0') || !base::valid_utf8(path)) return "a name that is no text";
    for (std::size_t at = 0; at <= path.size();) {
        auto const end = std::min(path.find('/', at), path.size());
        auto const part = path.substr(at, end - at);
        if (part.empty()) return "a name with an empty part";
        if (part == "." || part == "..") return "a name with '.' or '..'";
        if (part.size() > longest_part) return "a name that is too long";
        at = end + 1;
    }
    return {};
}

std::optional<Type> type_of(char letter) {
    switch (letter) {
    case type_file:
    case '\0': // as it was before POSIX
        return Type::File;
    case type_link:
        return Type::Link;
    case type_directory:
        return Type::Directory;
    default:
        return {};
    }
}

} // namespace

// Into the buffer, up to `wanted` bytes there; how many were taken.
std::size_t Reader::take(base::View bytes, std::size_t wanted) {
    auto const size = std::min(bytes.size(), wanted - buffer_.size());
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.begin() + size);
    return size;
}

Read<void> Reader::feed(base::View bytes) {
    while (!bytes.empty()) {
        std::size_t taken = 0;
        switch (part_) {
        case Part::Header:
            taken = take(bytes, block);
            if (buffer_.size() == block) TRY(take_header());
            break;
        case Part::Pax:
            taken = take(bytes, left_);
            if (buffer_.size() == left_) TRY(take_records());
            break;
        case Part::Contents:
            taken = std::min<std::uint64_t>(bytes.size(), left_);
            TRY(sink_->contents(bytes.first(taken)));
            left_ -= taken;
            if (left_ == 0) part_ = padding_ == 0 ? Part::Header : Part::Padding;
            break;
        case Part::Padding:
            taken = std::min(bytes.size(), padding_);
            padding_ -= taken;
            if (padding_ == 0) part_ = Part::Header;
            break;
        case Part::End:
            if (!base::all_zero(bytes)) return refused("something behind the end");
            return {};
        }
        bytes = bytes.subspan(taken);
    }
    return {};
}

Read<void> Reader::take_header() {
    Ustar header{};
    std::memcpy(&header, buffer_.data(), block);
    bool const nothing = base::all_zero(buffer_);
    buffer_.clear();
    if (nothing) {
        if (++zero_blocks_ == 2) part_ = Part::End;
        return {};
    }
    if (zero_blocks_ != 0) return refused("an entry behind the end");
    auto const sum = octal(header.checksum);
    if (!sum || *sum != checksum_of(header)) return refused("a header whose sum is wrong");
    if (text_of(std::span{header.magic}.first(6)) != "ustar") return refused("no header of ustar");
    auto size = octal(header.size);
    if (!size) return refused("a size that is no number", path_of(header));
    if (header.type == type_pax) {
        if (*size == 0 || *size > largest_records) return refused("a pax header of that size");
        part_ = Part::Pax;
        left_ = *size;
        return {};
    }
    auto const pax = [this](char const* key) -> std::optional<std::string> {
        auto const found = pax_.find(key);
        return found == pax_.end() ? std::nullopt : std::optional{found->second};
    };
    if (auto const given = pax("size")) size = decimal(*given);
    if (!size) return refused("a size that is no number", path_of(header));
    auto path = pax("path").value_or(path_of(header));
    auto const target = pax("linkpath").value_or(std::string{text_of(header.link)});
    pax_.clear();
    return take_entry(header.type, std::move(path), target, *size);
}

Read<void>
Reader::take_entry(char letter, std::string path, std::string_view target, std::uint64_t size) {
    auto const type = type_of(letter);
    if (!type) return refused("an entry that is no file, directory or symbolic link", path);
    if (*type == Type::Directory && path.ends_with('/')) path.pop_back();
    while (path.starts_with("./")) path.erase(0, 2);
    if (*type == Type::Directory && (path.empty() || path == ".")) return {}; // the folder itself
    if (auto const why = wrong_with(path); !why.empty()) return refused(why, path);
    if (*type != Type::File && size != 0) return refused("contents of what has none", path);
    if (*type == Type::Link && (target.empty() || target.size() > longest_path))
        return refused("a link to nothing", path);
    if (size > limits_.bytes - total_) return refused("more bytes than a package may have", path);
    total_ += size;
    TRY(add_name(path, *type));
    TRY(sink_->entry({.path = path, .type = *type, .size = size, .target = target}));
    left_ = size;
    padding_ = padding(size);
    if (size != 0) part_ = Part::Contents;
    return {};
}

// Each name once, and only below directories.
Read<void> Reader::add_name(std::string_view path, Type type) {
    if (names_.size() >= limits_.entries) return refused("more entries than a package may have");
    for (auto at = path.find('/'); at != std::string_view::npos; at = path.find('/', at + 1)) {
        auto const [above, added] =
            names_.try_emplace(std::string{path.substr(0, at)}, Type::Directory);
        if (added) kept_ += at;
        if (above->second != Type::Directory)
            return refused("a name below what is no directory", path);
    }
    auto const [found, added] = names_.try_emplace(std::string{path}, type);
    if (added) kept_ += path.size();
    if (kept_ > limits_.names) return refused("longer names than a package may have");
    bool const directory_again = found->second == Type::Directory && type == Type::Directory;
    if (!added && !directory_again) return refused("a name that was there before", path);
    return {};
}

Read<void> Reader::take_records() {
    auto rest = base::text_of(buffer_);
    while (!rest.empty()) {
        auto const space = rest.find(' ');
        auto const length = decimal(rest.substr(0, std::min(space, rest.size())));
        if (!length || *length <= space + 1 || *length > rest.size() || rest[*length - 1] != '\n')
            return refused("a pax header that cannot be read");
        auto const record = rest.substr(space + 1, *length - space - 2);
        auto const equals = record.find('=');
        if (equals == std::string_view::npos) return refused("a pax header that cannot be read");
        auto const key = record.substr(0, equals);
        if (key == "path" || key == "linkpath" || key == "size")
            pax_.insert_or_assign(std::string{key}, std::string{record.substr(equals + 1)});
        rest.remove_prefix(*length);
    }
    padding_ = padding(buffer_.size());
    buffer_.clear();
    part_ = padding_ == 0 ? Part::Header : Part::Padding;
    return {};
}

Read<void> Reader::finish() const {
    bool const between = part_ == Part::Header && buffer_.empty() && pax_.empty();
    if (part_ != Part::End && !between) return refused("an archive that was cut");
    if (part_ != Part::End) return refused("an archive without its end");
    return {};
}

} // namespace package::tar

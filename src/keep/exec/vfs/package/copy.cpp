#include "keep/exec/vfs/package/copy.hpp"

#include "keep/exec/vfs/package.hpp"

#include <array>
#include <span>
#include <utility>

namespace exec::vfs::package {

using base::Errno;

namespace {

constexpr std::size_t block_size = 64 * 1024;
constexpr std::size_t listing_size = 64 * 1024;

// One directory on both sides.
struct Pair {
    Directory& from;
    Directory& to;
    std::string path; // from the root; empty, or with a slash behind
    unsigned depth;   // of it
};

class Copy {
public:
    Result<void> directory(Pair const& pair);

    // Asked once everything is there.
    Result<void> check_links(Directory const& root) const;

private:
    Result<void> entry(Pair const& pair, Entry const& entry);
    Result<void> file(Pair const& pair, std::string const& name);
    Result<void> contents(File& from, File& to);
    Result<void> subdirectory(Pair const& pair, std::string const& name);

    std::vector<std::byte> block_ = std::vector<std::byte>(block_size);
    std::vector<std::string> links_; // paths from the root
};

Result<void> Copy::contents(File& from, File& to) {
    for (std::uint64_t at = 0;;) {
        std::array const buffers{std::span{block_}};
        auto const count = TRY(from.read_at(buffers, at));
        if (count == 0) return {};
        std::array const filled{std::span<std::byte const>{block_}.first(count)};
        if (TRY(to.write_at(filled, at)) < count) return std::unexpected(Errno::NoSpc);
        at += count;
    }
}

Result<void> Copy::file(Pair const& pair, std::string const& name) {
    auto source = TRY(pair.from.open(name, {.follow = Follow::No}));
    auto* const read = std::get_if<std::unique_ptr<File>>(&source);
    if (read == nullptr) return std::unexpected(Errno::IsDir);
    auto target = TRY(pair.to.open(name, {.write = true, .create = true, .exclusive = true}));
    return contents(**read, *std::get<std::unique_ptr<File>>(target));
}

Result<void> Copy::subdirectory(Pair const& pair, std::string const& name) {
    auto source = TRY(pair.from.open(name, {.directory = true, .follow = Follow::No}));
    TRY(pair.to.create_directory(name));
    auto target = TRY(pair.to.open(name, {.directory = true}));
    return directory({
        .from = *std::get<std::unique_ptr<Directory>>(source),
        .to = *std::get<std::unique_ptr<Directory>>(target),
        .path = pair.path + name + '/',
        .depth = pair.depth + 1,
    });
}

Result<void> Copy::entry(Pair const& pair, Entry const& entry) {
    switch (entry.type) {
    case FileType::RegularFile:
        return file(pair, entry.name);
    case FileType::Directory:
        return subdirectory(pair, entry.name);
    case FileType::SymbolicLink:
        links_.push_back(pair.path + entry.name);
        return pair.to.symlink(TRY(pair.from.read_link(entry.name)), entry.name);
    default:
        return std::unexpected(Errno::NotSup);
    }
}

Result<void> Copy::directory(Pair const& pair) {
    if (pair.depth >= deepest_package) return std::unexpected(Errno::TooBig);
    for (std::uint64_t cookie = 0;;) {
        auto const list = TRY(pair.from.entries(cookie, listing_size));
        if (list.empty()) return {};
        for (auto const& found : list)
            if (found.name != "." && found.name != "..") TRY(entry(pair, found));
        cookie = list.back().next;
    }
}

Result<void> Copy::check_links(Directory const& root) const {
    for (auto const& path : links_) {
        auto const led_to = root.stat(path, Follow::Yes);
        if (!led_to && led_to.error() == Errno::Perm) return std::unexpected(Errno::Perm);
    }
    return {};
}

} // namespace

Result<void> copy(Directory& from, Directory& to) {
    Copy copy;
    TRY(copy.directory({.from = from, .to = to, .path = "", .depth = 0}));
    return copy.check_links(to);
}

} // namespace exec::vfs::package

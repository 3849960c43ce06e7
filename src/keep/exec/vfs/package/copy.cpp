#include "keep/exec/vfs/package/copy.hpp"

#include "keep/exec/vfs/package.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace exec::vfs::package {

using base::Errno;

namespace {

constexpr std::size_t block_size = 64UZ * 1024;
constexpr std::size_t listing_size = 64UZ * 1024;

class Copy {
public:
    Copy(Directory& from, Directory& to) : from_{from}, to_{to} {}

    Result<void> run();

private:
    // Paths are the same on both sides; that of a directory is empty or has a slash behind.
    Result<void> directory(std::string const& path);
    Result<void> entry(std::string const& directory, Entry const& entry);
    Result<void> file(std::string const& path);
    Result<void> contents(File& from, File& to);
    Result<void> check_links() const;

    Directory& from_;
    Directory& to_;
    std::vector<std::string> directories_; // still to be copied
    std::vector<std::string> links_;
    std::vector<std::byte> block_ = std::vector<std::byte>(block_size);
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

Result<void> Copy::file(std::string const& path) {
    auto source = TRY(from_.open(path, {.follow = Follow::No}));
    auto* const read = std::get_if<std::unique_ptr<File>>(&source);
    if (read == nullptr) return std::unexpected(Errno::IsDir);
    auto target = TRY(to_.open(path, {.write = true, .create = true, .exclusive = true}));
    return contents(**read, *std::get<std::unique_ptr<File>>(target));
}

Result<void> Copy::entry(std::string const& directory, Entry const& entry) {
    if (entry.name == "." || entry.name == "..") return {};
    auto const path = directory + entry.name;
    switch (entry.type) {
    case FileType::RegularFile:
        return file(path);
    case FileType::Directory:
        directories_.push_back(path + '/');
        return to_.create_directory(path);
    case FileType::SymbolicLink:
        links_.push_back(path);
        return to_.symlink(TRY(from_.read_link(path)), path);
    default:
        return std::unexpected(Errno::NotSup);
    }
}

Result<void> Copy::directory(std::string const& path) {
    if (std::ranges::count(path, '/') >= deepest_package) return std::unexpected(Errno::TooBig);
    OpenHow const how{.directory = true, .follow = Follow::No};
    auto node = TRY(from_.open(path.empty() ? "." : path, how));
    auto& source = *std::get<std::unique_ptr<Directory>>(node);
    for (std::uint64_t cookie = 0;;) {
        auto const list = TRY(source.entries(cookie, listing_size));
        if (list.empty()) return {};
        for (auto const& found : list) TRY(entry(path, found));
        cookie = list.back().next;
    }
}

// Asked once everything is there that they may lead to.
Result<void> Copy::check_links() const {
    for (auto const& path : links_) {
        auto const led_to = to_.stat(path, Follow::Yes);
        if (!led_to && led_to.error() == Errno::Perm) return std::unexpected(Errno::Perm);
    }
    return {};
}

Result<void> Copy::run() {
    directories_.emplace_back();
    while (!directories_.empty()) {
        auto const path = std::move(directories_.back());
        directories_.pop_back();
        TRY(directory(path));
    }
    return check_links();
}

} // namespace

Result<void> copy(Directory& from, Directory& to) { return Copy{from, to}.run(); }

} // namespace exec::vfs::package

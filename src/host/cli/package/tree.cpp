#include "host/cli/package/tree.hpp"

#include "base/utf8.hpp"
#include "host/cli/report.hpp"
#include "os/check.hpp"

#include <algorithm>
#include <array>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace host::cli {

namespace {

namespace fs = std::filesystem;
using package::tar::Type;

constexpr std::size_t piece = std::size_t{1} << 20;

std::unexpected<os::Failure> unreadable(std::string const& path, std::string_view why) {
    return failure("file-unreadable", '\'' + path + "': " + std::string{why});
}

os::OrFailure<TreeEntry> entry_of(fs::directory_entry const& found, fs::path const& root) {
    std::error_code error;
    TreeEntry out;
    out.source = found.path().string();
    out.path = found.path().lexically_relative(root).string();
    if (!base::valid_utf8(out.path))
        return failure("package-unfit", '\'' + out.source + "': the name is no UTF-8");
    auto const status = found.symlink_status(error);
    if (error) return unreadable(out.source, error.message());
    switch (status.type()) {
    case fs::file_type::regular:
        out.type = Type::File;
        out.size = found.file_size(error);
        break;
    case fs::file_type::directory:
        out.type = Type::Directory;
        break;
    case fs::file_type::symlink:
        out.type = Type::Link;
        out.target = fs::read_symlink(found.path(), error).string();
        break;
    default:
        return failure(
            "package-unfit",
            '\'' + out.source + "' is neither a file nor a folder nor a symbolic link"
        );
    }
    if (error) return unreadable(out.source, error.message());
    return out;
}

os::OrFailure<std::vector<TreeEntry>> list_folder(fs::path const& root) {
    std::vector<TreeEntry> out;
    std::error_code error;
    fs::recursive_directory_iterator at{root, error};
    for (; !error && at != fs::recursive_directory_iterator{}; at.increment(error))
        out.push_back(TRY(entry_of(*at, root)));
    if (error) return unreadable(root.string(), error.message());
    std::ranges::sort(out, {}, &TreeEntry::path);
    return out;
}

package::tar::Entry head_of(TreeEntry const& entry) {
    return {.path = entry.path, .type = entry.type, .size = entry.size, .target = entry.target};
}

os::OrFailure<void>
write_contents(TreeEntry const& entry, std::function<os::OrFailure<void>(base::View)> const& sink) {
    os::Fd const file{::open(entry.source.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW)};
    if (!file) return unreadable(entry.source, os::description(os::last_error()));
    std::vector<std::byte> buffer(std::min<std::uint64_t>(piece, entry.size));
    auto left = entry.size;
    while (left > 0) {
        auto const wanted = std::min<std::uint64_t>(left, buffer.size());
        auto const got = ::read(file.number(), buffer.data(), wanted);
        if (got < 0) return unreadable(entry.source, os::description(os::last_error()));
        if (got == 0) break;
        TRY(sink(base::View{buffer}.first(static_cast<std::size_t>(got))));
        left -= static_cast<std::uint64_t>(got);
    }
    std::byte more{};
    if (left > 0 || ::read(file.number(), &more, 1) != 0)
        return unreadable(entry.source, "it has changed while it was packaged");
    constexpr std::array<std::byte, package::tar::block> zeros{};
    return sink(base::View{zeros}.first(package::tar::padding(entry.size)));
}

} // namespace

os::OrFailure<std::vector<TreeEntry>> list_tree(std::string const& path) {
    std::error_code error;
    auto const status = fs::status(path, error);
    if (error || !fs::exists(status))
        return failure("file-not-found", '\'' + path + "': " + error.message());
    if (fs::is_directory(status)) return list_folder(path);
    if (!fs::is_regular_file(status))
        return failure("package-unfit", '\'' + path + "' is neither a file nor a folder");
    TreeEntry only{.path = "main.wasm", .type = Type::File, .target = {}, .source = path};
    only.source = fs::canonical(path, error).string();
    only.size = fs::file_size(path, error);
    if (error) return unreadable(path, error.message());
    return std::vector{std::move(only)};
}

std::uint64_t archive_size(std::vector<TreeEntry> const& entries) {
    std::uint64_t size = package::tar::end_size;
    for (auto const& entry : entries)
        size += package::tar::header(head_of(entry)).size() + entry.size +
                package::tar::padding(entry.size);
    return size;
}

os::OrFailure<void> write_archive(
    std::vector<TreeEntry> const& entries,
    std::function<os::OrFailure<void>(base::View)> const& sink
) {
    for (auto const& entry : entries) {
        TRY(sink(package::tar::header(head_of(entry))));
        if (entry.type == Type::File && entry.size > 0) TRY(write_contents(entry, sink));
    }
    constexpr std::array<std::byte, package::tar::end_size> end{};
    return sink(end);
}

} // namespace host::cli

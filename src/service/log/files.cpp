#include "service/log/files.hpp"

#include "os/check.hpp"
#include "os/read_file.hpp"
#include "os/replace_file.hpp"

#include <filesystem>
#include <system_error>

#include <fcntl.h>

namespace service {

namespace {

constexpr std::string_view checkpoint_name = "checkpoint";

std::unexpected<os::Failure> unavailable(std::string const& path, base::Errno error) {
    return std::unexpected(
        os::Failure{"log-unavailable", path + ": " + std::string{os::description(error)}}
    );
}

// A file system may forget a folder that was made and whose parent was not synced.
base::Result<void> make_folder(std::filesystem::path const& path, std::string const& root) {
    std::error_code error;
    if (!std::filesystem::create_directories(path, error)) {
        if (error) return std::unexpected(base::Errno{error.value()});
        return {};
    }
    auto const depth = std::filesystem::path{root}.native().size();
    for (auto at = path.parent_path(); at.native().size() >= depth; at = at.parent_path()) {
        auto const opened =
            TRY(os::check_fd(::open(at.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)));
        TRY(os::done(::fsync(opened.number())));
    }
    return {};
}

base::Errno errno_of(std::error_code error) { return base::Errno{error.value()}; }

// What of a bundle is that of fewer entries.
std::optional<Blob> first_entries(base::View bundle, unsigned width) {
    auto const entries = parse_bundle(bundle, tile_width);
    if (!entries) return {};
    Blob out;
    for (unsigned i = 0; i < width; ++i) append_to_bundle(out, (*entries)[i]);
    return out;
}

std::optional<Blob> first_of(TileName const& name, base::View full) {
    if (!name.level) return first_entries(full, name.width);
    auto const size = name.width * sizeof(crypto::Sha256Digest);
    if (full.size() < size) return {};
    return Blob{full.begin(), full.begin() + static_cast<std::ptrdiff_t>(size)};
}

TileName whole(TileName name) {
    name.width = tile_width;
    return name;
}

} // namespace

os::OrFailure<void> LogFiles::create() const {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) return unavailable(folder_, errno_of(error));
    return {};
}

os::OrFailure<std::optional<Blob>> LogFiles::file(std::string const& path, std::size_t most) const {
    auto const name = folder_ + '/' + path;
    auto const opened =
        os::check_fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!opened && (opened.error() == base::Errno::NoEnt || opened.error() == base::Errno::NotDir))
        return std::optional<Blob>{};
    if (!opened) return unavailable(name, opened.error());
    auto const bytes = os::read_file(opened->number(), most);
    if (!bytes) return unavailable(name, bytes.error());
    return Blob{bytes->view().begin(), bytes->view().end()};
}

os::OrFailure<std::optional<std::string>> LogFiles::checkpoint() const {
    auto const bytes = TRY(file(std::string{checkpoint_name}, crypto::largest_checkpoint));
    if (!bytes) return std::optional<std::string>{};
    return std::string{base::text_of(*bytes)};
}

os::OrFailure<void> LogFiles::write_checkpoint(std::string_view note) const {
    auto const name = folder_ + '/' + std::string{checkpoint_name};
    auto const written = os::replace_file(name, base::view_of(note));
    if (!written) return unavailable(name, written.error());
    return {};
}

os::OrFailure<std::optional<Blob>> LogFiles::tile(TileName const& name) const {
    auto there = TRY(file(path_of(name), largest_tile));
    if (there || name.width == tile_width) return there;
    auto const full = TRY(file(path_of(whole(name)), largest_tile));
    if (!full) return std::optional<Blob>{};
    return first_of(name, *full);
}

os::OrFailure<void> LogFiles::write(Tile const& tile) const {
    auto const name = folder_ + '/' + path_of(tile.name);
    auto const made = make_folder(std::filesystem::path{name}.parent_path(), folder_);
    if (!made) return unavailable(name, made.error());
    auto const written = os::replace_file(name, tile.bytes);
    if (!written) return unavailable(name, written.error());
    std::error_code error; // were they to stay, nothing would be wrong
    if (tile.name.width == tile_width) std::filesystem::remove_all(name + ".p", error);
    return {};
}

} // namespace service

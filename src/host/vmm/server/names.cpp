// Names are changed in a folder that openat2 has opened, by a name of that folder alone. What a
// slash behind the name means is decided here: a system call that is given one may follow a link.

#include "host/vmm/server/names.hpp"

#include "host/vmm/server/place.hpp"
#include "os/check.hpp"

#include <array>
#include <cstdio>

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace host::vmm {

using base::Errno;
using Answer = base::Result<std::uint64_t>;

namespace {

constexpr unsigned most_links = 40; // as Linux has it

Answer done(long answer) {
    if (answer < 0) return std::unexpected(os::last_error());
    return 0;
}

// For what is no directory: a name with slashes can neither be there nor be made.
base::Result<void> check_new(PathWords& words, Place const& place) {
    if (!place.slash || place.dots()) return {};
    TRY(place.type(words));
    return std::unexpected(Errno::Exist);
}

// The path of what `path` leads to, where the last part is no symbolic link any more.
base::Result<std::string>
follow_links(PathWords& words, Handles::Open const& folder, std::string path) {
    for (unsigned links = 0; links <= most_links; ++links) {
        auto const file = TRY(open_in(words, folder, path, O_PATH | O_NOFOLLOW));
        auto const type = TRY(type_of(file));
        if (!S_ISLNK(type)) return path;
        std::array<char, 4096> text; // no initializer: only what the call fills is read
        auto const size = static_cast<std::size_t>(
            TRY(os::check(::readlinkat(file->number(), words.empty(), text.data(), text.size())))
        );
        if (size == text.size()) return std::unexpected(Errno::NameTooLong);
        if (size == 0 || text.front() == '/') return std::unexpected(Errno::XDev);
        path.resize(path.rfind('/') + 1); // npos + 1 is 0
        path.append(text.data(), size);
    }
    return std::unexpected(Errno::Loop);
}

base::Result<bool> leads_to_directory(
    PathWords& words, Handles::Open const& folder, std::string const& path, bool follow
) {
    if (TRY(Place::find(words, folder, path)).name == "..") return true;
    auto const file = TRY(open_in(words, folder, path, O_PATH | (follow ? 0 : O_NOFOLLOW)));
    auto const type = TRY(type_of(file));
    return S_ISDIR(type);
}

// The order is Linux's: what is there first, what would be made next, then whether it may be.
base::Result<void> refuse_to_link_directory(PathWords& words, Place const& to) {
    if (to.dots()) return std::unexpected(Errno::Exist);
    auto const there = to.type(words);
    if (there) return std::unexpected(Errno::Exist);
    return std::unexpected(
        there.error() == Errno::NoEnt && !to.slash ? Errno::Perm : there.error()
    );
}

// A slash is a demand for a directory, on either side and from what is moved.
base::Result<void>
check_rename(PathWords& words, Place const& from, Place const& to, unsigned flags) {
    if (from.dots() || to.dots() || (!from.slash && !to.slash)) return {};
    auto const moved = TRY(from.type(words));
    auto const replaced = to.type(words);
    if (!replaced && replaced.error() != Errno::NoEnt) return std::unexpected(replaced.error());
    bool const exchange = (flags & RENAME_EXCHANGE) != 0;
    if (!S_ISDIR(moved) && (from.slash || (to.slash && !exchange)))
        return std::unexpected(Errno::NotDir);
    if (exchange && to.slash && replaced && !S_ISDIR(*replaced))
        return std::unexpected(Errno::NotDir);
    return {};
}

} // namespace

Answer serve_mkdir(PathWords& words, Request const& request) {
    auto const place = TRY(Place::find(words, request.open(0), request.text(1)));
    auto const mode = static_cast<mode_t>(request.value(2) & new_file_rights);
    return done(::mkdirat(place.folder->number(), place.name.c_str(), mode));
}

Answer serve_symlink(PathWords& words, Request const& request) {
    if (request.text(0).empty()) return std::unexpected(Errno::NoEnt);
    auto const place = TRY(Place::find(words, request.open(1), request.text(2)));
    TRY(check_new(words, place));
    return done(::symlinkat(request.text(0).c_str(), place.folder->number(), place.name.c_str()));
}

Answer serve_unlink(PathWords& words, Request const& request) {
    auto const place = TRY(Place::find(words, request.open(0), request.text(1)));
    int const flags = request.number(2) & AT_REMOVEDIR;
    if (flags == 0 && place.slash && !place.dots()) {
        auto const type = TRY(place.type(words));
        return std::unexpected(S_ISDIR(type) ? Errno::IsDir : Errno::NotDir);
    }
    return done(::unlinkat(place.folder->number(), place.name.c_str(), flags));
}

Answer serve_link(PathWords& words, Request const& request) {
    bool const follow = (request.number(4) & AT_SYMLINK_FOLLOW) != 0;
    auto const& folder = request.open(0);
    auto path = request.text(1);
    bool const directory = TRY(leads_to_directory(words, folder, path, follow));
    if (follow && !directory) path = TRY(follow_links(words, folder, std::move(path)));
    auto const to = TRY(Place::find(words, request.open(2), request.text(3)));
    if (directory) TRY(refuse_to_link_directory(words, to));
    TRY(check_new(words, to));
    auto const from = TRY(Place::find(words, folder, path));
    if (from.slash || from.dots()) return std::unexpected(Errno::Perm);
    return done(
        ::linkat(from.folder->number(), from.name.c_str(), to.folder->number(), to.name.c_str(), 0)
    );
}

Answer serve_rename(PathWords& words, Request const& request) {
    auto const flags = static_cast<unsigned>(request.value(4));
    if ((flags & ~unsigned{RENAME_NOREPLACE | RENAME_EXCHANGE}) != 0)
        return std::unexpected(Errno::Inval);
    auto const from = TRY(Place::find(words, request.open(0), request.text(1)));
    auto const to = TRY(Place::find(words, request.open(2), request.text(3)));
    TRY(check_rename(words, from, to, flags));
    // By number: without flags, the C library would take the older call, which is not allowed.
    return done(
        ::syscall(
            SYS_renameat2,
            from.folder->number(),
            from.name.c_str(),
            to.folder->number(),
            to.name.c_str(),
            flags
        )
    );
}

} // namespace host::vmm

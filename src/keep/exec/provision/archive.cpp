#include "keep/exec/provision/archive.hpp"

#include <array>

namespace exec::provision {

namespace tar = package::tar;
using base::Errno;

tar::Read<void> Archive::told(base::Result<void> const& done, std::string_view path) {
    if (done) return {};
    full_ = done.error() == Errno::NoSpc || done.error() == Errno::NoMem;
    return std::unexpected(
        tar::Refused{
            .why = full_ ? "more than the Keep has room for" : "an entry that cannot be made",
            .path = std::string{path}
        }
    );
}

tar::Read<void> Archive::entry(tar::Entry const& entry) {
    std::string const path{entry.path};
    switch (entry.type) {
    case tar::Type::File:
        return told(builder_.file(path), path);
    case tar::Type::Link:
        return told(builder_.link(std::string{entry.target}, path), path);
    case tar::Type::Directory:
        return told(builder_.directory(path), path);
    }
    return {};
}

tar::Read<void> Archive::contents(base::View piece) { return told(builder_.contents(piece), ""); }

base::Result<std::vector<std::byte>>
read_whole(vfs::Directory& package, std::string const& path, std::uint64_t most) {
    auto node = TRY(package.open(path, {.follow = vfs::Follow::Yes}));
    auto* const file = std::get_if<std::unique_ptr<vfs::File>>(&node);
    if (file == nullptr) return std::unexpected(Errno::IsDir);
    auto const size = TRY((*file)->stat()).size;
    if (size > most) return std::unexpected(Errno::FBig);
    std::vector<std::byte> out(size);
    std::array const buffers{std::span{out}};
    if (TRY((*file)->read_at(buffers, 0)) != size) return std::unexpected(Errno::Io);
    return out;
}

} // namespace exec::provision

#include "keep/exec/vfs/host/parent.hpp"

#include "keep/exec/vfs/host/convert.hpp"
#include "keep/exec/vfs/path.hpp"
#include "os/beneath.hpp"
#include "os/path_text.hpp"

#include <fcntl.h>

namespace exec::vfs::host {

namespace {

base::Result<os::Fd> open_path(os::Fd const& start, std::string_view path) {
    auto opened = os::open_beneath(start, os::PathText{path}.c_str(), O_PATH | O_DIRECTORY);
    if (!opened) return std::unexpected(escape(opened.error()));
    return opened;
}

} // namespace

base::Result<Parent> Parent::open(os::Fd const& start, std::string_view path) {
    auto const parts = split(path);
    // No call that makes, moves or removes a name takes ".."; what is left to tell is whether it
    // leads out.
    if (parts.name == "..") TRY(open_path(start, path));

    std::string name{parts.name};
    if (parts.slash) name += '/';
    if (parts.parent.empty()) return Parent{start.number(), {}, std::move(name)};
    return Parent{start.number(), TRY(open_path(start, parts.parent)), std::move(name)};
}

} // namespace exec::vfs::host

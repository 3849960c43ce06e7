#include "host/vmm/server/place.hpp"

#include "os/status.hpp"

#include <string_view>

#include <fcntl.h>

namespace host::vmm {

base::Result<Handles::Open>
open_in(PathWords& words, Handles::Open const& folder, std::string const& path, int flags) {
    return std::make_shared<Handles::File>(
        TRY(words.open(folder->descriptor, path, flags)), folder->rights
    );
}

base::Result<mode_t> type_of(Handles::Open const& file) {
    return TRY(os::status_of(file->descriptor)).st_mode & S_IFMT;
}

base::Result<Place>
Place::find(PathWords& words, Handles::Open const& folder, std::string const& path) {
    if (path.empty()) return std::unexpected(base::Errno::NoEnt);
    if (path.front() == '/') return std::unexpected(base::Errno::XDev);
    auto const whole = std::string_view{path}.substr(0, path.find_last_not_of('/') + 1);
    auto const before = whole.rfind('/');
    Place place{.folder = folder, .name = {}, .slash = whole.size() < path.size()};
    place.name = whole.substr(before == std::string_view::npos ? 0 : before + 1);
    if (before != std::string_view::npos)
        place.folder =
            TRY(open_in(words, folder, std::string{whole.substr(0, before)}, O_PATH | O_DIRECTORY));
    return place;
}

base::Result<mode_t> Place::type(PathWords& words) const {
    return type_of(TRY(open_in(words, folder, name, O_PATH | O_NOFOLLOW)));
}

} // namespace host::vmm

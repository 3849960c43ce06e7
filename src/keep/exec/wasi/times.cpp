#include "keep/exec/wasi/times.hpp"

#include "keep/exec/wasi/convert.hpp"
#include "os/clock.hpp"

namespace exec::wasi {

Result<vfs::Times>
times_to_set(std::uint64_t accessed_ns, std::uint64_t modified_ns, std::uint32_t flags) {
    constexpr auto both_accessed = times_flag::accessed | times_flag::accessed_now;
    constexpr auto both_modified = times_flag::modified | times_flag::modified_now;
    if ((flags & ~times_flag::all) != 0 || (flags & both_accessed) == both_accessed ||
        (flags & both_modified) == both_modified)
        return std::unexpected(Errno::Inval);

    vfs::Times times;
    if ((flags & times_flag::accessed) != 0) times.accessed_ns = accessed_ns;
    if ((flags & times_flag::modified) != 0) times.modified_ns = modified_ns;
    if ((flags & (times_flag::accessed_now | times_flag::modified_now)) == 0) return times;
    auto const now = TRY(to_wasi(os::now_ns(os::Clock::Realtime)));
    if ((flags & times_flag::accessed_now) != 0) times.accessed_ns = now;
    if ((flags & times_flag::modified_now) != 0) times.modified_ns = now;
    return times;
}

} // namespace exec::wasi

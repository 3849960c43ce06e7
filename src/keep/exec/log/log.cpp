// Each line is one write.

#include "keep/exec/log/log.hpp"

#include <ctime>

#include <unistd.h>

namespace exec {

void Log::write(std::string_view target, Level level, std::string_view message) const {
    if (!wants(target, level)) return;
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    auto const ns = (static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000) +
                    static_cast<std::uint64_t>(now.tv_nsec);
    auto const line = base::log_line(format_, ns, target, level, message) + '\n';
    (void)!(::write(static_cast<int>(target_), line.data(), line.size()) < 0);
}

} // namespace exec

#include "host/vmm/shim_log.hpp"

#include "base/log_line.hpp"

#include <ctime>

#include <unistd.h>

namespace host::vmm {

namespace {

constexpr std::string_view target = "shim";
constexpr auto level = base::Level::Info;

std::uint64_t now_ns() {
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    return (static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000) +
           static_cast<std::uint64_t>(now.tv_nsec);
}

// The Keep is not believed to write only text. What is no ASCII may be a command of the terminal by
// itself (0x80 to 0x9f) or within a character, and no line of the shim needs it.
std::string printable(std::string_view line) {
    std::string out{line};
    for (auto& c : out)
        if (c < 0x20 || c == 0x7f) c = '?'; // from 0x80 on a char is below zero
    return out;
}

} // namespace

ShimLog::ShimLog(LogWish const& wish)
    : format_{wish.format},
      to_standard_output_{wish.to_standard_output},
      wanted_{base::LogFilter{wish.filter}.wants(target, level)} {}

void ShimLog::write(std::string_view line) const {
    auto const shown = printable(line);
    auto const text =
        wanted_ ? base::log_line(format_, now_ns(), target, level, shown) : "enarx: shim: " + shown;
    int const file = wanted_ && to_standard_output_ ? STDOUT_FILENO : STDERR_FILENO;
    auto const whole = text + '\n';
    (void)!(::write(file, whole.data(), whole.size()) < 0);
}

} // namespace host::vmm

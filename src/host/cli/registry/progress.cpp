#include "host/cli/registry/progress.hpp"

#include "base/view.hpp"
#include "os/stream.hpp"
#include "os/write_all.hpp"

#include <algorithm>

#include <unistd.h>

namespace host::cli {

namespace {

constexpr std::chrono::milliseconds pace{100};
constexpr std::uint64_t megabyte = 1'000'000;

// As they are, without report.hpp's care for what others say: this line goes back to its beginning.
void show(std::string const& text) { (void)os::write_all(STDERR_FILENO, base::view_of(text)); }

std::string megabytes(std::uint64_t bytes) {
    return std::to_string(bytes / megabyte) + '.' +
           std::to_string(bytes % megabyte / (megabyte / 10));
}

} // namespace

Progress::Progress(std::string what, std::uint64_t total)
    : what_{std::move(what)},
      total_{total},
      shown_{os::Stream{STDERR_FILENO}.terminal()},
      next_{std::chrono::steady_clock::now()} {}

void Progress::at(std::uint64_t done) {
    if (!shown_ || std::chrono::steady_clock::now() < next_) return;
    next_ = std::chrono::steady_clock::now() + pace;
    constexpr std::uint64_t whole = 100;
    auto const percent = std::min(done, total_) * whole / std::max<std::uint64_t>(total_, 1);
    show(
        '\r' + what_ + ' ' + std::to_string(percent) + " %, " + megabytes(done) + " of " +
        megabytes(total_) + " MB\x1b[K"
    );
    dirty_ = true;
}

void Progress::clear() {
    if (dirty_) show("\r\x1b[K");
    dirty_ = false;
}

} // namespace host::cli

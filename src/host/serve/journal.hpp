#pragma once

// What the host's administrator reads: one line for each thing that happened.

#include "base/log_line.hpp"
#include "base/printable.hpp"
#include "base/view.hpp"
#include "os/clock.hpp"
#include "os/write_all.hpp"

#include <string>
#include <string_view>

#include <unistd.h>

namespace host::serve {

class Journal {
public:
    explicit Journal(base::LogFormat format, int descriptor = STDERR_FILENO)
        : format_{format}, descriptor_{descriptor} {}

    void note(base::Level level, std::string_view message) const {
        auto const now = os::now_ns(os::Clock::Realtime);
        auto const line =
            base::log_line(format_, now.value_or(0), "serve", level, base::printable(message));
        // A log that nobody can write to any more stops nothing.
        (void)os::write_all(descriptor_, base::view_of(line + '\n'));
    }

private:
    base::LogFormat format_;
    int descriptor_;
};

} // namespace host::serve

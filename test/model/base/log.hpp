// What the model tells on stderr: errors always, each step with TEE_MODEL_LOG=1.
#pragma once
#include <cstdio>
#include <cstdlib>

namespace model {

inline bool const log_steps = std::getenv("TEE_MODEL_LOG") != nullptr;

template <class... Arguments> void log_step(char const* format, Arguments... arguments) {
    if (!log_steps) return;
    if constexpr (sizeof...(Arguments) == 0)
        std::fputs(format, stderr);
    else
        std::fprintf(
            stderr, format, arguments...
        ); // NOLINT(*-format-nonliteral): formats are literals of the model
}

} // namespace model

#pragma once

// Every failure that the command or exec reports has a stable name, an exit status and a page in `enarx explain`.

#include <array>
#include <cstdint>
#include <string_view>

namespace protocol {

// The exit statuses of `enarx run`, beside the application's own 0-255.
enum class ExitStatus : std::uint8_t {
    TimedOut = 124, Failed = 125, CannotRun = 126, NotFound = 127, Trap = 134, OutOfMemory = 137
};

struct FailureKind {
    std::string_view name;    // kebab-case, never renamed
    ExitStatus status;
    std::string_view summary; // one sentence: what happened
    std::string_view advice;  // what to do; may have several lines
};

// In alphabetical order of names. Add here what you report anywhere.
inline constexpr std::array failure_kinds{
    FailureKind{
        "internal", ExitStatus::Failed, "Enarx met a state that it did not expect.",
        "This is a defect of Enarx. Please report it with the command line and the output of `enarx platform info --json`."
    },
    FailureKind{
        "module-invalid", ExitStatus::CannotRun, "The file is no valid WebAssembly module.",
        "Check that the file is complete and was built for wasm32-wasip1. `enarx inspect FILE` shows what it is."
    },
    FailureKind{
        "module-not-found", ExitStatus::NotFound, "There is no file of that name.",
        "Check the path. A folder works too if it holds main.wasm."
    },
};

constexpr FailureKind const* find_failure(std::string_view name) {
    for (auto const& kind : failure_kinds)
        if (kind.name == name) return &kind;
    return nullptr;
}

} // namespace protocol

// Traps in words, and the backtrace taken out of the engine's text.

#include "keep/exec/engine/trap_report.hpp"

#include <array>
#include <ranges>

#include <wasmtime.h>

namespace exec::engine {

namespace {

struct Sentence {
    std::uint8_t code;
    std::string_view words;
};

constexpr std::array sentences{
    Sentence{.code = WASMTIME_TRAP_CODE_STACK_OVERFLOW, .words = "the call stack is exhausted"},
    Sentence{
        .code = WASMTIME_TRAP_CODE_MEMORY_OUT_OF_BOUNDS,
        .words = "a memory access was out of bounds"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_HEAP_MISALIGNED,
        .words = "an atomic memory access was not aligned"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_TABLE_OUT_OF_BOUNDS, .words = "a table access was out of bounds"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_INDIRECT_CALL_TO_NULL,
        .words = "an indirect call went to an empty table element"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_BAD_SIGNATURE,
        .words = "an indirect call found a function of another type"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_INTEGER_OVERFLOW, .words = "an integer operation overflowed"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_INTEGER_DIVISION_BY_ZERO,
        .words = "an integer was divided by zero"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_BAD_CONVERSION_TO_INTEGER,
        .words = "a number without an integer value was converted to one"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_UNREACHABLE_CODE_REACHED,
        .words = "code marked as unreachable was reached"
    },
    Sentence{.code = WASMTIME_TRAP_CODE_INTERRUPT, .words = "the execution was interrupted"},
    Sentence{
        .code = WASMTIME_TRAP_CODE_ATOMIC_WAIT_NON_SHARED_MEMORY,
        .words = "an atomic wait on a memory that is not shared"
    },
    Sentence{.code = WASMTIME_TRAP_CODE_NULL_REFERENCE, .words = "a null reference was used"},
    Sentence{
        .code = WASMTIME_TRAP_CODE_ARRAY_OUT_OF_BOUNDS, .words = "an array access was out of bounds"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_ALLOCATION_TOO_LARGE, .words = "an allocation was too large"
    },
    Sentence{
        .code = WASMTIME_TRAP_CODE_CAST_FAILURE,
        .words = "a reference was cast to a type that it does not have"
    },
    Sentence{.code = WASMTIME_TRAP_CODE_UNHANDLED_TAG, .words = "a suspension was not handled"},
    Sentence{
        .code = WASMTIME_TRAP_CODE_UNCAUGHT_EXCEPTION,
        .words = "an exception was thrown and not caught"
    },
};

std::string_view trim(std::string_view line) {
    auto const from = line.find_first_not_of(' ');
    return from == std::string_view::npos ? std::string_view{} : line.substr(from);
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) return false;
    text.remove_prefix(prefix.size());
    return true;
}

// "  3:     0x5d - name" -> true, and `line` is what follows the colon.
bool take_number(std::string_view& line) {
    auto const digits = line.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string_view::npos || !line.substr(digits).starts_with(": "))
        return false;
    line = trim(line.substr(digits + 1));
    return true;
}

// "0x5d - name" -> a frame at that offset.
TrapFrame new_frame(std::string_view line) {
    TrapFrame frame;
    if (auto const dash = line.find(" - ");
        line.starts_with("0x") && dash != std::string_view::npos) {
        frame.place = line.substr(0, dash);
        line = line.substr(dash + 3);
    }
    frame.function = line;
    return frame;
}

// Names without a source line bear the module's name before an exclamation mark.
void drop_module_name(TrapFrame& frame) {
    bool const line_known = !frame.place.empty() && !frame.place.starts_with("0x");
    auto const mark = frame.function.find('!');
    if (!line_known && mark != std::string::npos) frame.function.erase(0, mark + 1);
}

} // namespace

std::string_view trap_sentence(std::uint8_t code) {
    for (auto const& sentence : sentences)
        if (sentence.code == code) return sentence.words;
    return {};
}

std::vector<TrapFrame> parse_frames(std::string_view text) {
    std::vector<TrapFrame> frames;
    for (auto const part : text | std::views::split('\n')) {
        auto line = trim({part.begin(), part.end()});
        if (line.starts_with("Caused by:")) break;
        if (take_number(line)) {
            frames.push_back(new_frame(line));
        } else if (!frames.empty() && take_prefix(line, "- ")) {
            frames.back().inlined = true;
            frames.push_back({.function = std::string{line}, .place = {}, .inlined = false});
        } else if (!frames.empty() && take_prefix(line, "at ")) {
            frames.back().place = line;
        }
    }
    for (auto& frame : frames) drop_module_name(frame);
    return frames;
}

} // namespace exec::engine

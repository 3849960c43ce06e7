// Failures and traps as text.

#include "keep/exec/workload/report.hpp"

#include "os/write_all.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <span>

#include <unistd.h>

namespace exec {

namespace {

bool control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

// Names come from the application: they must neither begin lines of their own nor reach the
// terminal as commands. In UTF-8 the control characters from U+0080 on are 0xc2 and one byte more.
std::string printable(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        bool const two = text[at] == '\xc2' && at + 1 < text.size() && text[at + 1] >= '\x80' &&
                         text[at + 1] <= '\x9f';
        out += two || control(text[at]) ? '?' : text[at];
        if (two) ++at;
    }
    return out;
}

// Each line of `text` as a hint.
std::string hints(std::string_view text) {
    std::string lines;
    for (auto const part : text | std::views::split('\n'))
        lines += "  hint: " + printable({part.begin(), part.end()}) + '\n';
    return lines;
}

// A frame that is there several times in a row, as recursion has it.
std::string frame_text(engine::TrapFrame const& frame, std::ptrdiff_t times) {
    auto text = "  at " + printable(frame.function);
    if (!frame.place.empty()) text += " (" + printable(frame.place) + ')';
    if (frame.inlined) text += ", inlined";
    if (times > 1) text += ", " + std::to_string(times) + " times";
    return text + '\n';
}

std::string see(std::string_view name) {
    return "  see: enarx explain " + std::string{name} + '\n';
}

} // namespace

std::string failure_text(os::Failure const& failure) {
    auto const* const kind = protocol::find_failure(failure.name);
    std::string text =
        "enarx: error: " + printable(failure.text) + " (" + std::string{failure.name} + ")\n";
    if (!failure.hint.empty())
        text += hints(failure.hint);
    else if (kind != nullptr)
        text += hints(kind->advice);
    return text + see(failure.name);
}

std::string trap_text(engine::TrapReport const& trap, std::string_view application) {
    auto text =
        "enarx: error: '" + printable(application) + "' was stopped: " + trap.what + " (trap)\n";
    for (auto frame = trap.frames.begin(); frame != trap.frames.end();) {
        auto const next =
            std::find_if(frame, trap.frames.end(), [&](auto& other) { return other != *frame; });
        text += frame_text(*frame, next - frame);
        frame = next;
    }
    bool const no_lines =
        std::ranges::all_of(trap.frames, [](auto& frame) { return !frame.place.contains(':'); });
    if (no_lines)
        text += "  hint: Built with debug information (-g), the application would show source "
                "lines here.\n";
    return text + see("trap");
}

os::Failure output_failure(base::Errno error) {
    return {
        .name = "output-failed",
        .text = "standard output cannot be written to: " + std::string{os::description(error)}
    };
}

int exit_status(os::Failure const& failure) {
    auto const* const kind = protocol::find_failure(failure.name);
    return static_cast<int>(kind == nullptr ? protocol::ExitStatus::Failed : kind->status);
}

void write_error(std::string_view text) {
    (void)os::write_all(STDERR_FILENO, std::as_bytes(std::span{text}));
}

} // namespace exec

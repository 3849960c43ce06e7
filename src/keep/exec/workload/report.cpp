// Failures and traps as text. Names come from the application: they must neither begin lines of
// their own nor reach the terminal as commands.

#include "keep/exec/workload/report.hpp"

#include "base/printable.hpp"
#include "os/write_all.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>
#include <cstddef>
#include <ranges>
#include <span>

#include <unistd.h>

namespace exec {

namespace {

// Each line of `text` as a hint.
std::string hints(std::string_view text) {
    std::string lines;
    for (auto const part : text | std::views::split('\n'))
        lines += "  hint: " + base::printable({part.begin(), part.end()}) + '\n';
    return lines;
}

// A frame that is there several times in a row, as recursion has it.
std::string frame_text(engine::TrapFrame const& frame, std::ptrdiff_t times) {
    auto text = "  at " + base::printable(frame.function);
    if (!frame.place.empty()) text += " (" + base::printable(frame.place) + ')';
    if (frame.inlined) text += ", inlined";
    if (times > 1) text += ", " + std::to_string(times) + " times";
    return text + '\n';
}

std::function<void(std::string_view)>& errors() {
    static std::function<void(std::string_view)> sink;
    return sink;
}

std::string see(std::string_view name) {
    return "  see: enarx explain " + std::string{name} + '\n';
}

} // namespace

std::string failure_text(os::Failure const& failure) {
    auto const* const kind = protocol::find_failure(failure.name);
    std::string text =
        "enarx: error: " + base::printable(failure.text) + " (" + std::string{failure.name} + ")\n";
    if (!failure.hint.empty())
        text += hints(failure.hint);
    else if (kind != nullptr)
        text += hints(kind->advice);
    return text + see(failure.name);
}

std::string trap_text(engine::TrapReport const& trap, std::string_view application) {
    auto text = "enarx: error: '" + base::printable(application) + "' was stopped: " + trap.what +
                " (trap)\n";
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

void send_errors_to(std::function<void(std::string_view)> sink) { errors() = std::move(sink); }

void write_error(std::string_view text) {
    if (errors()) {
        if (!text.empty()) errors()(text);
        return;
    }
    (void)os::write_all(STDERR_FILENO, std::as_bytes(std::span{text}));
}

} // namespace exec

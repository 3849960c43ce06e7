// Takes the engine's messages, which have several lines, apart.

#include "keep/exec/engine/messages.hpp"

#include <ranges>
#include <vector>

namespace exec::engine {

namespace {

// The lines that are not empty, without what they begin with of blanks.
std::vector<std::string_view> lines_of(std::string_view text) {
    std::vector<std::string_view> lines;
    for (auto const part : text | std::views::split('\n')) {
        std::string_view const line{part.begin(), part.end()};
        auto const first = line.find_first_not_of(' ');
        if (first != std::string_view::npos) lines.push_back(line.substr(first));
    }
    return lines;
}

// "0: reason" -> "reason": causes are numbered where there are several.
std::string_view without_number(std::string_view line) {
    auto const digits = line.find_first_not_of("0123456789");
    bool const numbered =
        digits != 0 && digits != std::string_view::npos && line.substr(digits).starts_with(": ");
    return numbered ? line.substr(digits + 2) : line;
}

} // namespace

std::string reason_of(std::string_view message) {
    std::string reason;
    for (auto const line : lines_of(message)) {
        if (line.starts_with("Caused by:"))
            reason.clear();
        else if (line.starts_with("note:"))
            continue;
        else if (reason.empty() || without_number(line) != line)
            reason = without_number(line);
        else
            reason += ' ' + std::string{line};
    }
    return reason;
}

std::string text_mistake(std::string_view message) {
    constexpr std::string_view arrow = "--> <anon>:";
    auto const lines = lines_of(message);
    for (auto const line : lines)
        if (line.starts_with(arrow))
            return std::string{line.substr(arrow.size())} + ": " + std::string{lines.front()};
    return reason_of(message);
}

} // namespace exec::engine

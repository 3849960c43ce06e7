// Log lines as text or JSON, one write for each.

#include "keep/exec/log/log.hpp"

#include "keep/exec/log/json.hpp"

#include <array>
#include <cstdio>
#include <ctime>
#include <optional>
#include <ranges>

#include <unistd.h>

namespace exec {

namespace {

constexpr std::array<std::string_view, 5> level_names{"error", "warn", "info", "debug", "trace"};

std::optional<int> most_of(std::string_view word) {
    if (word == "off") return -1;
    for (std::size_t i = 0; i < level_names.size(); ++i)
        if (word == level_names[i]) return static_cast<int>(i);
    return {};
}

std::string timestamp(std::uint64_t now_ns) {
    auto const seconds = static_cast<time_t>(now_ns / 1'000'000'000);
    tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 64> text{};
    auto const length = std::snprintf(
        text.data(),
        text.size(),
        "%04d-%02d-%02dT%02d:%02d:%02d.%06dZ",
        parts.tm_year + 1900,
        parts.tm_mon + 1,
        parts.tm_mday,
        parts.tm_hour,
        parts.tm_min,
        parts.tm_sec,
        static_cast<int>(now_ns % 1'000'000'000 / 1000)
    );
    return {text.data(), static_cast<std::size_t>(length)};
}

} // namespace

LogFilter::LogFilter(std::string_view directives) {
    for (auto const part : directives | std::views::split(',')) {
        std::string_view const directive{part.begin(), part.end()};
        auto const equals = directive.find('=');
        bool const all = equals == std::string_view::npos;
        auto const most = most_of(all ? directive : directive.substr(equals + 1));
        if (most)
            directives_.push_back(
                {.target = std::string{all ? "" : directive.substr(0, equals)}, .most = *most}
            );
    }
}

bool LogFilter::wants(std::string_view target, Level level) const {
    Directive const* best = nullptr;
    for (auto const& directive : directives_)
        if (target.starts_with(directive.target) &&
            (best == nullptr || directive.target.size() >= best->target.size()))
            best = &directive;
    return best != nullptr && static_cast<int>(level) <= best->most;
}

std::string log_line(
    LogFormat format,
    std::uint64_t now_ns,
    std::string_view target,
    Level level,
    std::string_view message
) {
    auto const time = timestamp(now_ns);
    auto const name = level_names.at(static_cast<std::size_t>(level));
    if (format == LogFormat::Json)
        return R"({"timestamp":)" + json_string(time) + R"(,"level":)" + json_string(name) +
               R"(,"target":)" + json_string(target) + R"(,"message":)" + json_string(message) +
               "}";
    std::string line = time;
    line += name.size() < 5 ? "  " : " ";
    for (char const c : name) line += static_cast<char>(c - 'a' + 'A');
    line += ' ';
    line += target;
    line += ": ";
    return line += message;
}

void Log::write(std::string_view target, Level level, std::string_view message) const {
    if (!wants(target, level)) return;
    timespec now{};
    ::clock_gettime(CLOCK_REALTIME, &now);
    auto const ns = (static_cast<std::uint64_t>(now.tv_sec) * 1'000'000'000) +
                    static_cast<std::uint64_t>(now.tv_nsec);
    auto const line = log_line(format_, ns, target, level, message) + '\n';
    (void)!(::write(static_cast<int>(target_), line.data(), line.size()) < 0);
}

} // namespace exec

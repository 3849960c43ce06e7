#include "base/log_line.hpp"

#include "base/json_string.hpp"

#include <array>
#include <cstdio>
#include <ctime>

namespace base {

namespace {

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

std::string_view name_of(Level level) {
    constexpr std::array<std::string_view, 5> names{"error", "warn", "info", "debug", "trace"};
    return names.at(static_cast<std::size_t>(level));
}

std::string log_line(
    LogFormat format,
    std::uint64_t now_ns,
    std::string_view target,
    Level level,
    std::string_view message
) {
    auto const time = timestamp(now_ns);
    auto const name = name_of(level);
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

} // namespace base

#include "host/cli/verify/time.hpp"

#include "host/cli/report.hpp"
#include "os/clock.hpp"

#include <charconv>
#include <optional>

namespace host::cli {

namespace {

using namespace std::chrono;

// Two or four digits, all of them.
std::optional<int> digits(std::string_view text) {
    int value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value < 0) return {};
    if (text.front() == '-' || text.front() == '+') return {};
    return value;
}

std::optional<seconds> parse_zone(std::string_view zone) {
    constexpr int most_hours = 14;
    if (zone == "Z" || zone == "z") return seconds{0};
    if (zone.size() != 6 || (zone[0] != '+' && zone[0] != '-') || zone[3] != ':') return {};
    auto const hour = digits(zone.substr(1, 2));
    auto const minute = digits(zone.substr(4, 2));
    if (!hour || !minute || *hour > most_hours || *minute > 59) return {};
    seconds const offset = hours{*hour} + minutes{*minute};
    return zone[0] == '-' ? -offset : offset;
}

std::optional<sys_days> parse_date(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') return {};
    auto const y = digits(text.substr(0, 4));
    auto const m = digits(text.substr(5, 2));
    auto const d = digits(text.substr(8, 2));
    if (!y || !m || !d) return {};
    year_month_day const date{year{*y}, month{unsigned(*m)}, day{unsigned(*d)}};
    if (!date.ok()) return {};
    return sys_days{date};
}

std::optional<seconds> parse_clock(std::string_view text) {
    if (text.size() != 8 || text[2] != ':' || text[5] != ':') return {};
    auto const h = digits(text.substr(0, 2));
    auto const m = digits(text.substr(3, 2));
    auto const s = digits(text.substr(6, 2));
    if (!h || !m || !s || *h > 23 || *m > 59 || *s > 59) return {};
    return hours{*h} + minutes{*m} + seconds{*s};
}

constexpr sys_days earliest{year{2000} / January / 1};

} // namespace

os::OrFailure<sys_seconds> parse_time(std::string_view text) {
    auto const wrong = [&](std::string const& why) {
        return failure(
            "usage",
            "--at '" + std::string{text} + "': " + why,
            "write a time such as 2026-11-21T10:00:00Z or 2026-11-21T11:00:00+01:00"
        );
    };
    bool const shaped = text.size() >= 20 && (text[10] == 'T' || text[10] == ' ');
    auto const date = shaped ? parse_date(text.substr(0, 10)) : std::nullopt;
    auto const clock = shaped ? parse_clock(text.substr(11, 8)) : std::nullopt;
    if (!date || !clock) return wrong("no date and time with a zone (RFC 3339)");
    auto zone = text.substr(19);
    if (zone.starts_with('.')) { // a fraction of a second is cut off
        auto const end = zone.find_first_not_of("0123456789", 1);
        if (end == std::string_view::npos || end == 1) return wrong("no zone");
        zone.remove_prefix(end);
    }
    auto const offset = parse_zone(zone);
    if (!offset) return wrong("'" + std::string{zone} + "' is no zone");
    sys_seconds const at = *date + *clock - *offset;
    if (at < earliest) return wrong("before the year 2000 there was no evidence");
    return at;
}

os::OrFailure<sys_seconds> time_or_now(std::optional<std::string> const& text) {
    if (text) return parse_time(*text);
    auto const now = os::now_ns(os::Clock::Realtime);
    if (!now) return failure("internal", "the host has no clock", "give the time with --at");
    return sys_seconds{seconds{*now / 1'000'000'000}};
}

} // namespace host::cli

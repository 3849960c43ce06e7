#include "service/page/html.hpp"

#include "base/hex.hpp"

#include <chrono>

namespace service {

namespace {

std::string two(unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); }

} // namespace

Html& Html::text(std::string_view text) {
    for (char const c : text) {
        switch (c) {
        case '&':
            out_ += "&amp;";
            break;
        case '<':
            out_ += "&lt;";
            break;
        case '>':
            out_ += "&gt;";
            break;
        case '"':
            out_ += "&quot;";
            break;
        case '\'':
            out_ += "&#39;";
            break;
        default:
            out_ += c;
        }
    }
    return *this;
}

Html& Html::path(std::string_view part) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyz0123456789-";
    for (char const c : part) {
        if (plain.contains(c)) {
            out_ += c;
        } else {
            auto const byte = std::byte(c);
            out_ += '%' + base::hex({&byte, 1});
        }
    }
    return *this;
}

std::string time_text(std::uint64_t seconds) {
    using namespace std::chrono;
    sys_seconds const at{std::chrono::seconds{seconds}};
    auto const day = floor<days>(at);
    year_month_day const date{day};
    hh_mm_ss const clock{at - day};
    return std::to_string(static_cast<int>(date.year())) + '-' +
           two(static_cast<unsigned>(date.month())) + '-' + two(static_cast<unsigned>(date.day())) +
           ' ' + two(static_cast<unsigned>(clock.hours().count())) + ':' +
           two(static_cast<unsigned>(clock.minutes().count())) + ':' +
           two(static_cast<unsigned>(clock.seconds().count())) + " UTC";
}

} // namespace service

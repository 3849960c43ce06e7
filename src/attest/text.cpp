#include "attest/text.hpp"

#include <fmt/format.h>

namespace attest {

std::string hex(std::uint64_t number) { return fmt::format("{:#x}", number); }

std::string timestamp(std::chrono::sys_seconds time) {
    using namespace std::chrono;
    auto const day = floor<days>(time);
    year_month_day const date{day};
    hh_mm_ss const clock{time - day};
    return fmt::format(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        int(date.year()),
        unsigned(date.month()),
        unsigned(date.day()),
        clock.hours().count(),
        clock.minutes().count(),
        clock.seconds().count()
    );
}

} // namespace attest

#include "host/cli/measure/values.hpp"

#include "base/hex.hpp"
#include "host/cli/report.hpp"

#include <charconv>

namespace host::cli {

os::OrFailure<std::uint64_t>
parse_number(std::string_view option, std::string const& text, std::uint64_t most) {
    bool const hexadecimal = text.starts_with("0x");
    auto const digits = std::string_view{text}.substr(hexadecimal ? 2 : 0);
    std::uint64_t value = 0;
    auto const [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, hexadecimal ? 16 : 10);
    bool const whole = error == std::errc{} && end == digits.data() + digits.size();
    if (!whole || value > most)
        return failure(
            "usage",
            std::string{option} + " '" + text + "' is no number from 0 to " + std::to_string(most)
        );
    return value;
}

os::OrFailure<void>
parse_hex(std::string_view option, std::string const& text, std::span<std::byte> out) {
    if (!base::unhex(text, out))
        return failure(
            "usage",
            std::string{option} + " '" + text + "' is not " + std::to_string(out.size()) +
                " bytes in hexadecimal"
        );
    return {};
}

} // namespace host::cli

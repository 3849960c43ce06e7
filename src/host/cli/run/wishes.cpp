#include "host/cli/run/wishes.hpp"

#include "base/nearest.hpp"
#include "host/cli/report.hpp"
#include "host/vmm/keep.hpp"
#include "os/check.hpp"
#include "os/failure.hpp"
#include "package/byte_size.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <fcntl.h>

namespace host::cli {

namespace {

using protocol::launch::Kind;

constexpr std::array<std::string_view, 6> levels{"off", "error", "warn", "info", "debug", "trace"};

struct Unit {
    std::string_view name;
    double milliseconds;
};
constexpr std::array units{
    Unit{"ms", 1}, Unit{"", 1000}, Unit{"s", 1000}, Unit{"m", 60'000}, Unit{"h", 3'600'000}
};

// Each directive is LEVEL or PART=LEVEL.
os::OrFailure<void> check_filter(std::string_view filter) {
    while (!filter.empty()) {
        auto const directive = filter.substr(0, filter.find(','));
        filter.remove_prefix(std::min(directive.size() + 1, filter.size()));
        auto const equals = directive.find('=');
        auto const level =
            equals == std::string_view::npos ? directive : directive.substr(equals + 1);
        if (std::ranges::find(levels, level) != levels.end() && equals != 0) continue;
        auto const meant = base::nearest(level, levels);
        return failure(
            "usage",
            "the log filter has no valid level in '" + std::string{directive} + '\'',
            meant.empty() ? "levels are off, error, warn, info, debug and trace"
                          : "did you mean " + std::string{meant} + '?'
        );
    }
    return {};
}

} // namespace

os::OrFailure<os::Fd> open_directory(std::string const& path) {
    auto opened = os::check_fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened)
        return failure(
            "directory-unavailable",
            "directory '" + path +
                "' cannot be opened: " + std::string{os::description(opened.error())}
        );
    return std::move(*opened);
}

os::OrFailure<void> add_directory(vmm::LaunchOrder& order, std::string_view wish) {
    auto const colons = wish.find("::");
    auto const host = wish.substr(0, colons);
    auto const guest = colons == std::string_view::npos ? host : wish.substr(colons + 2);
    if (host.empty() || guest.empty())
        return failure(
            "usage",
            "--dir has an empty path in '" + std::string{wish} + '\'',
            "write --dir HOST or --dir HOST::GUEST"
        );
    order.add(
        Kind::Directory,
        TRY(open_directory(std::string{host})),
        std::string{guest},
        vmm::Rights::ReadWrite
    );
    return {};
}

os::OrFailure<std::string> variable(std::string const& wish) {
    auto const equals = wish.find('=');
    if (equals == 0 || wish.empty())
        return failure(
            "usage", "--env has no name in '" + wish + '\'', "write --env NAME=VALUE or --env NAME"
        );
    if (equals != std::string::npos) return wish;
    auto const* value = std::getenv(wish.c_str());
    if (value == nullptr)
        return failure(
            "usage",
            "--env " + wish + ": the host's environment has no such variable",
            "write --env " + wish + "=VALUE to set one"
        );
    return wish + '=' + value;
}

os::OrFailure<std::uint64_t> memory_size(std::string_view text) {
    auto const bytes = package::parse_byte_size(text);
    if (bytes && *bytes > 0) return *bytes;
    return failure(
        "usage",
        "--max-memory cannot be '" + std::string{text} + '\'',
        "write bytes, or a number with K, M, G or T: 512M"
    );
}

os::OrFailure<std::uint64_t> duration_ms(std::string_view text) {
    constexpr double longest = 1e15; // 30 000 years
    double value = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, value, std::chars_format::fixed);
    auto const unit = std::ranges::find(units, std::string_view{rest, end}, &Unit::name);
    if (error == std::errc{} && unit != units.end()) {
        auto const milliseconds = std::ceil(value * unit->milliseconds);
        if (milliseconds >= 1 && milliseconds <= longest)
            return static_cast<std::uint64_t>(milliseconds);
    }
    return failure(
        "usage",
        "--timeout cannot be '" + std::string{text} + '\'',
        "write seconds, or a number with ms, s, m or h: 1.5, 250ms, 2m"
    );
}

os::OrFailure<std::uint32_t> thread_count(std::string_view text) {
    std::uint32_t count = 0;
    auto const* const end = text.data() + text.size();
    auto const [rest, error] = std::from_chars(text.data(), end, count);
    if (error == std::errc{} && rest == end && count >= 1 && count <= vmm::most_threads)
        return count;
    return failure(
        "usage",
        "--max-threads cannot be '" + std::string{text} + '\'',
        "write a number from 1 to " + std::to_string(vmm::most_threads)
    );
}

os::OrFailure<vmm::LogWish> log_wish(Global const& global) {
    if (global.log_filter) TRY(check_filter(*global.log_filter));
    return vmm::LogWish{
        .filter = global.log_filter.value_or(""),
        .format = global.log_format == "json" ? base::LogFormat::Json : base::LogFormat::Text,
        .to_standard_output = global.log_target == "stdout"
    };
}

os::OrFailure<void> add_log(vmm::LaunchOrder& order, Global const& global) {
    order.keep.log = TRY(log_wish(global));
    if (!order.keep.log.filter.empty()) order.add(Kind::LogFilter, order.keep.log.filter);
    if (global.log_format) order.add(Kind::LogFormat, *global.log_format);
    if (global.log_target) order.add(Kind::LogTarget, *global.log_target);
    return {};
}

} // namespace host::cli

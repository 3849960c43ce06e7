#include "base/log_filter.hpp"

#include <optional>
#include <ranges>

namespace base {

namespace {

// The highest level of a directive; -1: none.
std::optional<int> most_of(std::string_view word) {
    if (word == "off") return -1;
    for (auto const level : {Level::Error, Level::Warn, Level::Info, Level::Debug, Level::Trace})
        if (word == name_of(level)) return static_cast<int>(level);
    return {};
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

} // namespace base

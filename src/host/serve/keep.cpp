#include "host/serve/keep.hpp"

#include <algorithm>
#include <charconv>

namespace host::serve {

std::optional<Place> Place::parse(std::string_view text) {
    auto const colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    auto host = text.substr(0, colon);
    bool const brackets = host.starts_with('[') && host.ends_with(']');
    if (brackets) host = host.substr(1, host.size() - 2);
    if (host.empty() || host.contains(':') != brackets) return {};
    Place out{.host = std::string{host}, .port = std::string{text.substr(colon + 1)}};
    if (out.number() == 0 || out.port != std::to_string(out.number())) return {};
    return out;
}

std::string Place::text() const {
    return (host.contains(':') ? '[' + host + ']' : host) + ':' + port;
}

std::uint16_t Place::number() const {
    std::uint16_t number = 0;
    auto const* const end = port.data() + port.size();
    auto const read = std::from_chars(port.data(), end, number);
    return read.ec == std::errc{} && read.ptr == end ? number : 0;
}

std::string_view name_of(KeepState state) {
    switch (state) {
    case KeepState::Starting:
        return "starting";
    case KeepState::Running:
        return "running";
    case KeepState::Ended:
        break;
    }
    return "ended";
}

} // namespace host::serve

#pragma once

// What a form of a page sends.

#include <optional>
#include <string>
#include <string_view>

namespace service {

// The first field of this name in application/x-www-form-urlencoded. Nothing: there is none, or it
// is not well-formed.
std::optional<std::string> form_field(std::string_view body, std::string_view name);

// Whether a browser says that another site than this one has sent the request. A program that is no
// browser says nothing, and is not.
struct Provenance {
    std::string_view origin; // headers of the request; empty: there is none
    std::string_view host;
    std::string_view fetch_site; // Sec-Fetch-Site
};
bool from_elsewhere(Provenance const& from);

} // namespace service

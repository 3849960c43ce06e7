#pragma once

// Which names a certificate may bear: what the tenant asks for, as far as the service gives it to
// this tenant, and where nothing protects the Keep only names that no real service has.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace service {

// A host name in lower case, of two to 253 characters, without a wildcard.
bool is_host_name(std::string_view text);

// A host name, or one behind "*.", which stands for exactly one label.
bool is_host_pattern(std::string_view text);
bool admits(std::span<std::string const> patterns, std::string_view name);

// RFC 2606 and 6761: below .test, .example or .localhost, or one of them.
bool is_for_tests(std::string_view name);

// A deployment's name that can be the path of a SPIFFE ID (SPIFFE-ID, 2.2): no empty part, and none
// of only one or two dots.
bool is_spiffe_path(std::string_view name);
std::string spiffe_id(std::string_view trust_domain, std::string_view name);

} // namespace service

// Whatever a visitor sends: wishes for a verdict, forms, cookies and headers are read or refused.

#include "service/access/sessions.hpp"
#include "service/api/form.hpp"
#include "service/api/verify.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: char may alias any object.
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    auto const wish = service::parse_verify_wish(text);
    if (wish && (wish->evidence.empty() || wish->nonce.size() < 8 || wish->nonce.size() > 64))
        __builtin_trap();
    auto const field = service::form_field(text, "token");
    if (field && field->size() > size) __builtin_trap();
    (void)service::wanted_form(text);
    auto const cookie = service::cookie_named(text, "name");
    if (cookie.size() > size) __builtin_trap();
    auto const token = service::bearer_token(text);
    if (token && token->size() >= size) __builtin_trap();
    if (service::names_this_machine(text) && text.contains('/')) __builtin_trap();
    (void)service::from_elsewhere({.origin = text, .host = text, .fetch_site = ""});
    return 0;
}

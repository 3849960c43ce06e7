#include "attest/form.hpp"

#include "attest/text.hpp"

#include <algorithm>

namespace attest {

std::string_view field_named(std::string_view expected) {
    auto const colon = expected.find(": ");
    return colon == std::string_view::npos ? expected : expected.substr(colon + 2);
}

std::string found_at(base::View bytes, std::size_t offset) {
    constexpr std::size_t most = 8;
    if (offset >= bytes.size()) return "the end, after " + std::to_string(bytes.size()) + " bytes";
    auto const rest = bytes.subspan(offset);
    auto const shown = rest.first(std::min(rest.size(), most));
    return hex(shown) + (shown.size() < rest.size() ? ".." : "");
}

Detail
malformed(crypto::Malformed const& why, base::View bytes, std::string part, std::size_t start) {
    return {
        .expected = std::string{why.what},
        .found = found_at(bytes, why.offset),
        .place = {
            .part = std::move(part),
            .offset = start + why.offset,
            .field = std::string{field_named(why.what)}
        }
    };
}

std::size_t offset_in(base::View bytes, base::View field) {
    return static_cast<std::size_t>(field.data() - bytes.data());
}

} // namespace attest

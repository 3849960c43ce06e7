#pragma once

// What lists of pages in JSON have in common: cases with names, numbers, bytes in hexadecimal.

#include "attest/endorsements.hpp"
#include "crypto/digest.hpp"

#include <optional>

#include <nlohmann/json.hpp>

namespace attest::measure {

inline constexpr std::size_t page_bytes = 4096;
inline constexpr std::size_t largest_page_list = 64U << 20;

using PageJson = nlohmann::ordered_json;
using PageContents = base::Bytes<page_bytes>;

// An array of cases, or one case. Each is an object with "pages", an array of objects.
base::Result<std::vector<PageJson>, Unusable>
parse_cases(base::View json, std::string const& source);

// Its name, or its number where it has none.
std::string case_name(PageJson const& entry, std::size_t number);

// Where in a list something stands, for messages.
struct Spot {
    std::string source; // the file and the case
    std::size_t page = 0;

    std::unexpected<Unusable>
    wrong(std::string_view field, std::string expected, std::string found) const;
};

// "0x1f" or a number. Missing is wrong.
base::Result<std::uint64_t, Unusable>
number_field(PageJson const& object, char const* name, Spot const& spot);

// The address of a page: its lower 12 bits are zero.
base::Result<std::uint64_t, Unusable> gpa_field(PageJson const& page, Spot const& spot);

// 96 hexadecimal digits; nothing where there is no such field.
base::Result<std::optional<crypto::Sha384Digest>, Unusable>
digest_field(PageJson const& object, char const* name, Spot const& spot);

// The bytes of a page: "data_hex_then_zero_padded_to_4096", which is hexadecimal; nothing without
// it.
base::Result<std::optional<PageContents>, Unusable>
contents_field(PageJson const& page, Spot const& spot);

} // namespace attest::measure

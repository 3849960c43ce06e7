#pragma once

// Known attacks and defects, and which rule of an appraisal shows that a platform is not open to
// them, where any does. A dated table: what came to be known later is not in it.

#include "attest/appraisal.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace attest {

// The day on which the table was last looked through.
inline constexpr std::string_view advisories_as_of = "2026-11-21";

// Whom it concerns.
enum class Concern : std::uint8_t { Milan, MilanAndGenoa, AllSnp, Sgx, Tdx, SgxAndTdx, Nitro, Cca };

// What in evidence tells whether it is mitigated.
enum class Proof : std::uint8_t {
    Rule,     // one rule
    Floor,    // CURRENT_TCB at or above the floor that is built in, whatever a policy says
    Bulletin, // a level of firmware that stands in the bulletin, and not here
    Nothing,
};

struct Advisory {
    std::string_view id;       // CVE, bulletin or the name that its finders gave
    std::string_view bulletin; // the vendor's, where there is one
    std::string_view date;     // when it became public: year, month, and the day where it is known
    Concern concern;
    std::string_view text; // what the host, or whoever has the machine, can do
    Proof proof;
    std::string_view rule; // of Proof::Rule
    std::string_view source;
};

std::span<Advisory const> advisories();

enum class Shown : std::uint8_t {
    Mitigated,  // it held, whether or not the policy asks for it
    Open,       // it was judged and did not hold
    NotChecked, // it was not judged, or only the bulletin tells
    Never,      // evidence cannot show it
};

std::string_view name_of(Shown shown);

struct Advice {
    Advisory const* advisory;
    Shown shown;
};

// Those that concern accepted evidence, in the order of the table; none of evidence that was not
// accepted.
std::vector<Advice> advice_on(Appraisal const& appraisal);

} // namespace attest

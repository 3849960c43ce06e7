#include "attest/finding.hpp"

namespace attest {

std::string_view name_of(Outcome outcome) {
    switch (outcome) {
    case Outcome::Passed:
        return "passed";
    case Outcome::Failed:
        return "failed";
    case Outcome::Undecided:
        return "undecided";
    case Outcome::Off:
        return "off";
    case Outcome::NotApplicable:
        return "not-applicable";
    }
    return "undecided";
}

} // namespace attest

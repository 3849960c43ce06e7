#include "attest/inspect/parts.hpp"

namespace attest::inspect {

void add_part(Description& all, Description part, std::size_t offset) {
    Json fields{{"offset", offset}, {"kind", part.kind}};
    fields.update(part.fields);
    auto const number = std::to_string(all.fields["parts"].size());
    all.fields["parts"].push_back(std::move(fields));
    for (auto& check : part.checks) {
        check.detail.place.part = "part " + number;
        check.name += " of part " + number;
        all.checks.push_back(std::move(check));
    }
}

} // namespace attest::inspect

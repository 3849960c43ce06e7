// 64 bytes that nothing tells of: what a user asked evidence to bear, if it is that.

#include "attest/appraisal.hpp"
#include "attest/inspect/companions.hpp"
#include "attest/inspect/kinds.hpp"
#include "attest/inspect/said.hpp"
#include "attest/text.hpp"

#include <algorithm>
#include <array>

namespace attest::inspect {

namespace {

// As the manuals of each kind of evidence name it.
constexpr std::array names{"report_data", "reportdata", "nonce", "user_data"};

bool bears(Json const& fields, std::string const& data) {
    return std::ranges::any_of(names, [&](auto const* name) {
        auto const found = fields.find(name);
        return found != fields.end() && found->is_string() && *found == data;
    });
}

} // namespace

Description describe_report_data(Artefact const& artefact, Artefacts beside) {
    Description out{.kind = "64 bytes, perhaps report data"};
    auto const data = hex(artefact.bytes);
    out.fields = {{"report_data", data}};
    auto const evidence = of_kind(beside, Kind::Evidence);
    // Alone they may be anything, and nothing is guessed.
    if (evidence.empty())
        out.check(
            "report-data",
            false,
            {.expected = "evidence beside it that bears these 64 bytes",
             .found = "none: enarx inspect FILE EVIDENCE",
             .place = {.part = "", .offset = 0, .field = "REPORT_DATA"}}
        );
    for (auto const* file : evidence) {
        Inquiry const inquiry{beside};
        auto const fields =
            fields_said(*attest::recognise(file->bytes), inquiry.request(file->bytes));
        out.check(
            "report-data",
            bears(fields, data),
            {.expected = "the report data of " + file->source,
             .found = "other bytes",
             .place = {.part = "", .offset = 0, .field = "REPORT_DATA"}}
        );
    }
    return out;
}

} // namespace attest::inspect

#include "host/cli/measure/cases.hpp"

#include "attest/measure/page_json.hpp"
#include "attest/text.hpp"
#include "base/printable.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

#include <algorithm>

namespace host::cli {

namespace {

using Json = nlohmann::ordered_json;

bool differs(MeasuredCase const& one) { return one.expected && *one.expected != one.digest; }

Json json_of(MeasuredCase const& one) {
    Json out{{"name", one.name}, {"digest", attest::hex(one.digest)}};
    if (one.expected) out["expected"] = attest::hex(*one.expected);
    return out;
}

} // namespace

os::OrFailure<std::vector<std::byte>> read_page_list(std::string const& path) {
    return read_bytes(path, attest::measure::largest_page_list);
}

os::Failure list_failure(attest::Unusable const& why) {
    return {
        .name = "measure-input-invalid",
        .text = base::printable(
            "'" + why.source + "'" +
            (why.offset == 0 ? "" : " at byte " + std::to_string(why.offset)) + ": expected " +
            why.expected + ", found " + why.found
        )
    };
}

os::OrFailure<void> write_cases(std::vector<MeasuredCase> const& cases, bool json) {
    std::string text;
    Json all = Json::array();
    for (auto const& one : cases) {
        text += base::printable(one.name) + ' ' + attest::hex(one.digest) + '\n';
        all.push_back(json_of(one));
    }
    TRY(write_output(json ? all.dump(2, ' ', true, Json::error_handler_t::replace) + '\n' : text));
    auto const wrong = std::ranges::find_if(cases, differs);
    if (wrong == cases.end()) return {};
    return failure(
        "measurement-differs",
        base::printable(wrong->name) + ": the list expects " + attest::hex(*wrong->expected) +
            ", its pages give " + attest::hex(wrong->digest)
    );
}

} // namespace host::cli

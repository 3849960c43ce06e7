#include "host/cli/verify/application.hpp"

#include "attest/application.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

#include <algorithm>

namespace host::cli {

namespace {

using protocol::evidence::Digest;
using protocol::evidence::UserData;

os::OrFailure<std::optional<Digest>>
parse_digest(std::string_view option, std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    auto const bytes = unhex(*text);
    if (!bytes || bytes->size() != sizeof(Digest))
        return failure(
            "usage",
            std::string{option} + " '" + *text + "' is not 32 bytes in hexadecimal",
            "enarx run --digests APPLICATION prints it"
        );
    Digest digest{};
    std::ranges::copy(*bytes, digest.begin());
    return digest;
}

// Empty user data are such, too.
os::OrFailure<std::optional<UserData>> parse_user_data(std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    if (text->empty()) return UserData{};
    bool const file = text->starts_with('@');
    auto bytes = unhex(*text);
    if (file) bytes = TRY(read_bytes(text->substr(1), UserData::max_size));
    if (!bytes || bytes->size() > UserData::max_size)
        return failure(
            "usage",
            "--user-data '" + *text + "' is not at most 64 bytes in hexadecimal",
            "for the bytes of a file write --user-data @FILE"
        );
    return *UserData::of(*bytes);
}

} // namespace

os::OrFailure<attest::none::Wanted>
parse_application(ApplicationWish const& wish, attest::Expected expected) {
    return attest::none::Wanted{
        .workload = TRY(parse_digest("--workload", wish.workload)),
        .configuration = TRY(parse_digest("--configuration", wish.configuration)),
        .user_data = TRY(parse_user_data(wish.user_data)),
        .report_data = std::move(expected.report_data),
        .measurements = std::move(expected.measurements)
    };
}

os::OrFailure<attest::Expected> expected_of_hardware(attest::none::Wanted const& wanted) {
    attest::Expected out{wanted.report_data, wanted.measurements};
    if (!wanted.workload && !wanted.configuration && !wanted.user_data) return out;
    if (!wanted.workload || !wanted.configuration || !wanted.user_data)
        return failure(
            "usage",
            "evidence of hardware holds one digest of workload, configuration and user data",
            "give --workload, --configuration and --user-data together, or none of them"
        );
    auto const made = attest::report_data_of(
        {.workload = *wanted.workload,
         .configuration = *wanted.configuration,
         .user_data = *wanted.user_data}
    );
    if (!wanted.report_data.admits(made))
        return failure(
            "usage",
            "--report-data are not those of --workload, --configuration and --user-data",
            "leave --report-data out: they follow from the others"
        );
    out.report_data = attest::ReportData::exactly(made);
    return out;
}

} // namespace host::cli

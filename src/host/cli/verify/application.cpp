#include "host/cli/verify/application.hpp"

#include "base/hex.hpp"
#include "crypto/digest.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "package/wasm/format.hpp"

#include <algorithm>

namespace host::cli {

namespace {

using protocol::evidence::Digest;
using protocol::evidence::UserData;

constexpr std::size_t largest_application = std::size_t{512} << 20;

os::OrFailure<Digest> digest_of(std::string_view option, std::vector<std::byte> const& bytes) {
    Digest digest{};
    if (bytes.size() != digest.size())
        return failure(
            "usage",
            std::string{option} + " '" + base::hex(bytes) + "' is not 32 bytes in hexadecimal",
            "enarx run --digests APPLICATION prints it"
        );
    std::ranges::copy(bytes, digest.begin());
    return digest;
}

os::OrFailure<std::optional<Digest>> parse_workload(std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    auto const bytes = TRY(workload_digest(*text));
    return TRY(digest_of("--workload", bytes));
}

os::OrFailure<std::optional<Digest>> parse_configuration(std::optional<std::string> const& text) {
    if (!text) return std::nullopt;
    auto const bytes = unhex(*text);
    if (!bytes)
        return failure(
            "usage",
            "--configuration '" + *text + "' is not 32 bytes in hexadecimal",
            "enarx run --digests APPLICATION prints it"
        );
    return TRY(digest_of("--configuration", *bytes));
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

os::OrFailure<std::vector<std::byte>> workload_digest(std::string const& text) {
    if (auto bytes = unhex(text)) return std::move(*bytes);
    auto const file = read_bytes(text, largest_application);
    if (!file)
        return failure(
            "usage",
            "--workload '" + text +
                "' is neither 32 bytes in hexadecimal nor a file to read: " + file.error().text,
            "enarx run --digests APPLICATION prints them"
        );
    if (package::recognise(*file) == package::Format::Other)
        return failure(
            "usage",
            "--workload '" + text + "' is " + std::string{package::other_format(*file)},
            "give the WebAssembly application that should run, or its digest"
        );
    auto const digest = crypto::sha256(*file);
    return std::vector<std::byte>{digest.begin(), digest.end()};
}

os::OrFailure<attest::none::Wanted>
parse_application(ApplicationWish const& wish, attest::Expected expected) {
    return attest::none::Wanted{
        .workload = TRY(parse_workload(wish.workload)),
        .configuration = TRY(parse_configuration(wish.configuration)),
        .user_data = TRY(parse_user_data(wish.user_data)),
        .report_data = std::move(expected.report_data),
        .measurements = std::move(expected.measurements)
    };
}

os::OrFailure<attest::Expected> expected_of_hardware(
    attest::none::Wanted const& wanted, attest::wrapped::Piece const& piece, bool whole
) {
    auto data = attest::wrapped::data_expected(
        wanted.report_data,
        {.workload = wanted.workload,
         .configuration = wanted.configuration,
         .user_data = wanted.user_data},
        piece,
        whole
    );
    if (data) return attest::Expected{*std::move(data), wanted.measurements};
    if (data.error() == attest::wrapped::Unasked::Incomplete)
        return failure(
            "usage",
            "evidence of hardware holds one digest of workload, configuration and user data",
            "give --workload, --configuration and --user-data together, or none of them"
        );
    return failure(
        "usage",
        "--report-data are not those of --workload, --configuration and --user-data",
        "leave --report-data out: they follow from the others"
    );
}

} // namespace host::cli

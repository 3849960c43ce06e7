#include "host/cli/verify/unknown.hpp"

#include "attest/cose/sign1.hpp"
#include "attest/inspect/describe.hpp"
#include "attest/text.hpp"
#include "attest/wrapped/spelling.hpp"

#include <algorithm>

namespace host::cli {

namespace {

using attest::inspect::Kind;

constexpr std::string_view expected =
    "expected VERSION of a report (2 to 5) or of a quote (3, 4 or 5), a COSE_Sign1, a CCA token "
    "or a certification request";
constexpr std::size_t shown = 8; // bytes

// Where a file of that kind belongs.
std::string_view place_of(Kind kind) {
    switch (kind) {
    case Kind::Certificates:
    case Kind::RevocationList:
    case Kind::Collateral:
    case Kind::Bundle:
    case Kind::WrappedCertificates:
        return ", an endorsement and no evidence: give it with --endorsements";
    case Kind::TrustKeys:
        return ": give it with --root or --endorsements";
    case Kind::ReportData:
        return ": give it with --report-data @FILE";
    default:
        return ": `enarx inspect` shows it";
    }
}

} // namespace

// Evidence as text: the bytes are what counts.
std::string_view spelt(base::View bytes) {
    constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF\r\n";
    constexpr std::string_view base64 =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_=\r\n";
    auto text = base::text_of(bytes);
    if (text.starts_with("0x")) text.remove_prefix(2);
    if (!attest::wrapped::pem_blocks(text).empty())
        return "; it looks like PEM with other text around it: give the blocks alone";
    if (text.find_first_not_of(hexadecimal) == std::string_view::npos)
        return "; it looks like hexadecimal: give the bytes (xxd -r -p)";
    if (text.find_first_not_of(base64) == std::string_view::npos)
        return "; it looks like base64: give the bytes (base64 -d)";
    return {};
}

os::Failure unknown_evidence(std::string const& path, base::View bytes, std::string const& known) {
    if (bytes.empty())
        return {
            .name = "evidence-unknown",
            .text = "the file is empty: at byte 0, first field, " + std::string{expected}
        };
    auto const front = bytes.first(std::min(bytes.size(), shown));
    auto text = "at byte 0, first field, " + std::string{expected} + ", found " +
                attest::hex(front) + (front.size() < bytes.size() ? ".." : "");
    if (!known.empty()) {
        text += "; it is " + known;
    } else if (auto const sign1 = attest::cose::Sign1::parse(bytes)) {
        text += "; it is a COSE_Sign1 of another kind (algorithm " +
                std::to_string(sign1->algorithm_number()) + "), such as a PSA token or an EAT";
    } else if (auto const kind = attest::inspect::recognise(bytes, bytes.size())) {
        auto const described = attest::inspect::describe(*kind, {bytes, path}, {});
        text += "; it is a file of the kind " + described.kind + std::string{place_of(*kind)};
    } else {
        text += spelt(bytes);
    }
    return {.name = "evidence-unknown", .text = std::move(text)};
}

} // namespace host::cli

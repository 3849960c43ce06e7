#include "attest/wrapped/azure.hpp"

#include "attest/text.hpp"
#include "base/wire.hpp"
#include "crypto/digest.hpp"
#include "hw/snp/attestation_report.hpp"

#include <algorithm>
#include <optional>
#include <vector>

namespace attest::wrapped::azure {

namespace {

struct Header {
    base::Bytes<4> signature; // 0x00  HCLA
    base::U32 version;        // 0x04
    base::U32 report_size;    // 0x08  of what follows the header's first 20 bytes
    base::U32 request_type;   // 0x0c
    base::U32 status;         // 0x10
    base::Bytes<12> reserved; // 0x14
};
static_assert(sizeof(Header) == 0x20);

struct RuntimeHeader {
    base::U32 data_size;     // 0x00  this header included
    base::U32 version;       // 0x04
    base::U32 report_type;   // 0x08
    base::U32 hash_type;     // 0x0c
    base::U32 variable_size; // 0x10
};
static_assert(sizeof(RuntimeHeader) == 0x14);

constexpr std::uint32_t of_snp = 2;
constexpr std::uint32_t of_tdx = 4;
constexpr std::size_t report_size = sizeof(hw::snp::AttestationReport);
constexpr std::string_view name = "an Azure HCL report";

using Refusal = std::unexpected<std::string>;

Refusal cut_short(std::size_t at) {
    return Refusal{std::string{name} + " that ends at byte " + std::to_string(at)};
}

// By the number that the header has for it (Azure writes 1 to 3, as TPM2 does in its own way).
std::optional<std::vector<std::byte>> digest_of(std::uint32_t hash_type, base::View data) {
    auto const copy = [](auto const& digest) { return std::vector(digest.begin(), digest.end()); };
    if (hash_type == 1) return copy(crypto::sha256(data));
    if (hash_type == 2) return copy(crypto::sha384(data));
    if (hash_type == 3) return copy(crypto::sha512(data));
    return {};
}

bool binds(base::View report, std::uint32_t hash_type, base::View data) {
    auto const digest = digest_of(hash_type, data);
    auto const field =
        report.subspan(offsetof(hw::snp::AttestationReport, report_data), sizeof(base::Bytes<64>));
    return digest && base::equal(field.first(digest->size()), *digest) &&
           base::all_zero(field.subspan(digest->size()));
}

} // namespace

bool looks_like_hcl_report(base::View bytes) {
    return base::text_of(bytes).starts_with("HCLA") && bytes.size() >= sizeof(Header);
}

base::Result<HclReport, std::string> parse_hcl_report(base::View bytes) {
    auto left = bytes;
    (void)base::take<Header>(left);
    if (left.size() < report_size) return cut_short(bytes.size());
    auto const report = left.first(report_size);
    left = left.subspan(report_size);
    auto const runtime = base::take<RuntimeHeader>(left);
    if (!runtime || runtime->variable_size > left.size()) return cut_short(bytes.size());
    if (runtime->report_type == of_tdx)
        return Refusal{
            std::string{name} +
            " of TDX: at byte 32 stands a TDREPORT, whose MAC only the processor that made it can "
            "check; have it quoted there and give the quote"
        };
    if (runtime->report_type != of_snp)
        return Refusal{
            std::string{name} + " of type " + std::to_string(runtime->report_type) +
            ", which is neither SEV-SNP nor TDX"
        };
    auto const data = left.first(runtime->variable_size);
    if (!binds(report, runtime->hash_type, data))
        return Refusal{
            std::string{name} +
            "; the SEV-SNP report is the 1184 bytes from byte 32 on, and its "
            "REPORT_DATA, " +
            hex(report.subspan(offsetof(hw::snp::AttestationReport, report_data), 64)) +
            ", are not the digest of the runtime data behind it, SHA-256 " +
            hex(crypto::sha256(data))
        };
    return HclReport{.report = report, .runtime_data = data};
}

} // namespace attest::wrapped::azure

#include "attest/dcap/qe_rules.hpp"

#include "attest/dcap/collateral_rules.hpp"
#include "attest/dcap/platform_tcb.hpp"
#include "attest/text.hpp"
#include "base/hex.hpp"

#include <utility>

#include <fmt/format.h>

namespace attest::dcap {

namespace {

constexpr std::size_t at_attributes = offsetof(hw::sgx::ReportBody, attributes);
constexpr std::size_t at_mr_signer = offsetof(hw::sgx::ReportBody, mr_signer);
constexpr std::size_t at_isv_svn = offsetof(hw::sgx::ReportBody, isv_svn);

// A misspelt constant does not compile.
template <std::size_t N> consteval base::Bytes<N> digits(std::string_view text) {
    base::Bytes<N> out{};
    if (!base::unhex(text, out)) std::unreachable();
    return out;
}

// What all identities of Intel's quoting enclaves have said since 2018 (PCS API, /sgx and /tdx
// certification v4 qe/identity).
EnclaveIdentity const& usual(Tee tee) {
    constexpr auto make = [](Tee of, base::Bytes<32> const& signer, std::uint16_t product) {
        EnclaveIdentity out;
        out.tee = of;
        out.misc_select_mask = 0xffffffffU;
        out.attributes = digits<16>("11000000000000000000000000000000");
        out.attributes_mask = digits<16>("fbffffffffffffff0000000000000000");
        out.mr_signer = signer;
        out.isv_prod_id = product;
        return out;
    };
    static EnclaveIdentity const sgx = make(
        Tee::Sgx, digits<32>("8c4f5775d796503e96137f77c68a829a0056ac8ded70140b081b094490c57bff"), 1
    );
    static EnclaveIdentity const tdx = make(
        Tee::Tdx, digits<32>("dc9e2a7c6f948f17474e34a7fc43ed030f7c1563f1babddf6340c82e0e54a8c5"), 2
    );
    return tee == Tee::Sgx ? sgx : tdx;
}

bool masked_equal(base::View found, base::View wanted, base::View mask) {
    for (std::size_t i = 0; i < found.size(); ++i)
        if ((found[i] & mask[i]) != wanted[i]) return false;
    return true;
}

Place place(Quote const& quote, std::size_t offset, std::string_view field) {
    return {.part = "quote", .offset = quote.qe_offset + offset, .field = std::string(field)};
}

void judge_signer(Judge& judge, Quote const& quote, EnclaveIdentity const& identity) {
    auto const& report = quote.qe.report;
    bool const same = base::equal(report.mr_signer, identity.mr_signer) &&
                      report.isv_prod_id == identity.isv_prod_id;
    judge.check(rules::qe_signer, same, [&] {
        return Detail{
            .expected =
                fmt::format("{}, product {}", hex(identity.mr_signer), identity.isv_prod_id),
            .found = fmt::format(
                "{}, product {}", hex(report.mr_signer), std::uint16_t(report.isv_prod_id)
            ),
            .place = place(quote, at_mr_signer, "QE report MRSIGNER, ISVPRODID"),
        };
    });
}

void judge_attributes(Judge& judge, Quote const& quote, EnclaveIdentity const& identity) {
    auto const& report = quote.qe.report;
    auto const attributes = std::bit_cast<base::Bytes<16>>(report.attributes);
    bool const same = masked_equal(attributes, identity.attributes, identity.attributes_mask) &&
                      (report.misc_select & identity.misc_select_mask) == identity.misc_select;
    judge.check(rules::qe_attributes, same, [&] {
        return Detail{
            .expected = fmt::format(
                "{} under {}, MISCSELECT {:#x} under {:#x}",
                hex(identity.attributes),
                hex(identity.attributes_mask),
                std::uint32_t(identity.misc_select),
                std::uint32_t(identity.misc_select_mask)
            ),
            .found = fmt::format("{}, {:#x}", hex(attributes), std::uint32_t(report.misc_select)),
            .place = place(quote, at_attributes, "QE report ATTRIBUTES, MISCSELECT"),
        };
    });
}

} // namespace

std::optional<Standing>
judge_quoting_enclave(Judge& judge, Quote const& quote, Tee tee, EnclaveIdentity const* identity) {
    judge_signer(judge, quote, identity ? *identity : usual(tee));
    judge_attributes(judge, quote, identity ? *identity : usual(tee));
    if (!identity) {
        judge.not_applicable(rules::qe_level, "no identity of the quoting enclave");
        return {};
    }
    auto const isv_svn = std::uint16_t(quote.qe.report.isv_svn);
    auto const* level = find_isv_level(identity->levels, isv_svn);
    judge.check(rules::qe_level, level != nullptr, [&] {
        return Detail{
            .expected = "an ISVSVN that some level has",
            .found = fmt::to_string(isv_svn),
            .place = place(quote, at_isv_svn, "QE report ISVSVN"),
        };
    });
    return level ? std::optional{level->standing} : std::nullopt;
}

} // namespace attest::dcap

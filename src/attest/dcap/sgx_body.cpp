#include "attest/dcap/sgx_body.hpp"

#include "attest/asked.hpp"
#include "attest/compare.hpp"
#include "attest/dcap/sgx_rules.hpp"
#include "attest/text.hpp"

#include <array>

#include <fmt/format.h>

namespace attest::dcap {

namespace {

using hw::sgx::Attributes;
using hw::sgx::ReportBody;

struct Body {
    ReportBody const& report;
    std::size_t offset; // in the quote

    Place at(std::size_t field_offset, std::string_view field) const {
        return {.part = "quote", .offset = offset + field_offset, .field = std::string(field)};
    }
    Detail of_policy(base::View found, std::size_t field_offset, std::string_view field) const {
        return {
            .expected = "the policy's",
            .found = hex(found),
            .place = at(field_offset, field),
        };
    }
    Detail of_policy(std::uint64_t found, std::size_t field_offset, std::string_view field) const {
        return {
            .expected = "the policy's",
            .found = hex(found),
            .place = at(field_offset, field),
        };
    }
};

struct BitRule {
    Rule const& rule;
    std::uint64_t mask;
    bool wanted;
    std::string_view field;
};

constexpr std::array bit_rules{
    BitRule{rules::sgx::debug, Attributes::debug, false, "ATTRIBUTES.DEBUG"},
    BitRule{rules::sgx::mode64, Attributes::mode64bit, true, "ATTRIBUTES.MODE64BIT"},
    BitRule{rules::sgx::init, Attributes::init, true, "ATTRIBUTES.INIT"},
    BitRule{rules::sgx::provision_key, Attributes::provision_key, false, "ATTRIBUTES.PROVISIONKEY"},
    BitRule{
        rules::sgx::einittoken_key, Attributes::einittoken_key, false, "ATTRIBUTES.EINITTOKEN_KEY"
    },
    BitRule{rules::sgx::aex_notify, Attributes::aex_notify, true, "ATTRIBUTES.AEXNOTIFY"},
};

void judge_attributes(Judge& judge, Body const& body) {
    auto const flags = std::uint64_t(body.report.attributes.flags);
    for (auto const& bit : bit_rules)
        judge.check(bit.rule, ((flags & bit.mask) != 0) == bit.wanted, [&] {
            return Detail{
                .expected = fmt::format("{} {}", bit.field, int(bit.wanted)),
                .found = fmt::format("{} in {:#x}", int(!bit.wanted), flags),
                .place = body.at(offsetof(ReportBody, attributes), bit.field),
            };
        });
    auto const& limits = judge.policy().dcap.sgx;
    auto const xfrm = std::uint64_t(body.report.attributes.xfrm);
    judge_asked(
        judge,
        rules::sgx::xfrm,
        limits.xfrm,
        [&](auto allowed) { return (xfrm & ~allowed) == 0; },
        body.of_policy(xfrm, offsetof(ReportBody, attributes) + 8, "ATTRIBUTES.XFRM")
    );
    auto const misc_select = std::uint32_t(body.report.misc_select);
    judge_asked(
        judge,
        rules::sgx::misc_select,
        limits.misc_select,
        [&](auto allowed) { return (misc_select & ~allowed) == 0; },
        body.of_policy(misc_select, offsetof(ReportBody, misc_select), "MISCSELECT")
    );
}

void judge_numbers(Judge& judge, Body const& body) {
    auto const& limits = judge.policy().dcap.sgx;
    auto const& report = body.report;
    judge_asked(
        judge,
        rules::sgx::isv_prod_id,
        limits.isv_prod_id,
        [&](auto wanted) { return report.isv_prod_id == wanted; },
        body.of_policy(report.isv_prod_id, offsetof(ReportBody, isv_prod_id), "ISVPRODID")
    );
    judge_asked(
        judge,
        rules::sgx::isv_svn,
        limits.isv_svn,
        [&](auto least) { return report.isv_svn >= least; },
        body.of_policy(report.isv_svn, offsetof(ReportBody, isv_svn), "ISVSVN")
    );
    judge_asked(
        judge,
        rules::sgx::config_svn,
        limits.config_svn,
        [&](auto least) { return report.config_svn >= least; },
        body.of_policy(report.config_svn, offsetof(ReportBody, config_svn), "CONFIGSVN")
    );
}

void judge_identity(Judge& judge, Body const& body) {
    auto const& limits = judge.policy().dcap.sgx;
    auto const& report = body.report;
    compare_report_data(
        judge,
        rules::sgx::report_data,
        {report.report_data, body.at(offsetof(ReportBody, report_data), "REPORTDATA")}
    );
    compare_measurement(
        judge,
        rules::sgx::measurement,
        {report.mr_enclave, body.at(offsetof(ReportBody, mr_enclave), "MRENCLAVE")}
    );
    judge_asked(
        judge,
        rules::sgx::mr_signer,
        limits.mr_signers,
        among(report.mr_signer),
        body.of_policy(base::View{report.mr_signer}, offsetof(ReportBody, mr_signer), "MRSIGNER")
    );
    auto const same = [&](Rule const& rule,
                          auto const& wanted,
                          base::View found,
                          std::size_t offset,
                          std::string_view field) {
        judge_asked(judge, rule, wanted, equals(found), body.of_policy(found, offset, field));
    };
    same(
        rules::sgx::isv_ext_prod_id,
        limits.isv_ext_prod_id,
        report.isv_ext_prod_id,
        offsetof(ReportBody, isv_ext_prod_id),
        "ISVEXTPRODID"
    );
    same(
        rules::sgx::isv_family_id,
        limits.isv_family_id,
        report.isv_family_id,
        offsetof(ReportBody, isv_family_id),
        "ISVFAMILYID"
    );
    same(
        rules::sgx::config_id,
        limits.config_id,
        report.config_id,
        offsetof(ReportBody, config_id),
        "CONFIGID"
    );
}

} // namespace

bool reserved_zero(ReportBody const& report) {
    return base::all_zero(report.reserved_014) && base::all_zero(report.reserved_060) &&
           base::all_zero(report.reserved_0a0) && base::all_zero(report.reserved_106);
}

void judge_enclave(Judge& judge, ReportBody const& report, std::size_t offset) {
    Body const body{.report = report, .offset = offset};
    judge_attributes(judge, body);
    judge_identity(judge, body);
    judge_numbers(judge, body);
}

} // namespace attest::dcap

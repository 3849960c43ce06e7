#include "attest/dcap/tdx_body.hpp"

#include "attest/asked.hpp"
#include "attest/compare.hpp"
#include "attest/dcap/tdx_rules.hpp"
#include "attest/text.hpp"

#include <array>

#include <fmt/format.h>

namespace attest::dcap {

namespace {

using hw::tdx::ReportBody;
using hw::tdx::TdAttributes;

struct BitRule {
    Rule const& rule;
    std::uint64_t mask;
    bool wanted; // whether a bit under the mask is set
    std::string_view field;
};

constexpr std::array bit_rules{
    BitRule{rules::tdx::debug, TdAttributes::tud_mask, false, "TDATTRIBUTES.TUD"},
    BitRule{
        rules::tdx::attributes_reserved, TdAttributes::reserved_mask, false, "TDATTRIBUTES.RESERVED"
    },
    BitRule{
        rules::tdx::sept_ve_disable,
        TdAttributes::sept_ve_disable,
        true,
        "TDATTRIBUTES.SEPT_VE_DISABLE"
    },
    BitRule{rules::tdx::migratable, TdAttributes::migratable, false, "TDATTRIBUTES.MIGRATABLE"},
    BitRule{rules::tdx::pks, TdAttributes::pks, false, "TDATTRIBUTES.PKS"},
    BitRule{rules::tdx::kl, TdAttributes::kl, false, "TDATTRIBUTES.KL"},
    BitRule{rules::tdx::perfmon, TdAttributes::perfmon, false, "TDATTRIBUTES.PERFMON"},
};

class Domain {
public:
    Domain(Judge& judge, TdBody const& body, std::size_t offset)
        : judge_{&judge}, body_{&body}, offset_{offset} {}

    void judge_attributes() const {
        auto const attributes = std::uint64_t(body_->report.td_attributes);
        for (auto const& bit : bit_rules)
            judge_->check(bit.rule, ((attributes & bit.mask) != 0) == bit.wanted, [&] {
                return Detail{
                    .expected = fmt::format("{} {}", bit.field, int(bit.wanted)),
                    .found = fmt::format("{:#x}", attributes),
                    .place = at(offsetof(ReportBody, td_attributes), bit.field),
                };
            });
        auto const xfam = std::uint64_t(body_->report.xfam);
        judge_asked(
            *judge_,
            rules::tdx::xfam,
            limits().xfam,
            [&](auto allowed) { return (xfam & ~allowed) == 0; },
            {.expected = "only features of the policy's",
             .found = hex(xfam),
             .place = at(offsetof(ReportBody, xfam), "XFAM")}
        );
    }

    void judge_measurements() const {
        auto const& report = body_->report;
        compare_report_data(
            *judge_,
            rules::tdx::report_data,
            {report.report_data, at(offsetof(ReportBody, report_data), "REPORTDATA")}
        );
        compare_measurement(
            *judge_,
            rules::tdx::measurement,
            {report.mr_td, at(offsetof(ReportBody, mr_td), "MRTD")}
        );
        constexpr std::array rtmr_rules{
            &rules::tdx::rtmr0, &rules::tdx::rtmr1, &rules::tdx::rtmr2, &rules::tdx::rtmr3
        };
        for (std::size_t i = 0; i < rtmr_rules.size(); ++i)
            judge_asked(
                *judge_,
                *rtmr_rules[i],
                limits().rtmr[i],
                equals(report.rtmr[i]),
                of_policy(report.rtmr[i], offsetof(ReportBody, rtmr) + 48 * i, "RTMR")
            );
    }

    void judge_names() const {
        auto const& report = body_->report;
        judge_asked(
            *judge_,
            rules::tdx::mr_config_id,
            limits().mr_config_id,
            equals(report.mr_config_id),
            of_policy(report.mr_config_id, offsetof(ReportBody, mr_config_id), "MRCONFIGID")
        );
        judge_asked(
            *judge_,
            rules::tdx::mr_owner,
            limits().mr_owner,
            equals(report.mr_owner),
            of_policy(report.mr_owner, offsetof(ReportBody, mr_owner), "MROWNER")
        );
        judge_asked(
            *judge_,
            rules::tdx::mr_owner_config,
            limits().mr_owner_config,
            equals(report.mr_owner_config),
            of_policy(
                report.mr_owner_config, offsetof(ReportBody, mr_owner_config), "MROWNERCONFIG"
            )
        );
        judge_asked(
            *judge_,
            rules::tdx::mr_seam,
            limits().mr_seams,
            among(report.mr_seam),
            of_policy(report.mr_seam, offsetof(ReportBody, mr_seam), "MRSEAM")
        );
        // Before TDX 1.5 there is no service TD: that is what zeros say too.
        auto const service = body_->tail ? body_->tail->mr_service_td : base::Bytes<48>{};
        judge_asked(
            *judge_,
            rules::tdx::mr_service_td,
            limits().mr_service_tds,
            among(service),
            of_policy(service, sizeof(ReportBody) + 16, "MRSERVICETD")
        );
    }

private:
    TdxLimits const& limits() const { return judge_->policy().dcap.tdx; }
    Place at(std::size_t offset, std::string_view field) const {
        return {.part = "quote", .offset = offset_ + offset, .field = std::string(field)};
    }
    Detail of_policy(base::View found, std::size_t offset, std::string_view field) const {
        return {.expected = "the policy's", .found = hex(found), .place = at(offset, field)};
    }

    Judge* judge_;
    TdBody const* body_;
    std::size_t offset_;
};

} // namespace

void judge_domain(Judge& judge, TdBody const& body, std::size_t offset) {
    Domain const domain{judge, body, offset};
    domain.judge_attributes();
    domain.judge_measurements();
    domain.judge_names();
}

} // namespace attest::dcap

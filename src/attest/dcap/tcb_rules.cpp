#include "attest/dcap/tcb_rules.hpp"

#include "attest/asked.hpp"
#include "attest/dcap/platform_tcb.hpp"
#include "attest/dcap/qe_rules.hpp"
#include "attest/dcap/rules.hpp"
#include "attest/text.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace attest::dcap {

namespace {

Svns svns_of(base::Bytes<16> const& bytes) { return std::bit_cast<Svns>(bytes); }

bool masked_equal(base::View found, ModuleSigner const& signer) {
    for (std::size_t i = 0; i < found.size(); ++i)
        if ((found[i] & signer.attributes_mask[i]) != signer.attributes[i]) return false;
    return true;
}

// Of a module of a version above 0: its identity and its level.
struct Module {
    ModuleIdentity const* identity = nullptr;
    IsvLevel const* level = nullptr;
};

Module judge_module_level(Judge& judge, TdBody const& body, TcbInfo const* info) {
    auto const svns = svns_of(body.report.tee_tcb_svn);
    if (!info || svns[1] == 0) {
        judge.not_applicable(
            rules::tdx::module_level, info ? "a module without a version" : "no TCB info"
        );
        return {};
    }
    Module out;
    out.identity = find_module(*info, svns[1]);
    if (out.identity) out.level = find_isv_level(out.identity->levels, svns[0]);
    judge.check(rules::tdx::module_level, out.level != nullptr, [&] {
        return Detail{
            .expected = out.identity ? "an SVN that some level has"
                                     : fmt::format("the identity TDX_{:02x}", svns[1]),
            .found = out.identity ? fmt::to_string(svns[0]) : "none in the TCB info",
            .place = {.part = "quote", .field = "TEE_TCB_SVN"},
        };
    });
    return out;
}

void judge_module_signer(
    Judge& judge, TdBody const& body, TcbInfo const* info, ModuleIdentity const* identity
) {
    // All of Intel's modules have zeros in both.
    ModuleSigner signer;
    signer.attributes_mask.fill(std::byte{0xff});
    if (identity)
        signer = identity->signer;
    else if (info)
        signer = info->module;
    auto const attributes = std::bit_cast<base::Bytes<8>>(body.report.seam_attributes);
    bool const same = base::equal(body.report.mr_signer_seam, signer.mr_signer) &&
                      masked_equal(attributes, signer);
    judge.check(rules::tdx::module_signer, same, [&] {
        return Detail{
            .expected =
                fmt::format("{}, attributes {}", hex(signer.mr_signer), hex(signer.attributes)),
            .found =
                fmt::format("{}, attributes {}", hex(body.report.mr_signer_seam), hex(attributes)),
            .place = {.part = "quote", .field = "MRSIGNERSEAM, SEAMATTRIBUTES"},
        };
    });
}

TcbLevel const*
judge_level(Judge& judge, TcbInfo const* info, Pck const& pck, Svns const* tee_tcb_svn) {
    if (!info) {
        judge.not_applicable(rules::tcb_level, "no TCB info");
        return nullptr;
    }
    auto const* level = find_level(*info, pck, tee_tcb_svn);
    judge.check(rules::tcb_level, level != nullptr, [&] {
        return Detail{
            .expected = "components, PCESVN and TEE_TCB_SVN at or above those of some level",
            .found = fmt::format(
                "components {}, PCESVN {}{}{}: older than all levels, or not yet released",
                hex(std::as_bytes(std::span{pck.components})),
                pck.pce_svn,
                tee_tcb_svn ? ", TEE_TCB_SVN " : "",
                tee_tcb_svn ? hex(std::as_bytes(std::span{*tee_tcb_svn})) : ""
            ),
            .place = {.part = "PCK certificate", .field = "TCB"},
        };
    });
    return level;
}

void fill_status(Tcb& out, TcbInfo const& info, Pck const& pck, Quote const& quote) {
    auto const none = Standing{};
    auto const quoting_enclave = out.quoting_enclave.value_or(none).status;
    auto const module = out.module.value_or(none).status;
    auto status = converge(out.platform->status, module);
    auto const* td = std::get_if<TdBody>(&quote.body);
    auto const* sgx = find_level(info, pck, nullptr);
    if (td && td->tail && sgx)
        status = relaunch(
            info,
            {.sgx = sgx->standing.status,
             .status = status,
             .module = module,
             .quoting_enclave = quoting_enclave,
             .current = svns_of(td->tail->tee_tcb_svn_2)}
        );
    out.status = converge(status, quoting_enclave);
}

void judge_status(Judge& judge, Tcb const& tcb, std::string const& source) {
    bool const revoked = tcb.status == TcbStatus::Revoked ||
                         (tcb.quoting_enclave && tcb.quoting_enclave->status == TcbStatus::Revoked);
    if (tcb.status || tcb.quoting_enclave)
        judge.check(rules::tcb_revoked, !revoked, [&] {
            return Detail{
                .expected = "a TCB that is not revoked",
                .found = "Revoked",
                .place = {.part = source, .field = "tcbStatus"},
            };
        });
    else
        judge.not_applicable(rules::tcb_revoked, "no document of Intel's applies");
    if (!tcb.status) {
        judge.not_applicable(rules::tcb_status, "no level of TCB info applies");
        return;
    }
    auto const& allowed = judge.policy().dcap.statuses;
    bool const fits = std::ranges::find(allowed, *tcb.status) != allowed.end();
    judge.check(rules::tcb_status, fits, [&] {
        std::string wanted;
        for (auto const status : allowed)
            wanted += (wanted.empty() ? "" : " or ") + std::string(name_of(status));
        return Detail{
            .expected = std::move(wanted),
            .found = std::string(name_of(*tcb.status)),
            .place = {.part = source, .field = "tcbStatus"},
            .hint = "The platform's owner has to update or configure it; a policy file may allow "
                    "the status.",
        };
    });
}

std::vector<std::string> open_advisories(Tcb const& tcb) {
    std::vector<std::string> out;
    for (auto const* part : {&tcb.platform, &tcb.module, &tcb.quoting_enclave})
        if (*part)
            for (auto const& id : (*part)->advisories)
                if (std::ranges::find(out, id) == out.end()) out.push_back(id);
    return out;
}

void judge_advisories(Judge& judge, Tcb const& tcb, std::string const& source) {
    auto const& limits = judge.policy().dcap;
    auto const open = open_advisories(tcb);
    std::string found;
    for (auto const& id : open) found += (found.empty() ? "" : ", ") + id;
    judge_asked(
        judge,
        rules::tcb_advisories,
        limits.advisories,
        [&](auto const& allowed) {
            return tcb.platform && std::ranges::all_of(open, [&](auto const& id) {
                       return std::ranges::find(allowed, id) != allowed.end();
                   });
        },
        {.expected = "only the policy's",
         .found = tcb.platform ? found : "no TCB info",
         .place = {.part = source, .field = "advisoryIDs"}}
    );
    judge_asked(
        judge,
        rules::tcb_evaluation,
        limits.evaluation_number,
        [&](auto least) { return tcb.evaluation_number >= least; },
        {.expected = "the policy's or above",
         .found = tcb.evaluation_number ? fmt::to_string(*tcb.evaluation_number) : "no TCB info",
         .place = {.part = source, .field = "tcbEvaluationDataNumber"}}
    );
}

void judge_flag(Judge& judge, Rule const& rule, std::optional<bool> set, std::string_view field) {
    if (!set) {
        judge.not_applicable(rule, "a PCK certificate of the Processor CA has no such field");
        return;
    }
    judge.check(rule, !*set, [&] {
        return Detail{
            .expected = "FALSE",
            .found = "TRUE",
            .place = {.part = "PCK certificate", .field = std::string(field)},
        };
    });
}

} // namespace

Tcb judge_tcb(Judge& judge, Quote const& quote, Pck const& pck, Documents const& documents) {
    auto const* const td = std::get_if<TdBody>(&quote.body);
    auto const* const info = documents.tcb_info;
    Tcb out;
    out.quoting_enclave =
        judge_quoting_enclave(judge, quote, td ? Tee::Tdx : Tee::Sgx, documents.identity);
    if (td) {
        auto const module = judge_module_level(judge, *td, info);
        judge_module_signer(judge, *td, info, module.identity);
        if (module.level) out.module = module.level->standing;
    }
    auto const svns = td ? svns_of(td->report.tee_tcb_svn) : Svns{};
    if (auto const* level = judge_level(judge, info, pck, td ? &svns : nullptr)) {
        out.platform = level->standing;
        out.evaluation_number = documents.evaluation_number;
        fill_status(out, *info, pck, quote);
    }
    judge_status(judge, out, documents.tcb_info_source);
    judge_advisories(judge, out, documents.tcb_info_source);
    return out;
}

void judge_platform(Judge& judge, Pck const& pck) {
    auto const& limits = judge.policy().dcap;
    judge_asked(
        judge,
        rules::fmspc,
        limits.fmspcs,
        among(pck.fmspc),
        {.expected = "one of the policy's",
         .found = hex(pck.fmspc),
         .place = {.part = "PCK certificate", .field = "FMSPC"}}
    );
    judge_asked(
        judge,
        rules::ppid,
        limits.ppids,
        among(pck.ppid),
        {.expected = "one of the policy's",
         .found = hex(pck.ppid),
         .place = {.part = "PCK certificate", .field = "PPID"}}
    );
    judge_flag(judge, rules::dynamic_platform, pck.dynamic_platform, "DynamicPlatform");
    judge_flag(judge, rules::cached_keys, pck.cached_keys, "CachedKeys");
    judge_flag(judge, rules::smt, pck.smt_enabled, "SMTenabled");
}

} // namespace attest::dcap

#include "attest/dcap/documents.hpp"

#include "attest/dcap/collateral_rules.hpp"
#include "attest/dcap/signer.hpp"
#include "attest/text.hpp"

#include <array>
#include <tuple>

#include <fmt/format.h>

namespace attest::dcap {

namespace {

using Given = Sourced<Collateral>;

constexpr ChainRules signing_rules{
    .complete = rules::signing_complete,
    .root = rules::signing_root,
    .authority = rules::signing_authority,
    .signature = rules::signing_signature,
    .validity = rules::signing_validity,
};

// Orders documents of one subject: those of the right time first, of these the strictest.
auto worth(Collateral const& document, std::chrono::sys_seconds at) {
    bool const issued = document.issued() <= at;
    return std::tuple{
        issued && at <= document.next_update(),
        issued,
        document.evaluation_number(),
        document.issued(),
        document.tcb_info() ? document.tcb_info()->version : 0,
    };
}

template <class Applies> Given const* choose(Request const& request, Applies&& applies) {
    Given const* best = nullptr;
    for (auto const& given : request.endorsements.collateral())
        if (applies(given.value) &&
            (!best || worth(given.value, request.at) > worth(best->value, request.at)))
            best = &given;
    return best;
}

void judge_dates(Judge& judge, Request const& request, Given const& given) {
    auto const& [document, source] = given;
    judge.check(rules::collateral_issued, document.issued() <= request.at, [&] {
        return Detail{
            .expected = "issued at or before " + timestamp(request.at),
            .found = timestamp(document.issued()),
            .place = {.part = source, .field = "issueDate"},
        };
    });
    if (request.at <= document.next_update()) {
        judge.check(rules::collateral_fresh, true, [] { return Detail{}; });
        return;
    }
    judge.undecided(
        rules::collateral_fresh,
        {.expected = "nextUpdate at or after " + timestamp(request.at),
         .found = timestamp(document.next_update()),
         .place = {.part = source, .field = "nextUpdate"},
         .hint = "Get the current one: `enarx collateral fetch`."}
    );
}

// Whether the document may be believed; `path` leads from its signer to the root.
bool judge_signature(
    Judge& judge,
    Request const& request,
    Given const& given,
    std::span<Link const> pool,
    std::vector<Path>& paths
) {
    auto const signer = signer_of(given.value, request, pool);
    if (!signer.any) {
        judge.undecided(
            rules::collateral_signature,
            {.expected = "the certificate Intel SGX TCB Signing",
             .found = "none",
             .place = {.part = given.source},
             .hint = "Give the issuer chain that came with the document: `enarx collateral fetch`."}
        );
        return false;
    }
    judge.check(rules::collateral_signature, signer.link != nullptr, [&] {
        return Detail{
            .expected = "signed by Intel SGX TCB Signing",
            .found = "a signature that does not verify",
            .place = {.part = given.source, .offset = 0, .field = "signature"},
        };
    });
    if (!signer.link) return false;
    for (auto const& path : paths)
        if (path.front() == signer.link) return true;
    auto path = appraise_chain(judge, signing_rules, Purpose::Intel, request, *signer.link, pool);
    if (path.empty()) return false;
    paths.push_back(std::move(path));
    return true;
}

void none_given(Judge& judge) {
    for (auto const* rule : std::array{
             &rules::signing_complete,
             &rules::signing_root,
             &rules::signing_authority,
             &rules::signing_signature,
             &rules::signing_validity,
             &rules::collateral_signature,
             &rules::collateral_issued,
             &rules::collateral_fresh,
         })
        judge.not_applicable(*rule, "no document of Intel's applies");
}

void judge_present(Judge& judge, Rule const& rule, Given const* given, std::string wanted) {
    if (given) {
        judge.check(rule, true, [] { return Detail{}; });
        return;
    }
    judge.undecided(
        rule,
        {.expected = std::move(wanted),
         .found = "none: nothing is known of its status",
         .place = {.part = "endorsements"},
         .hint = "Get it from Intel: `enarx collateral fetch`."}
    );
}

} // namespace

Documents judge_documents(
    Judge& judge,
    Request const& request,
    Tee tee,
    Pck const& pck,
    std::span<Link const> pool,
    std::vector<Path>& paths
) {
    auto const* const info = choose(request, [&](Collateral const& document) {
        auto const* candidate = document.tcb_info();
        return candidate && candidate->tee == tee && candidate->fmspc == pck.fmspc &&
               candidate->pce_id == pck.pce_id;
    });
    auto const* const identity = choose(request, [&](Collateral const& document) {
        auto const* candidate = document.enclave_identity();
        return candidate && candidate->tee == tee;
    });
    judge_present(
        judge,
        rules::tcb_info_present,
        info,
        fmt::format("TCB info of FMSPC {}, PCEID {}", hex(pck.fmspc), hex(pck.pce_id))
    );
    judge_present(
        judge,
        rules::qe_identity_present,
        identity,
        tee == Tee::Sgx ? "QE identity" : "TD_QE identity"
    );
    if (!info && !identity) none_given(judge);

    Documents out;
    if (info) {
        judge_dates(judge, request, *info);
        if (judge_signature(judge, request, *info, pool, paths)) {
            out.tcb_info = info->value.tcb_info();
            out.evaluation_number = info->value.evaluation_number();
            out.tcb_info_source = info->source;
        }
    }
    if (identity) {
        judge_dates(judge, request, *identity);
        if (judge_signature(judge, request, *identity, pool, paths)) {
            out.identity = identity->value.enclave_identity();
            out.identity_source = identity->source;
        }
    }
    return out;
}

} // namespace attest::dcap

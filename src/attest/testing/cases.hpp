#pragma once

// For tests: each positive vector of any kind with endorsements of its own, file by file, so that
// each byte of each file can be changed.

#include "attest/testing/appraise.hpp"
#include "attest/testing/vectors.hpp"

namespace attest::testing {

struct Part {
    std::string name;
    std::vector<std::byte> bytes;
};

struct Case {
    Kind kind{};
    std::vector<Part> parts; // the evidence first
    std::chrono::sys_seconds at;
    bool before_chain = false; // no time is right for both chain and documents

    void add(std::string const& path) {
        parts.push_back({.name = path, .bytes = Vectors::instance().read(path)});
    }
    // What to run, without the file of that index: not even the evidence where that is 0.
    Trial trial_without(std::size_t index) const;
    Trial trial() const { return trial_without(parts.size()); }
    Policy policy() const {
        auto out = Policy::authentic();
        if (before_chain) out.set(*find_rule("dcap.chain.validity"), false);
        return out;
    }
};

inline Trial Case::trial_without(std::size_t index) const {
    Trial out;
    out.policy = policy();
    out.at = at;
    if (index != 0) out.evidence = parts[0].bytes;
    for (std::size_t i = 1; i < parts.size(); ++i)
        if (i != index && !out.add(parts[i].bytes, parts[i].name))
            throw std::runtime_error("unusable: " + parts[i].name);
    return out;
}

inline std::vector<Case> snp_cases() {
    auto const& vectors = Vectors::instance();
    std::vector<Case> out;
    for (auto const& vector : vectors.of_kind("snp-report")) {
        if (vector.positive != true) continue;
        Case made{.kind = Kind::SnpReport, .parts = {}, .at = {}};
        made.add(vector.path);
        for (auto const& path : vector.expected().at("use_with")) made.add(path);
        for (auto const& list : vectors.of_kind("amd-crl")) made.add(list.path);
        made.at = time_of(vector.expected().at("valid_window").at(0)) + std::chrono::hours(24);
        out.push_back(std::move(made));
    }
    return out;
}

// TCB info, identity of the quoting enclave, the signer of both and the list of the PCK's issuer.
inline void add_documents(Case& made, Vector const& vector) {
    auto const& vectors = Vectors::instance();
    auto const first = time_of(vector.expected().at("chain_valid_window").at(0));
    made.at = first + std::chrono::hours(24);
    for (auto const& evaluation : vector.expected().at("tcb_evaluations")) {
        auto const& path = evaluation.at("tcbinfo").get<std::string>();
        if (!vectors.has(path) || !evaluation.contains("qe_identity") ||
            evaluation.at("converged_status") == "NotFound")
            continue;
        made.add(path);
        made.add(evaluation.at("qe_identity"));
        made.at = time_of(evaluation.at("window").at(1));
        made.before_chain = made.at < first;
        break;
    }
    for (auto const& signer : vectors.of_kind("intel-tcb-signing-cert")) made.add(signer.path);
    for (auto const& list : vectors.of_kind("intel-crl"))
        if (list.all.at("fields").at("crl_for") == "root") {
            made.add(list.path);
            break;
        }
    auto const& lists = vector.expected().at("pck_not_revoked_in");
    if (!lists.empty()) made.add(lists.at(0));
}

inline std::vector<Case> quote_cases() {
    auto const& vectors = Vectors::instance();
    std::vector<Case> out;
    for (auto const* kind : {"sgx-quote-v3", "tdx-quote-v4", "tdx-quote-v5"})
        for (auto const& vector : vectors.of_kind(kind)) {
            if (vector.positive != true) continue;
            bool const tdx = vector.kind.starts_with("tdx");
            Case made{.kind = tdx ? Kind::TdxQuote : Kind::SgxQuote, .parts = {}, .at = {}};
            made.add(vector.path);
            add_documents(made, vector);
            out.push_back(std::move(made));
        }
    return out;
}

inline std::vector<Case> request_cases() {
    auto const& vectors = Vectors::instance();
    std::vector<Case> out;
    for (auto const& vector : vectors.of_kind("enarx-attestation-csr")) {
        Case made{.kind = Kind::EnarxRequest, .parts = {}, .at = time_of("2023-02-01T00:00:00Z")};
        made.add(vector.path);
        if (vector.path.starts_with("snp/"))
            for (auto const& chain : vectors.of_kind("amd-root-chain")) made.add(chain.path);
        out.push_back(std::move(made));
    }
    return out;
}

inline std::vector<Case> nitro_cases() {
    std::vector<Case> out;
    for (auto const& vector : Vectors::instance().of_kind("nitro-cose-sign1")) {
        if (vector.positive != true) continue;
        Case made{.kind = Kind::NitroDocument, .parts = {}, .at = {}};
        made.add(vector.path);
        // The manifest gives fractions of a second.
        made.at = time_of(vector.expected().at("evaluate_at")) + std::chrono::seconds(1);
        out.push_back(std::move(made));
    }
    return out;
}

// With the one trust anchor under which the token verifies.
inline std::vector<Case> cca_cases() {
    auto const& vectors = Vectors::instance();
    std::vector<Case> out;
    for (auto const& vector : vectors.of_kind("cca-token")) {
        if (vector.positive != true) continue;
        for (auto const& anchor : vectors.of_kind("cca-trust-anchor")) {
            if (anchor.positive != true) continue;
            Case made{.kind = Kind::CcaToken, .parts = {}, .at = time_of("2026-01-01T00:00:00Z")};
            made.add(vector.path);
            made.add(anchor.path);
            if (made.trial().run(made.kind).verdict() != Verdict::Accepted) continue;
            out.push_back(std::move(made));
            break;
        }
    }
    return out;
}

inline std::vector<Case> positive_cases() {
    std::vector<Case> out;
    for (auto const& cases :
         {snp_cases(), quote_cases(), request_cases(), nitro_cases(), cca_cases()})
        out.insert(out.end(), cases.begin(), cases.end());
    return out;
}

} // namespace attest::testing

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
    Policy policy() const {
        auto out = Policy::authentic();
        if (before_chain) out.set(*find_rule("dcap.chain.validity"), false);
        return out;
    }
};

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

inline std::vector<Case> positive_cases() {
    auto out = snp_cases();
    for (auto& made : quote_cases()) out.push_back(std::move(made));
    for (auto& made : request_cases()) out.push_back(std::move(made));
    return out;
}

} // namespace attest::testing

#pragma once

// The answer: accepted, refused or undecided, with the outcome of every rule; claims only where it
// accepted.

#include "attest/cca/appraise.hpp"
#include "attest/csr/claims.hpp"
#include "attest/dcap/claims.hpp"
#include "attest/finding.hpp"
#include "attest/kind.hpp"
#include "attest/nitro/appraise.hpp"
#include "attest/request.hpp"
#include "attest/snp/claims.hpp"

#include <memory>
#include <variant>
#include <vector>

namespace attest {

// The exit statuses of `enarx verify`.
enum class Verdict : std::uint8_t { Accepted = 0, Refused = 1, Undecided = 3 };

// What findings amount to.
Verdict verdict_of(std::vector<Finding> const& findings);

class Appraisal;
Appraisal appraise(Kind kind, Request const& request);

// Only appraise() makes Claims: to hold them is to know that no rule failed and none was left
// undecided. Each alternative has a measurement and report data: claims.cpp does not build without.
class Claims {
public:
    using Value = std::variant<snp::Claims, dcap::Claims, nitro::Claims, cca::Claims, csr::Claims>;
    Value const& value() const { return value_; }
    template <class T> T const* get() const { return std::get_if<T>(&value_); }

    // MEASUREMENT, MRENCLAVE, MRTD, PCR 0 or the realm's initial measurement.
    base::View measurement() const;
    // REPORT_DATA, nonce (or else user data) or realm challenge; empty only for an enclave of Nitro
    // that was asked to bind nothing.
    base::View report_data() const;

private:
    explicit Claims(Value value) : value_{std::move(value)} {}
    friend Appraisal appraise(Kind, Request const&);

    Value value_;
};

class Appraisal {
public:
    Kind kind() const { return kind_; }
    Verdict verdict() const { return verdict_; }
    std::vector<Finding> const& findings() const { return findings_; }
    // Null unless accepted.
    Claims const* claims() const { return claims_.get(); }

private:
    Appraisal(Kind kind, std::vector<Finding> findings);
    friend Appraisal appraise(Kind, Request const&);

    Kind kind_;
    std::vector<Finding> findings_;
    Verdict verdict_;
    std::shared_ptr<Claims const> claims_;
};

// The kind of evidence, from its bytes.
std::optional<Kind> recognise(base::View evidence);

// All rules for evidence of one kind.
Rules rules_for(Kind kind);

// The rule of that id, of any kind; null if there is none.
Rule const* find_rule(std::string_view id);

} // namespace attest

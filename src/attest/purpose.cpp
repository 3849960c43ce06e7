#include "attest/purpose.hpp"

#include "attest/csr/evidence.hpp"
#include "crypto/certification_request.hpp"

#include <algorithm>

namespace attest {

namespace {

// Nothing where it cannot be told: then no root counts.
Purposes purposes_of_request(base::View evidence) {
    auto const request = crypto::CertificationRequest::parse(evidence);
    if (!request || request->extensions().size() != 1) return {};
    auto const technology = csr::technology_of(request->extensions()[0].oid);
    if (technology == csr::Technology::Sgx) return {Purpose::Intel};
    if (technology == csr::Technology::Snp) return amd_purposes;
    return {};
}

} // namespace

std::string_view name_of(Purpose purpose) {
    switch (purpose) {
    case Purpose::AmdMilan:
        return "amd-milan";
    case Purpose::AmdGenoa:
        return "amd-genoa";
    case Purpose::AmdTurin:
        return "amd-turin";
    case Purpose::Intel:
        return "intel";
    case Purpose::Aws:
        return "aws";
    case Purpose::Arm:
        return "arm";
    }
    return "unknown";
}

Purpose purpose_of(hw::snp::Product product) {
    switch (product) {
    case hw::snp::Product::Milan:
        return Purpose::AmdMilan;
    case hw::snp::Product::Genoa:
        return Purpose::AmdGenoa;
    case hw::snp::Product::Turin:
        break;
    }
    return Purpose::AmdTurin;
}

// Without a default: a kind that is added later has to name its vendor here.
Purposes purposes_of(Kind kind, base::View evidence) {
    switch (kind) {
    case Kind::SnpReport:
        return amd_purposes;
    case Kind::SgxQuote:
    case Kind::TdxQuote:
        return {Purpose::Intel};
    case Kind::NitroDocument:
        return {Purpose::Aws};
    case Kind::CcaToken:
        return {Purpose::Arm};
    case Kind::EnarxRequest:
        return purposes_of_request(evidence);
    case Kind::NoHardware:
        break;
    }
    return {};
}

std::optional<Purposes> purposes_named(std::string_view name) {
    if (name == "amd") return amd_purposes;
    auto const* const found = std::ranges::find_if(all_purposes, [&](Purpose purpose) {
        return name_of(purpose) == name;
    });
    if (found == all_purposes.end()) return {};
    return Purposes{*found};
}

std::string text_of(Purposes purposes) {
    if (purposes == amd_purposes) return "amd";
    std::string out;
    for (auto const purpose : all_purposes)
        if (purposes.contains(purpose))
            out += (out.empty() ? "" : ", ") + std::string{name_of(purpose)};
    return out.empty() ? "nothing" : out;
}

} // namespace attest

// What all kinds of evidence say, whatever their manuals call it: which program, and which data it
// bound.

#include "attest/appraisal.hpp"

namespace attest {

namespace {

base::View measurement_of(snp::Claims const& claims) { return claims.report.measurement; }
base::View measurement_of(dcap::Claims const& claims) {
    if (auto const* td = std::get_if<dcap::TdBody>(&claims.body)) return td->report.mr_td;
    return std::get<hw::sgx::ReportBody>(claims.body).mr_enclave;
}
base::View measurement_of(nitro::Claims const& claims) {
    auto const found = claims.pcrs.find(0);
    return found == claims.pcrs.end() ? base::View{} : base::View{found->second};
}
base::View measurement_of(cca::Claims const& claims) { return claims.realm_initial_measurement; }
base::View measurement_of(csr::Claims const& claims) {
    return std::visit([](auto const& inner) { return measurement_of(inner); }, claims.evidence);
}

base::View report_data_of(snp::Claims const& claims) { return claims.report.report_data; }
base::View report_data_of(dcap::Claims const& claims) {
    if (auto const* td = std::get_if<dcap::TdBody>(&claims.body)) return td->report.report_data;
    return std::get<hw::sgx::ReportBody>(claims.body).report_data;
}
base::View report_data_of(nitro::Claims const& claims) {
    auto const& bound = claims.nonce ? claims.nonce : claims.user_data;
    return bound ? base::View{*bound} : base::View{};
}
base::View report_data_of(cca::Claims const& claims) { return claims.realm_challenge; }
base::View report_data_of(csr::Claims const& claims) {
    return std::visit([](auto const& inner) { return report_data_of(inner); }, claims.evidence);
}

} // namespace

base::View Claims::measurement() const {
    return std::visit([](auto const& claims) { return measurement_of(claims); }, value_);
}

base::View Claims::report_data() const {
    return std::visit([](auto const& claims) { return report_data_of(claims); }, value_);
}

} // namespace attest

#include "attest/policy.hpp"

namespace attest {

bool Policy::on(Rule const& rule) const {
    if (rule.level == Level::Always) return true;
    if (auto const found = overrides_.find(rule.id); found != overrides_.end())
        return found->second;
    if (rule.level == Level::Asked) return false;
    return rule.level == Level::Authentic || base_ == Level::Strict;
}

bool Policy::sets(Section section) const {
    if (written_.contains(section)) return true;
    auto quotes = dcap; // what is for enclaves and trust domains alike
    quotes.sgx = {};
    quotes.tdx = {};
    switch (section) {
    case Section::Snp:
        return snp != snp::Limits{};
    case Section::Dcap:
        return quotes != dcap::Limits{};
    case Section::Sgx:
        return dcap.sgx != dcap::SgxLimits{};
    case Section::Tdx:
        return dcap.tdx != dcap::TdxLimits{};
    }
    return false;
}

} // namespace attest

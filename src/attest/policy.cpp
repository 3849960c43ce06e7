#include "attest/policy.hpp"

namespace attest {

bool Policy::on(Rule const& rule) const {
    if (rule.level == Level::Always) return true;
    if (auto const found = overrides_.find(rule.id); found != overrides_.end())
        return found->second;
    if (rule.level == Level::Asked) return false;
    return rule.level == Level::Authentic || base_ == Level::Strict;
}

} // namespace attest

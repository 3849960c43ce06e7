#pragma once

// Which rules are on, and the values that some of them compare with.

#include "attest/dcap/limits.hpp"
#include "attest/rule.hpp"
#include "attest/section.hpp"
#include "attest/snp/limits.hpp"

#include <map>
#include <set>
#include <string>

namespace attest {

class Policy {
public:
    // The vendor's chain signed exactly these bytes, valid at that time.
    static Policy authentic() { return Policy{Level::Authentic}; }
    // Also: not revoked, firmware at or above the floor, no debug, no migration, bound to the
    // asker's data and measurement.
    static Policy strict() { return Policy{Level::Strict}; }

    bool on(Rule const& rule) const;
    bool strict_base() const { return base_ == Level::Strict; }
    // What a policy file says of one rule. A rule of Level::Always stays on.
    void set(Rule const& rule, bool on) { overrides_.insert_or_assign(std::string(rule.id), on); }
    std::map<std::string, bool, std::less<>> const& overrides() const { return overrides_; }
    // A section that a policy file has, whether or not its values are those that hold without it.
    void write_down(Section section) { written_.insert(section); }
    // Whether a section was written down, or holds another value than it would without.
    bool sets(Section section) const;

    snp::Limits snp;
    dcap::Limits dcap;

private:
    explicit Policy(Level base) : base_{base} {}

    Level base_;
    std::map<std::string, bool, std::less<>> overrides_;
    std::set<Section> written_;
};

} // namespace attest

#pragma once

// MRTD: the measurement of a trust domain while it is built, from its pages in the order in which
// they are added and measured. Intel TDX Module Base Architecture Specification, 12.2.1.

#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "hw/tdx/build.hpp"

namespace attest::measure {

using TdPage = std::span<std::byte const, hw::tdx::page_size>;

class TdBuild {
public:
    // TDH.MEM.PAGE.ADD: the address counts, the contents do not.
    TdBuild& add(std::uint64_t gpa);
    // TDH.MR.EXTEND of all 16 parts of a page.
    TdBuild& extend(std::uint64_t gpa, TdPage contents);

    crypto::Sha384Digest digest() const { return hash_.digest(); }

private:
    void operation(hw::tdx::OperationName const& name, std::uint64_t gpa);

    crypto::Sha384 hash_;
};

} // namespace attest::measure

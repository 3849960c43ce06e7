#pragma once

// The launch digest of an SEV-SNP guest, from its pages in the order in which they are added: what
// `measurement` of a report and `launch_digest` of an ID block hold. SEV-SNP firmware ABI 1.58,
// 8.17.2.

#include "base/view.hpp"
#include "crypto/digest.hpp"
#include "hw/snp/page_info.hpp"

namespace attest::measure {

// A page as the digest sees it.
struct SnpPage {
    hw::snp::PageType type = hw::snp::PageType::Normal;
    std::uint64_t gpa = 0;              // of its first byte
    crypto::Sha384Digest contents = {}; // SHA-384 of its 4096 bytes; zero where none are measured
};

// Whether the contents of such a page are measured at all; of the others only type and address are.
constexpr bool contents_measured(hw::snp::PageType type) {
    return type == hw::snp::PageType::Normal || type == hw::snp::PageType::Vmsa;
}

class SnpLaunch {
public:
    // A launch starts at zero. Another start stands for pages that were added before.
    explicit SnpLaunch(crypto::Sha384Digest const& start = {}) : digest_{start} {}

    SnpLaunch& add(SnpPage const& page);
    crypto::Sha384Digest const& digest() const { return digest_; }

private:
    crypto::Sha384Digest digest_;
};

} // namespace attest::measure

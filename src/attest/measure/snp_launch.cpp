#include "attest/measure/snp_launch.hpp"

namespace attest::measure {

SnpLaunch& SnpLaunch::add(SnpPage const& page) {
    hw::snp::PageInfo const info{
        .digest_cur = digest_,
        .contents = page.contents,
        .length = static_cast<std::uint16_t>(sizeof(hw::snp::PageInfo)),
        .page_type = static_cast<std::uint8_t>(page.type),
        .imi_page = 0,
        .vmpl3_perms = 0,
        .vmpl2_perms = 0,
        .vmpl1_perms = 0,
        .reserved_67 = 0,
        .gpa = page.gpa,
    };
    digest_ = crypto::sha384(std::as_bytes(std::span{&info, 1}));
    return *this;
}

} // namespace attest::measure

#include "attest/snp/microcode_floor.hpp"

#include <algorithm>
#include <array>

namespace attest::snp {

namespace {

using hw::snp::Product;

// Patch levels count anew for each stepping; the TCB holds their lowest byte.
struct Stepping {
    Product product;
    std::uint8_t family;
    std::uint8_t model;
    std::uint8_t stepping;
    std::uint8_t floor;
};

// NOLINTBEGIN(modernize-use-designated-initializers): a table
// AMD-SB-3019; the same limits are in Linux (need_sha_check() of its AMD microcode loader, below
// which it compares each patch with a list), one more here.
constexpr std::array steppings{
    Stepping{Product::Milan, 0x19, 0x01, 0, 0x7b},
    Stepping{Product::Milan, 0x19, 0x01, 1, 0xdb},
    Stepping{Product::Milan, 0x19, 0x01, 2, 0x44}, // Milan-X
    Stepping{Product::Genoa, 0x19, 0x11, 1, 0x54},
    Stepping{Product::Genoa, 0x19, 0x11, 2, 0x4f}, // Genoa-X
    Stepping{Product::Genoa, 0x19, 0xa0, 1, 0x17}, // Bergamo, Siena
    Stepping{Product::Genoa, 0x19, 0xa0, 2, 0x19},
    Stepping{Product::Turin, 0x1a, 0x02, 1, 0x47},
    Stepping{Product::Turin, 0x1a, 0x11, 0, 0x47}, // Turin Dense
};
// NOLINTEND(modernize-use-designated-initializers)

} // namespace

std::uint8_t microcode_floor(Product product, hw::snp::AttestationReport const& report) {
    std::uint8_t highest = 0;
    for (auto const& row : steppings) {
        if (row.product != product) continue;
        if (report.version >= 3U && row.family == report.cpuid_fam_id &&
            row.model == report.cpuid_mod_id && row.stepping == report.cpuid_step)
            return row.floor;
        highest = std::max(highest, row.floor);
    }
    return highest;
}

} // namespace attest::snp

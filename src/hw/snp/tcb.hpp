#pragma once

// TCB_VERSION: the security patch levels of a processor's firmware, SEV-SNP firmware ABI 1.58, 2.2.

#include "base/wire.hpp"

#include <cstdint>

namespace hw::snp {

// The products whose reports and certificates differ in form.
enum class Product : std::uint8_t { Milan, Genoa, Turin };

struct Tcb {
    std::uint8_t fmc = 0; // Turin and later
    std::uint8_t boot_loader = 0;
    std::uint8_t tee = 0;
    std::uint8_t snp = 0;
    std::uint8_t microcode = 0;

    friend constexpr bool operator==(Tcb const&, Tcb const&) = default;

    // Whether no component is below that of `floor`. TCBs have no total order.
    constexpr bool at_least(Tcb const& floor) const {
        return fmc >= floor.fmc && boot_loader >= floor.boot_loader && tee >= floor.tee &&
               snp >= floor.snp && microcode >= floor.microcode;
    }
};

// The 8 bytes as they lie in a report; what they mean depends on the product.
struct TcbVersion {
    base::Bytes<8> raw;

    constexpr Tcb decode(Product product) const {
        auto const at = [&](std::size_t i) { return std::to_integer<std::uint8_t>(raw[i]); };
        if (product == Product::Turin) return {at(0), at(1), at(2), at(3), at(7)}; // with FMC
        return {0, at(0), at(1), at(6), at(7)};
    }
    // Bytes [5:2]; with FMC, [6:4].
    constexpr bool reserved_zero(Product product) const {
        std::size_t const from = product == Product::Turin ? 4 : 2;
        std::size_t const to = product == Product::Turin ? 7 : 6;
        for (auto i = from; i < to; ++i)
            if (raw[i] != std::byte{0}) return false;
        return true;
    }
};
static_assert(base::Wire<TcbVersion> && sizeof(TcbVersion) == 8);

} // namespace hw::snp

#pragma once

// What a root is pinned for: the evidence of one vendor, with AMD of one processor. A root of
// another purpose ends no chain: whoever holds the key of one vendor's root must not make another
// vendor's evidence.

#include "attest/kind.hpp"
#include "hw/snp/tcb.hpp"

#include <array>
#include <initializer_list>
#include <string>

namespace attest {

enum class Purpose : std::uint8_t { AmdMilan, AmdGenoa, AmdTurin, Intel, Aws, Arm };

inline constexpr std::array all_purposes{
    Purpose::AmdMilan,
    Purpose::AmdGenoa,
    Purpose::AmdTurin,
    Purpose::Intel,
    Purpose::Aws,
    Purpose::Arm,
};

// Such as amd-milan or intel.
std::string_view name_of(Purpose purpose);

class Purposes {
public:
    constexpr Purposes() = default;
    constexpr Purposes(std::initializer_list<Purpose> purposes) {
        for (auto const purpose : purposes) bits_ |= bit(purpose);
    }
    constexpr bool contains(Purpose purpose) const { return (bits_ & bit(purpose)) != 0; }
    constexpr bool empty() const { return bits_ == 0; }
    constexpr void add(Purpose purpose) { bits_ |= bit(purpose); }
    friend constexpr bool operator==(Purposes, Purposes) = default;

private:
    static constexpr unsigned bit(Purpose purpose) { return 1U << static_cast<unsigned>(purpose); }
    unsigned bits_ = 0;
};

inline constexpr Purposes amd_purposes{Purpose::AmdMilan, Purpose::AmdGenoa, Purpose::AmdTurin};

Purpose purpose_of(hw::snp::Product product);

// What roots for that kind of evidence are pinned for; the technology inside tells for evidence
// that holds other evidence. None where no root counts.
Purposes purposes_of(Kind kind, base::View evidence);

// By a name as users write it: that of a purpose, or `amd` for all of AMD's.
std::optional<Purposes> purposes_named(std::string_view name);

// Their names, with commas; `amd` where it is all of AMD's.
std::string text_of(Purposes purposes);

} // namespace attest

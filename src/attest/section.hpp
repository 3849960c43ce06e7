#pragma once

// The sections of a policy file: the values in each are compared with evidence of one technology,
// or of two.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace attest {

enum class Section : std::uint8_t {
    Snp,
    Dcap, // SGX and TDX alike
    Sgx,
    Tdx,
};

inline constexpr std::array all_sections{Section::Snp, Section::Dcap, Section::Sgx, Section::Tdx};

// As it stands in the file.
constexpr std::string_view name_of(Section section) {
    switch (section) {
    case Section::Snp:
        return "snp";
    case Section::Dcap:
        return "dcap";
    case Section::Sgx:
        return "sgx";
    case Section::Tdx:
        return "tdx";
    }
    return "unknown";
}

constexpr std::optional<Section> section_named(std::string_view name) {
    for (auto const section : all_sections)
        if (name_of(section) == name) return section;
    return {};
}

} // namespace attest

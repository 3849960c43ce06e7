#pragma once

// The event log that the ACPI table CCEL points to: UEFI 2.10, 38.4 (confidential computing
// measurement), in the format of the TCG PC Client Platform Firmware Profile 1.06, chapter 10.

#include "base/wire.hpp"

#include <cstddef>

namespace hw::tdx {

inline constexpr std::uint16_t algorithm_sha384 = 0x000c; // TCG Algorithm Registry, 6.10

// UEFI 38.4.1: measurement register 0 is MRTD, 1 to 4 are RTMR 0 to 3.
inline constexpr std::uint32_t first_rtmr_index = 1;
inline constexpr std::uint32_t last_rtmr_index = 4;

// TCG 10.4.1, event types.
inline constexpr std::uint32_t ev_no_action = 0x03;
inline constexpr std::uint32_t ev_separator = 0x04;
inline constexpr std::uint32_t ev_efi_variable_driver_config = 0x80000001;
inline constexpr std::uint32_t ev_efi_gpt_event = 0x80000006;
inline constexpr std::uint32_t ev_efi_action = 0x80000007;
inline constexpr std::uint32_t ev_efi_variable_authority = 0x800000e0;

// TCG 10.2.1, TCG_PCClientPCREvent: the form of the first event alone; `event_size` bytes follow.
struct FirstEventHead {
    base::U32 register_index; // 0x00
    base::U32 event_type;     // 0x04  EV_NO_ACTION
    base::Bytes<20> digest;   // 0x08  zero
    base::U32 event_size;     // 0x1c
};
static_assert(base::Wire<FirstEventHead> && sizeof(FirstEventHead) == 0x20);

// TCG 10.4.5.1, TCG_EfiSpecIdEvent, up to its list of algorithms.
struct SpecificationId {
    base::Bytes<16> signature;      // 0x00  "Spec ID Event03"
    base::U32 platform_class;       // 0x10
    std::uint8_t version_minor;     // 0x14
    std::uint8_t version_major;     // 0x15
    std::uint8_t errata;            // 0x16
    std::uint8_t uintn_size;        // 0x17
    base::U32 number_of_algorithms; // 0x18
};
static_assert(base::Wire<SpecificationId> && sizeof(SpecificationId) == 0x1c);

struct AlgorithmSize {
    base::U16 algorithm;   // 0x00
    base::U16 digest_size; // 0x02
};
static_assert(base::Wire<AlgorithmSize> && sizeof(AlgorithmSize) == 4);

// TCG 10.2.2, TCG_PCR_EVENT2: this, `digests` times algorithm and digest, a 32-bit size, the event.
struct EventHead {
    base::U32 register_index; // 0x00
    base::U32 event_type;     // 0x04
    base::U32 digests;        // 0x08
};
static_assert(base::Wire<EventHead> && sizeof(EventHead) == 0x0c);

} // namespace hw::tdx

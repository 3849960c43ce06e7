#include "attest/inspect/event_words.hpp"

#include "attest/text.hpp"
#include "hw/tdx/event_log.hpp"

#include <algorithm>
#include <array>

namespace attest::inspect {

namespace {

struct TypeName {
    std::uint32_t type;
    std::string_view name;
};

constexpr std::array type_names{
    TypeName{0x00000003, "EV_NO_ACTION"},
    TypeName{0x00000004, "EV_SEPARATOR"},
    TypeName{0x00000005, "EV_ACTION"},
    TypeName{0x00000006, "EV_EVENT_TAG"},
    TypeName{0x00000007, "EV_S_CRTM_CONTENTS"},
    TypeName{0x00000008, "EV_S_CRTM_VERSION"},
    TypeName{0x0000000a, "EV_PLATFORM_CONFIG_FLAGS"},
    TypeName{0x0000000b, "EV_TABLE_OF_DEVICES"},
    TypeName{0x0000000c, "EV_COMPACT_HASH"},
    TypeName{0x0000000d, "EV_IPL"},
    TypeName{0x0000000e, "EV_IPL_PARTITION_DATA"},
    TypeName{0x00000012, "EV_OMIT_BOOT_DEVICE_EVENTS"},
    TypeName{0x00000013, "EV_POST_CODE2"},
    TypeName{0x80000001, "EV_EFI_VARIABLE_DRIVER_CONFIG"},
    TypeName{0x80000002, "EV_EFI_VARIABLE_BOOT"},
    TypeName{0x80000003, "EV_EFI_BOOT_SERVICES_APPLICATION"},
    TypeName{0x80000004, "EV_EFI_BOOT_SERVICES_DRIVER"},
    TypeName{0x80000005, "EV_EFI_RUNTIME_SERVICES_DRIVER"},
    TypeName{0x80000006, "EV_EFI_GPT_EVENT"},
    TypeName{0x80000007, "EV_EFI_ACTION"},
    TypeName{0x80000008, "EV_EFI_PLATFORM_FIRMWARE_BLOB"},
    TypeName{0x80000009, "EV_EFI_HANDOFF_TABLES"},
    TypeName{0x8000000a, "EV_EFI_PLATFORM_FIRMWARE_BLOB2"},
    TypeName{0x8000000b, "EV_EFI_HANDOFF_TABLES2"},
    TypeName{0x8000000c, "EV_EFI_VARIABLE_BOOT2"},
    TypeName{0x8000000d, "EV_EFI_GPT_EVENT2"},
    TypeName{0x80000010, "EV_EFI_HCRTM_EVENT"},
    TypeName{0x800000e0, "EV_EFI_VARIABLE_AUTHORITY"},
};

constexpr std::size_t shown_text = 120;
constexpr std::size_t shown_bytes = 32;

bool printable(char c) { return static_cast<unsigned char>(c - 0x20) < 0x5f; }

// Printable ASCII, perhaps with line ends in it and a zero behind it.
bool is_text(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return printable(c) || c == '\n' || c == '\t'; });
}

} // namespace

std::string event_type_name(std::uint32_t type) {
    auto const found = std::ranges::find(type_names, type, &TypeName::type);
    return found == type_names.end() ? hex(std::uint64_t{type}) : std::string{found->name};
}

std::string register_name(std::uint32_t index) {
    if (index < hw::tdx::first_rtmr_index) return "MRTD";
    return "RTMR" + std::to_string(index - hw::tdx::first_rtmr_index);
}

std::string event_words(measure::Event const& event) {
    auto text = base::text_of(event.data);
    if (text.ends_with('\0')) text.remove_suffix(1);
    if (is_text(text)) {
        std::string line{text.substr(0, shown_text)};
        std::ranges::replace_if(line, [](char c) { return !printable(c); }, ' ');
        return line + (text.size() > shown_text ? "..." : "");
    }
    bool const cut = event.data.size() > shown_bytes;
    return hex(event.data.first(std::min(event.data.size(), shown_bytes))) + (cut ? "..." : "");
}

} // namespace attest::inspect

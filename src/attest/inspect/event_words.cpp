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
    TypeName{.type = 0x00000003, .name = "EV_NO_ACTION"},
    TypeName{.type = 0x00000004, .name = "EV_SEPARATOR"},
    TypeName{.type = 0x00000005, .name = "EV_ACTION"},
    TypeName{.type = 0x00000006, .name = "EV_EVENT_TAG"},
    TypeName{.type = 0x00000007, .name = "EV_S_CRTM_CONTENTS"},
    TypeName{.type = 0x00000008, .name = "EV_S_CRTM_VERSION"},
    TypeName{.type = 0x0000000a, .name = "EV_PLATFORM_CONFIG_FLAGS"},
    TypeName{.type = 0x0000000b, .name = "EV_TABLE_OF_DEVICES"},
    TypeName{.type = 0x0000000c, .name = "EV_COMPACT_HASH"},
    TypeName{.type = 0x0000000d, .name = "EV_IPL"},
    TypeName{.type = 0x0000000e, .name = "EV_IPL_PARTITION_DATA"},
    TypeName{.type = 0x00000012, .name = "EV_OMIT_BOOT_DEVICE_EVENTS"},
    TypeName{.type = 0x00000013, .name = "EV_POST_CODE2"},
    TypeName{.type = 0x80000001, .name = "EV_EFI_VARIABLE_DRIVER_CONFIG"},
    TypeName{.type = 0x80000002, .name = "EV_EFI_VARIABLE_BOOT"},
    TypeName{.type = 0x80000003, .name = "EV_EFI_BOOT_SERVICES_APPLICATION"},
    TypeName{.type = 0x80000004, .name = "EV_EFI_BOOT_SERVICES_DRIVER"},
    TypeName{.type = 0x80000005, .name = "EV_EFI_RUNTIME_SERVICES_DRIVER"},
    TypeName{.type = 0x80000006, .name = "EV_EFI_GPT_EVENT"},
    TypeName{.type = 0x80000007, .name = "EV_EFI_ACTION"},
    TypeName{.type = 0x80000008, .name = "EV_EFI_PLATFORM_FIRMWARE_BLOB"},
    TypeName{.type = 0x80000009, .name = "EV_EFI_HANDOFF_TABLES"},
    TypeName{.type = 0x8000000a, .name = "EV_EFI_PLATFORM_FIRMWARE_BLOB2"},
    TypeName{.type = 0x8000000b, .name = "EV_EFI_HANDOFF_TABLES2"},
    TypeName{.type = 0x8000000c, .name = "EV_EFI_VARIABLE_BOOT2"},
    TypeName{.type = 0x8000000d, .name = "EV_EFI_GPT_EVENT2"},
    TypeName{.type = 0x80000010, .name = "EV_EFI_HCRTM_EVENT"},
    TypeName{.type = 0x800000e0, .name = "EV_EFI_VARIABLE_AUTHORITY"},
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

// Firmware images of guests, or the last page of one.

#include "attest/measure/firmware.hpp"

#include "attest/inspect/kinds.hpp"
#include "attest/text.hpp"

#include <array>

#include <fmt/format.h>

namespace attest::inspect {

namespace {

using namespace hw::firmware;

struct Name {
    Guid guid;
    std::string_view text;
};
constexpr std::array names{
    Name{sev_hash_table, "page of hashes of kernel, initrd and command line (SEV)"},
    Name{sev_secret, "page for a secret (SEV)"},
    Name{sev_es_reset, "where further processors start (SEV-ES)"},
    Name{sev_metadata, "metadata of SEV-SNP, from the end"},
    Name{tdx_metadata, "metadata of TDX, from the end"},
};

struct SectionType {
    std::uint32_t number;
    std::string_view text;
};
// EDK II, OvmfPkg/ResetVector/X64/OvmfSevMetadata.asm.
constexpr std::array section_types{
    SectionType{1, "zeros"},
    SectionType{2, "secrets"},
    SectionType{3, "CPUID"},
    SectionType{4, "calling area of an SVSM"},
    SectionType{0x10, "hashes of kernel, initrd and command line"},
};

// As people write it: the first three fields are numbers.
std::string guid_text(Guid const& guid) {
    auto const part = [&](std::initializer_list<std::size_t> places) {
        std::string out;
        for (auto const i : places)
            out += fmt::format("{:02x}", std::to_integer<unsigned>(guid.at(i)));
        return out;
    };
    return part({3, 2, 1, 0}) + '-' + part({5, 4}) + '-' + part({7, 6}) + '-' + part({8, 9}) + '-' +
           part({10, 11, 12, 13, 14, 15});
}

Json json_of(measure::FirmwareEntry const& entry) {
    auto const* name = std::ranges::find(names, entry.guid, &Name::guid);
    return {
        {"offset", entry.offset},
        {"guid", guid_text(entry.guid)},
        {"meaning", name == names.end() ? "unknown" : name->text},
        {"data", hex(entry.data)},
    };
}

Json json_of(SevSection const& section) {
    auto const* type =
        std::ranges::find(section_types, std::uint32_t{section.type}, &SectionType::number);
    return {
        {"gpa", hex(std::uint64_t{section.base})},
        {"bytes", std::uint32_t{section.size}},
        {"type", type == section_types.end() ? "unknown" : type->text},
    };
}

} // namespace

Description describe_firmware(Artefact const& artefact, Artefacts beside) {
    (void)beside;
    Description out{.kind = "firmware of a guest"};
    out.fields = {{"size", artefact.bytes.size()}};
    auto const firmware = measure::parse_firmware(artefact.bytes);
    if (!firmware) {
        out.malformed(firmware.error(), artefact.bytes);
        return out;
    }
    out.fields["table_offset"] = firmware->table_offset;
    out.fields["entries"] = Json::array();
    for (auto const& entry : firmware->entries) out.fields["entries"].push_back(json_of(entry));
    out.passed("form");
    if (!firmware->sev_metadata_found) {
        out.not_checked("sev-metadata", "they lie before these bytes, or there are none");
        return out;
    }
    out.fields["sev_sections"] = Json::array();
    for (auto const& section : firmware->sev_sections)
        out.fields["sev_sections"].push_back(json_of(section));
    out.passed("sev-metadata");
    return out;
}

} // namespace attest::inspect

#include "attest/measure/firmware.hpp"

#include <algorithm>

namespace attest::measure {

namespace {

using base::Result;
using base::View;
using crypto::Malformed;
using namespace hw::firmware;

constexpr std::size_t shortest = behind_table + sizeof(EntryFoot);
constexpr std::string_view sev_signature = "ASEV";
constexpr std::size_t most_sections = 64;

std::unexpected<Malformed> malformed(std::string_view what, std::size_t offset) {
    return std::unexpected(Malformed{.what = what, .offset = offset});
}

EntryFoot foot_before(View image, std::size_t end) {
    auto left = image.subspan(end - sizeof(EntryFoot), sizeof(EntryFoot));
    return *base::take<EntryFoot>(left);
}

// From the last entry to the first; `begin` and `end` bound the table without its footer.
Result<void, Malformed>
read_entries(Firmware& out, View image, std::size_t begin, std::size_t end) {
    while (end > begin) {
        if (end - begin < sizeof(EntryFoot)) return malformed("the foot of an entry", begin);
        auto const foot = foot_before(image, end);
        if (foot.size < sizeof(EntryFoot) || foot.size > end - begin)
            return malformed("an entry's size, within the table", end - sizeof(EntryFoot));
        auto const offset = end - foot.size;
        out.entries.push_back(
            {foot.guid, image.subspan(offset, foot.size - sizeof(EntryFoot)), offset}
        );
        end = offset;
    }
    std::ranges::reverse(out.entries);
    return {};
}

Result<void, Malformed> read_sev(Firmware& out, View image, FirmwareEntry const& entry) {
    auto pointer = entry.data;
    auto const back = base::take<base::U32>(pointer);
    if (!back || !pointer.empty())
        return malformed("4 bytes: how far from the end the metadata of SEV begin", entry.offset);
    if (*back > image.size()) return {}; // an image's end may be all that there is
    auto const offset = image.size() - *back;
    auto left = image.subspan(offset);
    auto const head = base::take<SevMetadata>(left);
    if (!head || base::text_of(head->signature) != sev_signature)
        return malformed("ASEV, the metadata of SEV", offset);
    if (head->version != 1U) return malformed("version 1 of the metadata of SEV", offset + 8);
    if (head->sections > most_sections ||
        head->size != sizeof(SevMetadata) + head->sections * sizeof(SevSection))
        return malformed("metadata of SEV that are as long as their sections", offset + 4);
    for (std::size_t i = 0; i < head->sections; ++i) {
        auto const section = base::take<SevSection>(left);
        if (!section) return malformed("a section of the metadata of SEV", image.size());
        out.sev_sections.push_back(*section);
    }
    out.sev_metadata_found = true;
    return {};
}

} // namespace

bool ends_as_firmware(View image) {
    return image.size() >= shortest &&
           foot_before(image, image.size() - behind_table).guid == table_footer;
}

Result<Firmware, Malformed> parse_firmware(View image) {
    if (!ends_as_firmware(image))
        return malformed(
            "the table of the reset vector, 48 bytes before the end",
            image.size() - std::min(image.size(), std::size_t{0x30})
        );
    auto const end = image.size() - behind_table;
    auto const footer = foot_before(image, end);
    if (footer.size < sizeof(EntryFoot) || footer.size > end)
        return malformed("a table that is as long as its footer says", end - sizeof(EntryFoot));
    Firmware out;
    out.table_offset = end - footer.size;
    TRY(read_entries(out, image, out.table_offset, end - sizeof(EntryFoot)));
    for (auto const& entry : out.entries)
        if (entry.guid == sev_metadata) TRY(read_sev(out, image, entry));
    return out;
}

} // namespace attest::measure

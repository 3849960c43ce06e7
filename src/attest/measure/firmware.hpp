#pragma once

// A firmware image of a guest (OVMF): what the table at its reset vector says.

#include "base/result.hpp"
#include "base/view.hpp"
#include "crypto/malformed.hpp"
#include "hw/firmware/reset_vector.hpp"

#include <optional>
#include <vector>

namespace attest::measure {

struct FirmwareEntry {
    hw::firmware::Guid guid;
    base::View data;
    std::size_t offset = 0; // of the data, in the image
};

struct Firmware {
    std::vector<FirmwareEntry> entries; // in the order of the image, without the footer
    std::size_t table_offset = 0;
    std::vector<hw::firmware::SevSection> sev_sections;
    // Whether the metadata of SEV lie in these bytes: of an image's last page alone, they may not.
    bool sev_metadata_found = false;
};

// Whether an image ends as those with a table do.
bool ends_as_firmware(base::View image);

// Of an image or of its end. Offsets of errors count from the start of `image`.
base::Result<Firmware, crypto::Malformed> parse_firmware(base::View image);

} // namespace attest::measure

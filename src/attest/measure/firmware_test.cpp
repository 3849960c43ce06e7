// The table at the reset vector of OVMF, read backwards from its end.

#include "attest/measure/firmware.hpp"
#include "attest/testing/vectors.hpp"

#include <gtest/gtest.h>

namespace {

namespace measure = attest::measure;
using attest::testing::Vectors;
using measure::parse_firmware;
using Bytes = std::vector<std::byte>;

std::vector<Bytes> images() {
    std::vector<Bytes> out;
    for (auto const& vector : Vectors::instance().of_kind("ovmf-suffix"))
        out.push_back(Vectors::instance().read(vector.path));
    return out;
}

TEST(Firmware, HasTheEntriesThatLaunchNeeds) {
    for (auto const& image : images()) {
        auto const firmware = parse_firmware(image);
        ASSERT_TRUE(firmware) << firmware.error().what;
        EXPECT_GE(firmware->entries.size(), 2U);
        for (auto const& entry : firmware->entries)
            EXPECT_LT(entry.offset + entry.data.size(), image.size());
        if (!firmware->sev_metadata_found) continue;
        for (auto const& section : firmware->sev_sections) {
            EXPECT_EQ(section.base % 4096, 0U);
            EXPECT_EQ(section.size % 4096, 0U);
        }
    }
    EXPECT_FALSE(images().empty());
}

TEST(Firmware, RefusesATableThatDoesNotEndWhereItSays) {
    for (auto const& image : images()) {
        auto longer = image;
        auto const size = image.size() - 0x32; // of the whole table
        longer[size + 1] = std::byte{0xff};
        EXPECT_EQ(parse_firmware(longer).error().offset, image.size() - 0x32);
        auto shorter = image;
        shorter[size] ^= std::byte{1};
        EXPECT_FALSE(parse_firmware(shorter));
        auto other = image;
        other[image.size() - 0x30] ^= std::byte{1};
        EXPECT_FALSE(measure::ends_as_firmware(other));
        for (std::size_t cut = 0; cut < 64; ++cut)
            EXPECT_FALSE(parse_firmware(base::View{image}.first(cut)));
    }
}

} // namespace

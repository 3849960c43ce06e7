// Which files make an image, and that an image's header cannot say more of its size than its plan
// has room for.

#include "host/vmm/image.hpp"
#include "os/temporary_directory.hpp"

#include <algorithm>
#include <cstring>
#include <fstream>
#include <vector>

#include <elf.h>
#include <gtest/gtest.h>

namespace {

using host::vmm::Image;
namespace launch = protocol::launch;

constexpr std::uint64_t shim_size = 6000;

// An ELF file of one segment that begins on its second page.
std::vector<std::byte> elf(std::uint16_t type, std::vector<std::byte> const& segment) {
    constexpr std::size_t at = 4096;
    Elf64_Ehdr header{};
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_type = type;
    header.e_machine = EM_X86_64;
    header.e_phoff = sizeof header;
    header.e_phnum = 1;
    header.e_phentsize = sizeof(Elf64_Phdr);
    Elf64_Phdr load{};
    load.p_type = PT_LOAD;
    load.p_offset = at;
    load.p_paddr = launch::image_address;
    load.p_filesz = load.p_memsz = segment.size();
    std::vector<std::byte> out(at);
    std::memcpy(out.data(), &header, sizeof header);
    std::memcpy(out.data() + sizeof header, &load, sizeof load);
    out.insert(out.end(), segment.begin(), segment.end());
    return out;
}

std::vector<std::byte> shim_that_ends_at(std::uint64_t end) {
    launch::ImageHeader header{};
    std::ranges::transform(launch::image_magic, header.magic.begin(), [](char c) {
        return static_cast<std::byte>(c);
    });
    header.end = end;
    header.memory = launch::image_address + shim_size / 4096 * 4096 + 4096;
    std::vector<std::byte> out(shim_size);
    std::memcpy(out.data(), &header, sizeof header);
    return elf(ET_EXEC, out);
}

class ImageFiles {
public:
    os::OrFailure<Image> open(std::vector<std::byte> const& shim) const {
        write("shim", shim);
        write("program", elf(ET_DYN, std::vector<std::byte>(1)));
        return Image::open(folder_.path() + "/shim", folder_.path() + "/program");
    }

private:
    void write(std::string const& name, std::vector<std::byte> const& bytes) const {
        std::ofstream file{folder_.path() + "/" + name, std::ios::binary};
        file.write(
            reinterpret_cast<char const*>(bytes.data()), static_cast<std::streamsize>(bytes.size())
        );
    }

    os::TemporaryDirectory folder_;
};

TEST(Image, SaysHowLargeItsPartsAre) {
    auto const image = ImageFiles{}.open(shim_that_ends_at(launch::image_address + 3 * 4096));
    ASSERT_TRUE(image) << image.error().text;
    EXPECT_EQ(image->sizes().shim, shim_size);
    EXPECT_EQ(image->sizes().shim_end, launch::image_address + 3 * 4096);
    EXPECT_EQ(image->sizes().shim_memory, launch::image_address + 2 * 4096);
    EXPECT_EQ(image->sizes().program, 4097U);
    EXPECT_EQ(image->sizes().tree, 0U);
    std::vector<std::byte> bytes(shim_size);
    EXPECT_TRUE(image->read_shim(0, bytes));
    EXPECT_FALSE(image->read_shim(1, bytes));
}

TEST(Image, ThatSaysItEndsBeforeItsBytesOrInTheBootBlockIsRefused) {
    for (auto const end :
         {std::uint64_t{0},
          launch::image_address + shim_size - 1,
          launch::image_address + shim_size, // its memory would begin behind it
          launch::boot_address + 1,
          ~std::uint64_t{0}}) {
        auto const image = ImageFiles{}.open(shim_that_ends_at(end));
        ASSERT_FALSE(image) << end;
        EXPECT_EQ(image.error().name, "keep-image");
    }
}

} // namespace

// The page tables that are part of each shim's image: no page of the image is writable by one way
// and executable by any.

#include "base/test_folders.hpp"
#include "protocol/launch/machine.hpp"

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <elf.h>
#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

// Intel SDM volume 3, 4.5.
constexpr std::uint64_t present = 1;
constexpr std::uint64_t writable = 2;
constexpr std::uint64_t large = 0x80;
constexpr std::uint64_t no_execute = 1ULL << 63;
constexpr std::uint64_t address_mask = 0x0007'ffff'ffff'f000; // an SEV-SNP guest's C-bit is 51
constexpr std::uint64_t page = 4096;

struct Rights {
    bool write = false;
    bool execute = false;
};

// An image as it lies in memory, and what its tables say of each page of it.
class Mapped {
public:
    static Mapped of(std::string const& path) {
        std::ifstream file{path, std::ios::binary};
        std::vector<char> const bytes{std::istreambuf_iterator<char>{file}, {}};
        Mapped mapped;
        Elf64_Ehdr header{};
        std::memcpy(&header, bytes.data(), sizeof header);
        for (unsigned i = 0; i < header.e_phnum; ++i) {
            Elf64_Phdr segment{};
            std::memcpy(&segment, &bytes[header.e_phoff + i * sizeof segment], sizeof segment);
            if (segment.p_type != PT_LOAD) continue;
            mapped.begin_ = segment.p_paddr;
            mapped.bytes_.assign(
                &bytes[segment.p_offset], &bytes[segment.p_offset] + segment.p_filesz
            );
            mapped.bytes_.resize(segment.p_memsz);
        }
        std::memcpy(&mapped.header, mapped.bytes_.data(), sizeof mapped.header);
        mapped.walk(mapped.header.page_table, 39, true);
        return mapped;
    }

    std::map<std::uint64_t, Rights> const& pages() const { return pages_; }
    Rights at(std::uint64_t address) const { return pages_.at(address / page * page); }
    protocol::launch::ImageHeader header{};

private:
    std::uint64_t entry(std::uint64_t at) const {
        std::uint64_t value = 0;
        if (at < begin_ || at - begin_ + sizeof value > bytes_.size()) return 0;
        std::memcpy(&value, &bytes_[at - begin_], sizeof value);
        return value;
    }

    void walk(std::uint64_t table, unsigned shift, bool may_execute) {
        for (std::uint64_t i = 0; i < 512; ++i) {
            auto const value = entry(table + i * sizeof(std::uint64_t));
            if ((value & present) == 0) continue;
            bool const execute = may_execute && (value & no_execute) == 0;
            if (shift == 12 || (value & large) != 0)
                note(value & address_mask, 1ULL << shift, {(value & writable) != 0, execute});
            else
                walk(value & address_mask, shift - 9, execute);
        }
    }

    void note(std::uint64_t begin, std::uint64_t size, Rights rights) {
        for (auto at = begin; at < begin + size; at += page) {
            if (at < begin_ || at >= begin_ + bytes_.size()) continue;
            auto& known = pages_[at];
            known.write |= rights.write;
            known.execute |= rights.execute;
        }
    }

    std::uint64_t begin_ = 0;
    std::vector<char> bytes_;
    std::map<std::uint64_t, Rights> pages_; // of all ways to it
};

TEST(Image, of_a_shim_maps_no_page_of_its_own_writable_and_executable) {
    auto const folder = std::string{enarx::test::binary_folder};
    for (std::string const& path :
         {folder + "/libexec/enarx/shim-kvm",
          folder + "/libexec/enarx/shim-deprivileged",
          folder + "/parts/shim-verified",
          folder + "/parts/shim-snp"}) {
        ASSERT_TRUE(std::filesystem::exists(path)) << path;
        SCOPED_TRACE(path);
        auto const image = Mapped::of(path);
        std::size_t code = 0;
        for (auto const& [at, rights] : image.pages()) {
            EXPECT_FALSE(rights.write && rights.execute) << fmt::format("{:#x}", at);
            code += rights.execute ? 1 : 0;
        }
        EXPECT_GT(code, 5U);
        EXPECT_LT(code, 100U);
        EXPECT_TRUE(image.at(image.header.start).execute);
        EXPECT_TRUE(image.at(image.header.system_call).execute);
        EXPECT_FALSE(image.at(image.header.idt).write);
        EXPECT_TRUE(image.at(image.header.end - page).write);
    }
}

} // namespace

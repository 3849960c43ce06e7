// See linux_image.hpp.
#include "vmm/linux_image.hpp"

#include "base/bytes.hpp"
#include "base/pages.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace model::vmm {

namespace {

constexpr std::uint64_t c_bit = 1ULL << 51;
constexpr std::size_t header_at = 0x1f1;
constexpr std::size_t header_end = 0x290;

std::uint64_t whole_pages(std::uint64_t size) { return (size + page_size - 1) & ~(page_size - 1); }

void put_page_tables(std::span<std::byte> low) {
    constexpr std::uint64_t directories = 4;
    for (std::uint64_t i = 0; i < directories; ++i) {
        auto const directory = page_tables_at + 0x2000 + i * page_size;
        for (std::uint64_t j = 0; j < 512; ++j)
            store(low, directory + j * 8, (i * 512 + j) << 21 | 0xe3 | c_bit);
        store(low, page_tables_at + 0x1000 + i * 8, directory | 3 | c_bit);
    }
    store(low, page_tables_at, (page_tables_at + 0x1000) | 3 | c_bit);
    store(low, descriptors_at + 0x10, std::uint64_t{0x00af'9b00'0000'ffff}); // code
    store(low, descriptors_at + 0x18, std::uint64_t{0x00cf'9300'0000'ffff}); // data
}

void put_memory_map(std::span<std::byte> low, std::uint64_t size) {
    struct [[gnu::packed]] Range {
        std::uint64_t at;
        std::uint64_t size;
        std::uint32_t type;
    };
    store(low, boot_parameters_at + 0x1e8, std::uint8_t{3});
    store(low, boot_parameters_at + 0x2d0, Range{.at = 0, .size = tables_at, .type = 1});
    store(
        low,
        boot_parameters_at + 0x2d0 + sizeof(Range),
        Range{.at = tables_at, .size = low_end - tables_at, .type = 3}
    ); // ACPI
    store(
        low,
        boot_parameters_at + 0x2d0 + 2 * sizeof(Range),
        Range{.at = 0x10'0000, .size = size - 0x10'0000, .type = 1}
    );
}

// setup_data of type 7: where the confidential computing blob is.
void put_blob(std::span<std::byte> low) {
    store(low, blob_at + 8, std::uint32_t{7});
    store(low, blob_at + 12, std::uint32_t{8});
    store(low, blob_at + 16, static_cast<std::uint32_t>(blob_at + page_size));
    auto const blob = low.subspan(blob_at + page_size);
    store(blob, 0x00, std::uint32_t{0x4544'4d41}); // "AMDE"
    store(blob, 0x08, secrets_at);
    store(blob, 0x10, static_cast<std::uint32_t>(page_size));
    store(blob, 0x18, cpuid_at);
    store(blob, 0x20, static_cast<std::uint32_t>(page_size));
}

void put_checksum(std::span<std::byte> table, std::size_t at) {
    auto const sum = std::accumulate(table.begin(), table.end(), 0U, [](unsigned s, std::byte b) {
        return s + std::to_integer<unsigned>(b);
    });
    table[at] = static_cast<std::byte>(0U - sum);
}

std::vector<std::byte> table(char const* signature, std::uint8_t revision, std::size_t size) {
    std::vector<std::byte> result(size);
    std::memcpy(result.data(), signature, 4);
    store(result, 4, static_cast<std::uint32_t>(size));
    store(result, 8, revision);
    std::memcpy(&result[10], "ENARX ", 6);
    std::memcpy(&result[16], "TEEMODEL", 8);
    return result;
}

// RSDP, XSDT, FADT (hardware-reduced), an empty DSDT, MADT with the local APICs.
void put_acpi(std::span<std::byte> low, unsigned processors) {
    auto madt = table("APIC", 5, 44 + processors * 8U);
    store(madt, 36, std::uint32_t{0xfee0'0000});
    for (unsigned i = 0; i < processors; ++i) {
        auto const at = 44 + i * 8U;
        store(madt, at + 1, std::uint8_t{8});
        store(madt, at + 2, static_cast<std::uint8_t>(i));
        store(madt, at + 3, static_cast<std::uint8_t>(i));
        store(madt, at + 4, std::uint32_t{1});
    }
    auto fadt = table("FACP", 6, 276);
    store(fadt, 112, std::uint32_t{1U << 20}); // hardware-reduced
    store(fadt, 109, std::uint16_t{0x3c});     // no VGA, no MSI limits, no CMOS clock
    store(fadt, 140, tables_at + 0x800);
    auto dsdt = table("DSDT", 2, 36);
    auto xsdt = table("XSDT", 1, 36 + 16);
    store(xsdt, 36, tables_at + 0x400);
    store(xsdt, 44, tables_at + 0x600);
    for (auto const& [at, one] :
         {std::pair{0x200, &xsdt},
          std::pair{0x400, &fadt},
          std::pair{0x600, &madt},
          std::pair{0x800, &dsdt}}) {
        put_checksum(*one, 9);
        std::ranges::copy(*one, low.subspan(tables_at + static_cast<std::uint64_t>(at)).begin());
    }
    auto const root = low.subspan(tables_at, 36);
    std::memcpy(root.data(), "RSD PTR ", 8);
    std::memcpy(&root[9], "ENARX ", 6);
    store(root, 15, std::uint8_t{2});
    store(root, 20, std::uint32_t{36});
    store(root, 24, tables_at + 0x200);
    put_checksum(root.first(20), 8);
    put_checksum(root, 32);
    store(low, boot_parameters_at + 0x70, tables_at);
}

} // namespace

Loaded load_linux(Boot const& boot) {
    Loaded result;
    result.low.resize(low_end);
    std::span<std::byte> const low{result.low};
    auto const setup = (std::to_integer<std::size_t>(boot.kernel[header_at]) + 1) * 512;
    result.kernel.assign(
        boot.kernel.begin() + static_cast<std::ptrdiff_t>(setup), boot.kernel.end()
    );
    result.kernel.resize(whole_pages(result.kernel.size()));
    result.initrd.assign(boot.initrd.begin(), boot.initrd.end());
    result.initrd.resize(whole_pages(result.initrd.size()));
    result.initrd_at = page_of(boot.memory_size - result.initrd.size() - page_size);
    put_page_tables(low);
    std::ranges::copy(
        boot.kernel.subspan(header_at, header_end - header_at),
        low.subspan(boot_parameters_at + header_at).begin()
    );
    store(low, boot_parameters_at + 0x210, std::uint8_t{0xff}); // type of loader
    store(
        low,
        boot_parameters_at + 0x218,
        static_cast<std::uint32_t>(boot.initrd.empty() ? 0 : result.initrd_at)
    );
    store(low, boot_parameters_at + 0x21c, static_cast<std::uint32_t>(boot.initrd.size()));
    store(low, boot_parameters_at + 0x228, static_cast<std::uint32_t>(command_line_at));
    store(low, boot_parameters_at + 0x250, blob_at);
    auto const text = std::as_bytes(std::span{boot.command_line});
    std::ranges::copy(
        text.first(std::min<std::size_t>(text.size(), 2047)), low.subspan(command_line_at).begin()
    );
    put_memory_map(low, boot.memory_size);
    put_blob(low);
    put_acpi(low, boot.processors);
    return result;
}

} // namespace model::vmm

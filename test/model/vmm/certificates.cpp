// See certificates.hpp.
#include "vmm/certificates.hpp"

#include "base/bytes.hpp"
#include "base/pages.hpp"
#include "kvm/uapi.hpp"
#include "vmm/host.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace model::vmm {

namespace {

struct Entry {
    std::array<std::uint8_t, 16> name;
    std::uint32_t offset;
    std::uint32_t size;
};
static_assert(sizeof(Entry) == 24);

struct Known {
    char const* file;
    std::array<std::uint8_t, 16> name;
};
constexpr std::array known = {
    Known{
        .file = "/ark.der",
        .name =
            {0xc0,
             0xb4,
             0x06,
             0xa4,
             0xa8,
             0x03,
             0x49,
             0x52,
             0x97,
             0x43,
             0x3f,
             0xb6,
             0x01,
             0x4c,
             0xd0,
             0xae}
    },
    Known{
        .file = "/ask.der",
        .name =
            {0x4a,
             0xb7,
             0xb3,
             0x79,
             0xbb,
             0xac,
             0x4f,
             0xe4,
             0xa0,
             0x2f,
             0x05,
             0xae,
             0xf3,
             0x27,
             0xc7,
             0x82}
    },
    Known{
        .file = "/vcek.der",
        .name = {
            0x63,
            0xda,
            0x75,
            0x8d,
            0xe6,
            0x64,
            0x45,
            0x64,
            0xad,
            0xc5,
            0xf4,
            0xb9,
            0x3b,
            0xe8,
            0xac,
            0xcd
        }
    }
};

} // namespace

std::vector<std::byte> certificate_table(std::string const& folder) {
    std::vector<std::byte> table((known.size() + 1) * sizeof(Entry)); // one of zeros ends it
    for (std::size_t i = 0; i < known.size(); ++i) {
        auto const bytes = file(folder + known.at(i).file);
        store(
            table,
            i * sizeof(Entry),
            Entry{
                .name = known.at(i).name,
                .offset = static_cast<std::uint32_t>(table.size()),
                .size = static_cast<std::uint32_t>(bytes.size())
            }
        );
        table.insert(table.end(), bytes.begin(), bytes.end());
    }
    table.resize((table.size() + page_size - 1) / page_size * page_size);
    return table;
}

void give_certificates(
    std::span<std::byte> shared, std::span<std::byte const> table, kvm_run& run
) {
    kvm::SnpReqCerts wanted{};
    std::memcpy(&wanted, run.padding, sizeof wanted); // the union
    auto const pages = table.size() / page_size;
    if (wanted.npages < pages) {
        wanted.npages = pages;
        wanted.ret = ENOSPC;
    } else if (wanted.gpa > shared.size() || table.size() > shared.size() - wanted.gpa) {
        wanted.ret = EIO;
    } else {
        std::ranges::copy(table, shared.subspan(wanted.gpa).begin());
    }
    std::memcpy(run.padding, &wanted, sizeof wanted);
}

} // namespace model::vmm

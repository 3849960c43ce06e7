#include "crypto/digest.hpp"
#include "host/vmm/measurement.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace {

using namespace host::vmm;
using Bytes = std::vector<std::byte>;
using protocol::evidence::Measurement;

// A plan that differs from others in one thing.
struct Start {
    Bytes shim = Bytes(6000, std::byte{1});
    std::uint64_t shim_end = 0x40'3000;
    Bytes program = Bytes(5000, std::byte{2});
    Wishes wishes = {.arguments = {"enarx-exec"}};
};

class SupplyOfBytes : public Supply {
public:
    SupplyOfBytes(Start const& start, Plan const& plan) : start_{start}, plan_{plan} {}

    base::Result<void>
    read(Contents const& contents, std::uint64_t offset, std::span<std::byte> to) const override {
        auto const from = contents.part == Part::Shim      ? base::View{start_.shim}
                          : contents.part == Part::Program ? base::View{start_.program}
                                                           : as_bytes(std::span{plan_.strings()});
        std::ranges::copy(from.subspan(offset, to.size()), to.begin());
        return {};
    }
    os::Fd const* file(Contents const& /*contents*/) const override { return nullptr; }

private:
    Start const& start_;
    Plan const& plan_;
};

Measurement measured(Start const& start) {
    ImageSizes const sizes{
        .shim = start.shim.size(), .shim_end = start.shim_end, .program = start.program.size()
    };
    auto const plan = Plan::make(sizes, start.wishes).value();
    return measure(plan.regions(), SupplyOfBytes{start, plan}).value();
}

void append(Bytes& to, base::View bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

void append_number(Bytes& to, std::uint64_t value, unsigned size) {
    for (unsigned i = 0; i < size; ++i) to.push_back(std::byte(value >> (8 * i)));
}

// PAGE_INFO and the digest behind it, as 8.17.2 of the firmware ABI writes them.
Measurement with_page(
    Measurement const& before, unsigned type, std::uint64_t address, std::optional<Bytes> contents
) {
    Bytes info;
    append(info, before);
    if (contents) contents->resize(4096);
    append(info, contents ? crypto::sha384(*contents) : Measurement{});
    append_number(info, 0x70, 2);
    append_number(info, type, 1);
    append_number(info, 0, 5);
    append_number(info, address, 8);
    return crypto::sha384(info);
}

TEST(Measurement, IsTheLaunchDigestOfShimBootBlockStringsAndProgram) {
    Start const start;
    std::string_view const words{"enarx-exec", sizeof "enarx-exec"};
    Bytes text;
    append(text, std::as_bytes(std::span{words}));

    Measurement digest{};
    digest = with_page(digest, 1, 0x40'0000, Bytes(4096, std::byte{1}));
    digest = with_page(digest, 1, 0x40'1000, Bytes(6000 - 4096, std::byte{1}));
    digest = with_page(digest, 3, 0x40'2000, {});
    digest = with_page(digest, 4, 0x60'0000, {});
    digest = with_page(digest, 1, 0x60'1000, text);
    digest = with_page(digest, 1, 0x80'0000, Bytes(4096, std::byte{2}));
    digest = with_page(digest, 1, 0x80'1000, Bytes(5000 - 4096, std::byte{2}));
    EXPECT_EQ(measured(start), digest);
}

TEST(Measurement, DiffersWithEachByteOfShimAndProgramAndWithTheirArguments) {
    auto const usual = measured({});
    for (std::size_t const at : {0U, 4095U, 4096U, 5999U}) {
        Start other;
        other.shim[at] ^= std::byte{1};
        EXPECT_NE(measured(other), usual) << at;
    }
    for (std::size_t const at : {0U, 4095U, 4096U, 4999U}) {
        Start other;
        other.program[at] ^= std::byte{1};
        EXPECT_NE(measured(other), usual) << at;
    }
    EXPECT_NE(measured({.shim_end = 0x40'4000}), usual);
    EXPECT_NE(measured({.wishes = {.arguments = {"enarx-exec", "more"}}}), usual);
    EXPECT_NE(
        measured({.wishes = {.arguments = {"enarx-exec"}, .environment = {"LD_DEBUG=all"}}}), usual
    );
}

TEST(Measurement, IsTheSameWhateverTheHostIsAndHandsIn) {
    Start other;
    other.wishes.memory = MemoryKind::Sealed;
    other.wishes.memory_limit = 5ULL << 30;
    other.wishes.cpus = other.wishes.max_cpus = 17;
    other.wishes.user = 1000;
    other.wishes.descriptors.push_back({.number = 3, .memory_size = 123'456, .resident = true});
    EXPECT_EQ(measured(other), measured({}));
}

} // namespace

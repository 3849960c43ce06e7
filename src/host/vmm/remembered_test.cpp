#include "host/vmm/measurement.hpp"
#include "host/vmm/remembered.hpp"
#include "os/clock.hpp"
#include "os/read_file.hpp"
#include "os/temporary_directory.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using namespace host::vmm;
using namespace std::chrono_literals;
using protocol::evidence::Measurement;

constexpr std::uint64_t program_size = 5 * page_size;

// A program in a file, of which one is told how often its bytes were read.
class SupplyOfFile : public Supply {
public:
    explicit SupplyOfFile(std::string const& path) : file_{::open(path.c_str(), O_RDONLY)} {}

    base::Result<void>
    read(Contents const& contents, std::uint64_t offset, std::span<std::byte> to) const override {
        if (contents.part == Part::Strings) {
            std::ranges::fill(to, words);
            return {};
        }
        ++reads;
        if (while_reading) while_reading();
        return os::read_part(file_, offset, to);
    }
    os::Fd const* file(Contents const& contents) const override {
        return contents.part == Part::Program ? &file_ : nullptr;
    }

    std::byte words{7};
    mutable unsigned reads = 0;
    std::function<void()> while_reading;

private:
    os::Fd file_;
};

class Remembering : public testing::Test {
protected:
    std::string path(std::string const& name) const { return place_.path() + '/' + name; }

    void write_program(char letter) const {
        std::ofstream{path("program")} << std::string(program_size, letter);
    }
    Remembered memory() const {
        ::mkdir(path("cache").c_str(), 0700);
        return {os::Folder{os::Fd{::open(path("cache").c_str(), O_RDONLY | O_DIRECTORY)}}, "kvm"};
    }
    Measurement measured(SupplyOfFile const& supply, std::chrono::seconds later = 10s) const {
        std::chrono::nanoseconds const now{os::now_ns(os::Clock::Realtime).value()};
        return memory().measure(regions, supply, now + later).value();
    }

    std::array<Region, 2> regions{
        Region{
            .name = "arguments",
            .begin = 0x1000,
            .end = 0x2000,
            .type = hw::snp::PageType::Normal,
            .contents = {.part = Part::Strings, .size = 11}
        },
        Region{
            .name = "program",
            .begin = 0x8000,
            .end = 0x8000 + program_size,
            .type = hw::snp::PageType::Normal,
            .contents = {.part = Part::Program, .size = program_size}
        }
    };

private:
    os::TemporaryDirectory place_;
};

TEST_F(Remembering, WhatWasMeasuredOnceIsNotReadAgain) {
    write_program('a');
    SupplyOfFile const supply{path("program")};
    auto const first = measured(supply);
    EXPECT_EQ(first, measure(regions, supply).value());
    auto const read = supply.reads;
    EXPECT_EQ(measured(supply), first);
    EXPECT_EQ(supply.reads, read);
}

TEST_F(Remembering, AChangedFileIsMeasuredAnew) {
    write_program('a');
    auto const before = measured(SupplyOfFile{path("program")});
    write_program('b'); // the same file, of the same size
    SupplyOfFile const changed{path("program")};
    auto const after = measured(changed);
    EXPECT_NE(after, before);
    EXPECT_EQ(after, measure(regions, changed).value());
}

TEST_F(Remembering, AChangeOfNothingButBytesIsFoundThoughItsTimeIsSetBack) {
    write_program('a');
    struct ::stat status{};
    ASSERT_EQ(::stat(path("program").c_str(), &status), 0);
    auto const before = measured(SupplyOfFile{path("program")});
    write_program('b');
    std::array<timespec, 2> const times{status.st_atim, status.st_mtim};
    ASSERT_EQ(::utimensat(AT_FDCWD, path("program").c_str(), times.data(), 0), 0);
    EXPECT_NE(measured(SupplyOfFile{path("program")}), before);
}

TEST_F(Remembering, AnotherFileInItsPlaceIsMeasuredAnew) {
    write_program('a');
    auto const before = measured(SupplyOfFile{path("program")});
    std::filesystem::rename(path("program"), path("former"));
    write_program('b');
    EXPECT_NE(measured(SupplyOfFile{path("program")}), before);
}

TEST_F(Remembering, OtherArgumentsOrPlacesAreMeasuredAnew) {
    write_program('a');
    SupplyOfFile supply{path("program")};
    auto const before = measured(supply);
    supply.words = std::byte{8};
    auto const other_words = measured(supply);
    EXPECT_NE(other_words, before);
    regions[1].begin += page_size;
    regions[1].end += page_size;
    EXPECT_NE(measured(supply), other_words);
}

TEST_F(Remembering, AFileThatChangedJustNowIsNotRemembered) {
    write_program('a');
    SupplyOfFile const supply{path("program")};
    auto const first = measured(supply, 1s);
    auto const read = supply.reads;
    EXPECT_EQ(measured(supply), first);
    EXPECT_GT(supply.reads, read);
}

TEST_F(Remembering, AFileThatChangesWhileItIsReadIsNotRemembered) {
    write_program('a');
    SupplyOfFile supply{path("program")};
    supply.while_reading = [this] { write_program('b'); };
    measured(supply);
    supply.while_reading = {};
    auto const read = supply.reads;
    EXPECT_EQ(measured(supply), measure(regions, supply).value());
    EXPECT_GT(supply.reads, read);
}

TEST_F(Remembering, ARecordThatIsNotWholeIsMeasuredAnew) {
    write_program('a');
    SupplyOfFile const supply{path("program")};
    auto const first = measured(supply);
    std::filesystem::permissions(path("cache/kvm"), std::filesystem::perms::owner_all);
    for (auto const size : {0, 40, 80, 111}) {
        std::filesystem::resize_file(path("cache/kvm"), size);
        EXPECT_EQ(measured(supply), first) << size;
    }
    std::fstream file{path("cache/kvm"), std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(40).put('\0').put('\0').put('\0');
    file.close();
    EXPECT_EQ(measured(supply), first);
}

TEST_F(Remembering, ARecordThatOthersMayWriteIsNotRead) {
    write_program('a');
    SupplyOfFile const supply{path("program")};
    auto const first = measured(supply);
    ASSERT_EQ(::chmod(path("cache/kvm").c_str(), 0622), 0);
    auto const read = supply.reads;
    EXPECT_EQ(measured(supply), first);
    EXPECT_GT(supply.reads, read);
}

} // namespace

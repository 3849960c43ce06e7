#include "keep/exec/wasi/guest_memory.hpp"

#include <atomic>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace exec::wasi {
namespace {

struct SmallMemory : testing::TestWithParam<bool> {
    GuestMemory memory() { return {bytes.data(), bytes.size(), GetParam()}; }
    void put_vector(std::uint32_t at, std::uint32_t buffer, std::uint32_t length) {
        ASSERT_TRUE(memory().write(Pointer<IoVector>{at}, IoVector{buffer, length}));
    }

    // One page of WebAssembly on the heap, where the sanitizer sees a step too far.
    std::vector<std::byte> bytes = std::vector<std::byte>(65536);
};

TEST_P(SmallMemory, ReadsBackWhatItWrote) {
    ASSERT_TRUE(memory().write(Pointer<std::uint64_t>{65528}, std::uint64_t{0x1234'5678'9abc}));
    EXPECT_EQ(memory().read(Pointer<std::uint64_t>{65528}), std::uint64_t{0x1234'5678'9abc});
}

TEST_P(SmallMemory, NothingReachesBeyondItsEnd) {
    EXPECT_EQ(memory().read(Pointer<std::uint32_t>{65536}).error(), Errno::Fault);
    EXPECT_EQ(memory().read(Pointer<std::uint32_t>{0xffff'fffc}).error(), Errno::Fault);
    EXPECT_EQ(memory().bytes({65535}, 2).error(), Errno::Fault);
    EXPECT_EQ(memory().bytes({1}, UINT32_MAX).error(), Errno::Fault);
    EXPECT_EQ(memory().bytes({65537}, 0).error(), Errno::Fault);
    EXPECT_TRUE(memory().bytes({65536}, 0));
}

TEST_P(SmallMemory, AStructLiesAtAMultipleOfItsAlignment) {
    EXPECT_EQ(memory().read(Pointer<std::uint32_t>{2}).error(), Errno::Inval);
    EXPECT_EQ(memory().write(Pointer<FileStat>{4}, FileStat{}).error(), Errno::Inval);
    EXPECT_TRUE(memory().write(Pointer<FileStat>{8}, FileStat{}));
    EXPECT_TRUE(memory().read(Pointer<IoVector>{4}));
}

TEST_P(SmallMemory, AnArrayWhoseSizeOverflowsIsAFault) {
    EXPECT_EQ(memory().check(Pointer<Event>{0}, UINT32_MAX).error(), Errno::Fault);
    EXPECT_EQ(memory().to_fill({0}, 0x2000'0001).error(), Errno::Fault);
}

TEST_P(SmallMemory, GathersTheBuffersOfVectorsAndSkipsEmptyOnes) {
    put_vector(0, 100, 10);
    put_vector(8, 200, 0);
    put_vector(16, 300, 5);
    auto const buffers = memory().to_fill({0}, 3);
    ASSERT_TRUE(buffers);
    EXPECT_EQ(buffers->count(), 2U);
    EXPECT_EQ(buffers->bytes(), 15U);
    EXPECT_EQ(buffers->all()[1].data(), bytes.data() + 300);
}

TEST_P(SmallMemory, AVectorThatLeavesMemoryIsAFault) {
    put_vector(0, 65530, 7);
    EXPECT_EQ(memory().to_send({0}, 1).error(), Errno::Fault);
    put_vector(0, 65537, 0);
    EXPECT_EQ(memory().to_send({0}, 1).error(), Errno::Fault);
}

TEST_P(SmallMemory, TakesAThousandVectorsAndLeavesTheRest) {
    for (std::uint32_t i = 0; i < 3000; ++i) put_vector(i * 8, 40000 + i, 1);
    auto const buffers = memory().to_send({0}, 3000);
    ASSERT_TRUE(buffers);
    EXPECT_EQ(buffers->count(), 1024U);
    EXPECT_EQ(buffers->bytes(), 1024U);
    EXPECT_EQ(buffers->all()[1023].data(), bytes.data() + 40000 + 1023);
}

TEST_P(SmallMemory, TextIsUtf8WithoutNul) {
    std::memcpy(bytes.data(), "good\xff\0", 6);
    EXPECT_EQ(memory().text({0}, 4, 4095), "good");
    EXPECT_EQ(memory().text({0}, 5, 4095).error(), Errno::IlSeq);
    EXPECT_EQ(memory().text({5}, 1, 4095).error(), Errno::Inval);
    EXPECT_EQ(memory().text({0}, 4, 3).error(), Errno::NameTooLong);
    EXPECT_EQ(memory().text({65533}, 4, 4095).error(), Errno::Fault);
}

// Another thread of the application, which writes two values over each other without end.
template <class T> class Flipper {
public:
    Flipper(std::byte* at, T one, T other)
        : thread_{[=](std::stop_token const& stop) {
              // Safety: the test's memory, aligned for a T.
              std::atomic_ref<T> const place{*reinterpret_cast<T*>(at)};
              while (!stop.stop_requested()) {
                  place.store(one, std::memory_order_relaxed);
                  if (stop.stop_requested()) break;
                  place.store(other, std::memory_order_relaxed);
              }
          }} {}

private:
    std::jthread thread_;
};

// Half a second of tries: each is a chance that the memory changes between two looks at it. On a
// busy machine longer, until one has met the value that is good.
void try_for_long(int const& good, auto attempt) {
    using namespace std::chrono_literals;
    auto const begin = std::chrono::steady_clock::now();
    auto const goes_on = [&](auto past) { return past < 500ms || (good == 0 && past < 60s); };
    while (!testing::Test::HasFailure() && goes_on(std::chrono::steady_clock::now() - begin))
        for (int i = 0; i < 1000; ++i) attempt();
}

TEST(SharedMemory, ShowsAVectorOnceSoThatWhatIsCheckedIsWhatIsUsed) {
    std::vector<std::byte> bytes(65536);
    GuestMemory const memory{bytes.data(), bytes.size(), true};
    ASSERT_TRUE(memory.write(Pointer<IoVector>{0}, IoVector{1024, 8}));
    Flipper<std::uint32_t> const flipper{bytes.data() + 4, 8, 0x7fff'ffff};
    int good = 0;
    try_for_long(good, [&] {
        auto const buffers = memory.to_send({0}, 1);
        if (buffers) EXPECT_LE(buffers->bytes(), bytes.size() - 1024);
        good += buffers ? 1 : 0;
    });
    EXPECT_GT(good, 0);
}

TEST(SharedMemory, ShowsTextOnceSoThatWhatIsCheckedIsWhatIsUsed) {
    std::vector<std::byte> bytes(65536);
    GuestMemory const memory{bytes.data(), bytes.size(), true};
    Flipper<char> const flipper{bytes.data(), 'a', '\0'};
    int good = 0;
    try_for_long(good, [&] {
        auto const text = memory.text({0}, 1, 10);
        if (text) EXPECT_EQ(*text, "a");
        good += text ? 1 : 0;
    });
    EXPECT_GT(good, 0);
}

INSTANTIATE_TEST_SUITE_P(PrivateAndShared, SmallMemory, testing::Bool());

// Four gigabytes of address space, of which only the first page is touched.
TEST(GuestMemory, VectorsWhoseLengthsDoNotFitInto32BitsTogetherAreInvalid) {
    std::vector<std::byte> bytes(65536);
    GuestMemory const memory{bytes.data(), std::size_t{1} << 32, false};
    ASSERT_TRUE(memory.write(Pointer<IoVector>{0}, IoVector{0, 0x8000'0000}));
    ASSERT_TRUE(memory.write(Pointer<IoVector>{8}, IoVector{0, 0x7fff'ffff}));
    EXPECT_TRUE(memory.to_fill({0}, 2));
    ASSERT_TRUE(memory.write(Pointer<IoVector>{8}, IoVector{0, 0x8000'0000}));
    EXPECT_EQ(memory.to_fill({0}, 2).error(), Errno::Inval);
}

} // namespace
} // namespace exec::wasi

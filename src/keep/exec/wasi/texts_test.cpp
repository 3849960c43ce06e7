#include "keep/exec/wasi/test_application.hpp"

namespace exec::wasi {
namespace {

struct Texts : Application {
    Pointer<std::uint32_t> count = room_for<std::uint32_t>();
    Pointer<std::uint32_t> size = room_for<std::uint32_t>();
};

TEST_F(Texts, ArgumentsComeInOrderEachWithItsNul) {
    context.args = {"prog", "", "the \"second\""};
    ASSERT_EQ(call(&args_sizes_get, count, size), Errno::Success);
    EXPECT_EQ(at(count), 3U);
    EXPECT_EQ(at(size), 5U + 1U + 13U);

    auto const argv = room_for<std::uint32_t>(3);
    auto const text = room_for<std::byte>(at(size));
    ASSERT_EQ(call(&args_get, argv, text), Errno::Success);
    EXPECT_EQ(at(argv), text.at);
    EXPECT_EQ(at(GuestMemory::element(argv, 2)), text.at + 6);
    EXPECT_EQ(text_at(text.at, at(size)), std::string("prog\0\0the \"second\"\0", 19));
}

TEST_F(Texts, AnEmptyEnvironmentHasSizesOfZero) {
    ASSERT_EQ(call(&environ_sizes_get, count, size), Errno::Success);
    EXPECT_EQ(at(count), 0U);
    EXPECT_EQ(at(size), 0U);
    EXPECT_EQ(call(&environ_get, Pointer<std::uint32_t>{0}, Pointer<std::byte>{0}), Errno::Success);
}

TEST_F(Texts, TheEnvironmentKeepsLineBreaks) {
    context.environ = {"a=text", "c=new\nline"};
    auto const list = room_for<std::uint32_t>(2);
    auto const text = room_for<std::byte>(32);
    ASSERT_EQ(call(&environ_get, list, text), Errno::Success);
    EXPECT_EQ(text_at(at(GuestMemory::element(list, 1)), 11), std::string("c=new\nline\0", 11));
}

TEST_F(Texts, ABufferThatLeavesMemoryIsAFaultAndNothingIsWritten) {
    context.args = {"prog"};
    auto const argv = room_for<std::uint32_t>();
    EXPECT_EQ(call(&args_get, argv, Pointer<std::byte>{65532}), Errno::Fault);
    EXPECT_EQ(at(argv), 0U);
    EXPECT_EQ(call(&args_get, Pointer<std::uint32_t>{65536}, Pointer<std::byte>{0}), Errno::Fault);
    EXPECT_EQ(call(&args_get, Pointer<std::uint32_t>{2}, Pointer<std::byte>{0}), Errno::Inval);
}

TEST_F(Texts, TenThousandArgumentsArrive) {
    context.args.assign(10'000, "");
    ASSERT_EQ(call(&args_sizes_get, count, size), Errno::Success);
    EXPECT_EQ(at(count), 10'000U);
    EXPECT_EQ(at(size), 10'000U);
    EXPECT_EQ(
        call(&args_get, room_for<std::uint32_t>(10'000), room_for<std::byte>(10'000)),
        Errno::Success
    );
}

} // namespace
} // namespace exec::wasi

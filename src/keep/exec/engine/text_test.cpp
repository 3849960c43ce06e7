// What is read out of the engine's texts, and numbers as text.

#include "keep/exec/engine/messages.hpp"
#include "keep/exec/engine/trap_report.hpp"
#include "keep/exec/engine/values.hpp"

#include <gtest/gtest.h>

namespace {

using namespace exec::engine;

TEST(Backtrace, without_lines_has_names_and_offsets) {
    auto const frames = parse_frames(
        "error while executing at wasm backtrace:\n"
        "    0:     0x5d - app.wasm!inner\n"
        "    1:    0x123 - <unknown>!<wasm function 7>\n"
        "\n"
        "Caused by:\n"
        "    0: something\n"
    );
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[0], (TrapFrame{"inner", "0x5d", false}));
    EXPECT_EQ(frames[1], (TrapFrame{"<wasm function 7>", "0x123", false}));
}

TEST(Backtrace, with_lines_tells_what_was_inlined) {
    auto const frames = parse_frames(
        "error while executing at wasm backtrace:\n"
        "    0:     0x5d - smallest\n"
        "                    at /src/a b.c:3:5\n"
        "                - larger\n"
        "                    at /src/c.c:9\n"
        "    1:    0x123 - Type::operator!()\n"
        "                    at /src/d.cpp:1:2\n"
    );
    ASSERT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames[0], (TrapFrame{"smallest", "/src/a b.c:3:5", true}));
    EXPECT_EQ(frames[1], (TrapFrame{"larger", "/src/c.c:9", false}));
    EXPECT_EQ(frames[2], (TrapFrame{"Type::operator!()", "/src/d.cpp:1:2", false}));
}

TEST(Backtrace, of_a_frame_without_an_offset_has_its_name) {
    auto const frames = parse_frames("x\n    0: app.wasm!deeper\n");
    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0], (TrapFrame{"deeper", "", false}));
}

TEST(Backtrace, of_any_text_is_no_crash) {
    EXPECT_TRUE(parse_frames("").empty());
    EXPECT_TRUE(parse_frames("- x\nat y\n:").empty());
    EXPECT_EQ(parse_frames("0: ").size(), 1U);
}

TEST(Messages, tell_the_innermost_cause) {
    EXPECT_EQ(reason_of("plain"), "plain");
    EXPECT_EQ(
        reason_of("failed to parse\n\nCaused by:\n    unexpected end (at offset 0x5)"),
        "unexpected end (at offset 0x5)"
    );
    EXPECT_EQ(reason_of("a\n\nCaused by:\n    0: b\n    1: c"), "c");
}

TEST(Messages, of_a_wrong_text_begin_with_its_place) {
    EXPECT_EQ(
        text_mistake("unknown operator\n     --> <anon>:3:4\n      |\n    3 | (x\n      |  ^"),
        "3:4: unknown operator"
    );
    EXPECT_EQ(text_mistake("something else"), "something else");
}

std::string round_trip(std::string_view text, wasm_valkind_t kind) {
    auto const value = parse_value(text, kind);
    return value ? value_text(*value) : "none";
}

TEST(Values, are_read_and_told_as_numbers) {
    EXPECT_EQ(round_trip("+7", WASM_I32), "7");
    EXPECT_EQ(round_trip("-0x80000000", WASM_I32), "-2147483648");
    EXPECT_EQ(round_trip("0xffffffffffffffff", WASM_I64), "-1");
    EXPECT_EQ(round_trip("1e3", WASM_F64), "1000");
    EXPECT_EQ(round_trip("inf", WASM_F32), "inf");
    EXPECT_EQ(round_trip("nan", WASM_F64), "nan");
}

TEST(Values, that_do_not_fit_or_are_none_are_refused) {
    for (auto const* text :
         {"", "-", "+", "0x", "1 ", " 1", "1.5", "--1", "4294967296", "-2147483649"})
        EXPECT_EQ(round_trip(text, WASM_I32), "none") << text;
    EXPECT_EQ(round_trip("18446744073709551616", WASM_I64), "none");
    EXPECT_EQ(round_trip("one", WASM_F64), "none");
    EXPECT_EQ(round_trip("1", WASM_EXTERNREF), "none");
}

} // namespace

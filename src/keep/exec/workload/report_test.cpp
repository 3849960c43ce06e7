// What users read when something went wrong.

#include "keep/exec/workload/report.hpp"
#include "keep/exec/workload/timings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace exec;

TEST(Report, of_a_failure_says_what_happened_what_to_do_and_where_to_read_more) {
    EXPECT_EQ(
        failure_text({"memory-limit", "the application wants more", "Give it more."}),
        "enarx: error: the application wants more (memory-limit)\n"
        "  hint: Give it more.\n"
        "  see: enarx explain memory-limit\n"
    );
}

TEST(Report, without_a_hint_of_its_own_gives_the_general_advice) {
    EXPECT_THAT(
        failure_text({"memory-limit", "x"}), ::testing::HasSubstr("  hint: Raise --max-memory")
    );
}

TEST(Report, gives_each_failure_its_exit_status) {
    EXPECT_EQ(exit_status({"memory-limit", ""}), 137);
    EXPECT_EQ(exit_status({"import-unknown", ""}), 126);
    EXPECT_EQ(exit_status({"launch-block-invalid", ""}), 125);
}

TEST(Report, of_a_trap_lists_frames_and_tells_recursion_once) {
    EXPECT_EQ(
        trap_text(
            {"it broke", {{"a", "x.c:1:2", true}, {"b", "x.c:3"}, {"b", "x.c:3"}, {"c", ""}}},
            "app.wasm"
        ),
        "enarx: error: 'app.wasm' was stopped: it broke (trap)\n"
        "  at a (x.c:1:2), inlined\n"
        "  at b (x.c:3), 2 times\n"
        "  at c\n"
        "  see: enarx explain trap\n"
    );
}

TEST(Report, lets_no_name_begin_a_line_or_command_the_terminal) {
    EXPECT_THAT(
        failure_text({"import-unknown", "no 'a\x1b[2J\nenarx: error: b'\xc2\x9b\x7f ä"}),
        ::testing::StartsWith("enarx: error: no 'a?[2J?enarx: error: b'?? ä (import-unknown)\n")
    );
    EXPECT_THAT(
        trap_text({"it broke", {{"f\x1b]0;\a", "p\r.c:1"}}}, "a\nb"),
        ::testing::StartsWith(
            "enarx: error: 'a?b' was stopped: it broke (trap)\n  at f?]0;? (p?.c:1)\n"
        )
    );
}

TEST(Report, of_a_trap_without_source_lines_says_how_to_get_them) {
    EXPECT_THAT(
        trap_text({"it broke", {{"a", "0x12"}}}, "app.wasm"),
        ::testing::HasSubstr("hint: Built with debug information")
    );
}

TEST(Timings, that_nobody_wants_are_empty) {
    Timings timings{{}, 5};
    timings.mark("phase");
    EXPECT_EQ(timings.table(), "");
}

TEST(Timings, have_a_row_for_each_phase_and_one_for_all) {
    Timings const timings{1'000'000, 3'500'000};
    auto const table = timings.table();
    EXPECT_THAT(table, ::testing::HasSubstr("command, until exec starts            2.500 ms"));
    EXPECT_THAT(table, ::testing::HasSubstr("all                                   2.500 ms"));
}

} // namespace

// Applications from start to end: what is called, how it ends, and what is refused.

#include "keep/exec/engine/instance.hpp"
#include "keep/exec/engine/testing.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using namespace exec;
using namespace exec::engine;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr auto proc_exit =
    R"((import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32))))";

std::string with_exit(std::string const& rest) {
    return std::string{"(module "} + proc_exit + rest + ")";
}

TEST(Run, ends_with_0_when_start_returns) {
    EXPECT_EQ(outcome_of(R"((module (func (export "_start"))))"), "exit 0");
}

TEST(Run, ends_with_the_status_that_proc_exit_was_given) {
    EXPECT_EQ(
        outcome_of(with_exit(R"((func (export "_start") i32.const 7 call $exit))")), "exit 7"
    );
    EXPECT_EQ(
        outcome_of(with_exit(R"((func (export "_start") i32.const 0 call $exit unreachable))")),
        "exit 0"
    );
}

TEST(Run, ends_at_proc_exit_in_the_start_function) {
    EXPECT_EQ(
        outcome_of(with_exit(
            R"((func $s i32.const 5 call $exit) (start $s) (func (export "_start") unreachable))"
        )),
        "exit 5"
    );
}

TEST(Run, calls_the_export_without_a_name_before_any_other) {
    EXPECT_EQ(
        outcome_of(with_exit(
            R"((func (export "") i32.const 3 call $exit) (func (export "_start") unreachable))"
        )),
        "exit 3"
    );
}

TEST(Run, of_a_reactor_calls_initialize_and_nothing_else) {
    EXPECT_EQ(
        outcome_of(with_exit(R"((func (export "_initialize") i32.const 4 call $exit))")), "exit 4"
    );
    EXPECT_EQ(
        outcome_of(R"((module (func (export "_initialize")) (func (export "f") unreachable)))"),
        "exit 0"
    );
}

TEST(Run, is_refused_without_anything_to_start) {
    EXPECT_THAT(outcome_of("(module)"), StartsWith("start-missing: "));
    EXPECT_THAT(
        outcome_of(R"((module (memory (export "_start") 1)))"), StartsWith("start-missing: ")
    );
    EXPECT_THAT(
        outcome_of(R"((module (func (export "_start") (param i32))))"),
        StartsWith("start-missing: ")
    );
    EXPECT_THAT(
        outcome_of(R"((module (func (export "_start") (result i32) i32.const 1)))"),
        StartsWith("start-missing: ")
    );
}

TEST(Run, tells_each_kind_of_trap_in_words) {
    EXPECT_EQ(
        outcome_of(R"((module (func (export "_start") unreachable)))"),
        "trap: code marked as unreachable was reached"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (memory 1) (func (export "_start") (drop (i32.load (i32.const -4))))))"
        ),
        "trap: a memory access was out of bounds"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (func (export "_start") (drop (i32.div_s (i32.const 1) (i32.const 0))))))"
        ),
        "trap: an integer was divided by zero"
    );
    EXPECT_EQ(
        outcome_of(R"((module (func $f (export "_start") call $f call $f)))"),
        "trap: the call stack is exhausted"
    );
    EXPECT_EQ(
        outcome_of(R"((module (tag $t) (func (export "_start") throw $t)))"),
        "trap: an exception was thrown and not caught"
    );
}

TEST(Run, of_a_start_function_that_traps_is_a_trap) {
    EXPECT_EQ(
        outcome_of(R"((module (func $s unreachable) (start $s) (func (export "_start"))))"),
        "trap: code marked as unreachable was reached"
    );
}

TEST(Run, names_the_functions_of_a_trap_innermost_first) {
    wasi::Context context;
    auto const ended = run_text(
        R"((module (func $inner unreachable) (func $outer (export "_start") call $inner)))",
        {},
        {},
        context
    );
    ASSERT_FALSE(ended);
    auto const& frames = std::get<TrapReport>(ended.error()).frames;
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[0].function, "inner");
    EXPECT_EQ(frames[1].function, "outer");
    EXPECT_THAT(frames[0].place, StartsWith("0x"));
}

TEST(Invoke, passes_numbers_of_each_kind_and_tells_results) {
    auto const text = R"((module
        (func (export "i32") (param i32) (result i32) local.get 0)
        (func (export "i64") (param i64) (result i64) local.get 0)
        (func (export "f32") (param f32) (result f32) local.get 0)
        (func (export "f64") (param f64) (result f64) local.get 0)
        (func (export "two") (result i32 f64) i32.const -1 f64.const 0.5)))";
    EXPECT_EQ(outcome_of(text, {"i32", {"-2147483648"}}), "exit 0: -2147483648");
    EXPECT_EQ(outcome_of(text, {"i32", {"4294967295"}}), "exit 0: -1");
    EXPECT_EQ(outcome_of(text, {"i64", {"0x7fffffffffffffff"}}), "exit 0: 9223372036854775807");
    EXPECT_EQ(outcome_of(text, {"f32", {"0.1"}}), "exit 0: 0.1");
    EXPECT_EQ(outcome_of(text, {"f64", {"-1e300"}}), "exit 0: -1e+300");
    EXPECT_EQ(outcome_of(text, {"two", {}}), "exit 0: -1: 0.5");
}

TEST(Invoke, is_refused_with_arguments_that_do_not_fit) {
    auto const text = R"((module (func (export "f") (param i32 f64))))";
    EXPECT_EQ(
        outcome_of(text, {"f", {"1"}}), "invoke-arguments: the export 'f' takes 2 arguments, not 1"
    );
    EXPECT_EQ(
        outcome_of(text, {"f", {"1", "x"}}),
        "invoke-arguments: argument 2 of the export 'f', 'x', is no f64"
    );
    EXPECT_EQ(
        outcome_of(text, {"f", {"4294967296", "1"}}),
        "invoke-arguments: argument 1 of the export 'f', '4294967296', is no i32"
    );
}

TEST(Invoke, is_refused_where_there_is_no_such_function) {
    EXPECT_THAT(outcome_of("(module)", {"nothing", {}}), HasSubstr("'nothing'"));
    EXPECT_THAT(
        outcome_of(R"((module (memory (export "m") 1)))", {"m", {}}), StartsWith("export-unknown: ")
    );
}

TEST(Invoke, initialises_a_reactor_first) {
    auto const text = R"((module (global $g (mut i32) (i32.const 1))
        (func (export "_initialize") i32.const 40 global.set $g)
        (func (export "f") (result i32) global.get $g i32.const 2 i32.add)))";
    EXPECT_EQ(outcome_of(text, {"f", {}}), "exit 0: 42");
}

TEST(Imports, that_nothing_serves_are_named_with_their_kind) {
    EXPECT_EQ(
        outcome_of(R"((module (import "sky" "fly" (func)) (func (export "_start"))))"),
        "import-unknown: the application imports the function 'sky' 'fly', which nothing serves"
    );
    EXPECT_EQ(
        outcome_of(R"((module (import "env" "memory" (memory 1))))"),
        "import-unknown: the application imports the memory 'env' 'memory', which nothing serves"
    );
    EXPECT_EQ(
        outcome_of(R"((module (import "wasi_snapshot_preview1" "fly" (func))))"),
        "import-unknown: the application imports the function 'wasi_snapshot_preview1' 'fly', "
        "which nothing serves"
    );
}

TEST(Imports, of_wasi_with_another_type_are_refused) {
    EXPECT_THAT(
        outcome_of(
            R"((module (import "wasi_snapshot_preview1" "fd_close" (func (param i64) (result i32)))))"
        ),
        StartsWith(
            "import-mismatch: the application imports the function 'wasi_snapshot_preview1' "
            "'fd_close'"
        )
    );
    EXPECT_THAT(
        outcome_of(R"((module (import "wasi_snapshot_preview1" "fd_close" (func (param i32)))))"),
        StartsWith("import-mismatch: ")
    );
}

TEST(Imports, of_threads_are_told_as_such_even_behind_others) {
    EXPECT_THAT(
        outcome_of(R"((module (import "env" "memory" (memory 1 1 shared))
            (import "wasi" "thread-spawn" (func (param i32) (result i32)))))"),
        StartsWith("threads-unsupported: ")
    );
}

TEST(Modules, come_back_from_what_they_were_serialised_to) {
    auto const binary =
        *binary_of_text(R"((module (func (export "f") (result i32) i32.const 42)))");
    Engine const engine{{}};
    auto const artefact = Module::compile(engine, binary)->serialize();
    ASSERT_TRUE(artefact);
    auto const module = Module::deserialize(engine, *artefact);
    ASSERT_TRUE(module);
    wasi::Context context;
    auto instance = Instance::create(engine, *module, context);
    ASSERT_TRUE(instance);
    EXPECT_EQ(told(instance->run({"f", {}})), "exit 0: 42");
}

TEST(Modules, that_are_not_valid_are_refused_with_the_reason) {
    Engine const engine{{}};
    auto const whole = *binary_of_text(R"((module (func (export "f"))))");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        if (size == 8) continue; // an empty module
        auto const module = Module::compile(engine, std::span{whole}.first(size));
        if (module) continue; // cut between two sections
        EXPECT_EQ(module.error().name, "module-invalid");
        EXPECT_FALSE(module.error().text.contains('\n'));
    }
}

TEST(Modules, in_the_text_format_are_refused_with_line_and_column) {
    auto const binary = binary_of_text("(module\n  (func\n    i32.ad))\n");
    ASSERT_FALSE(binary);
    EXPECT_THAT(binary.error().text, StartsWith("3:5: "));
}

TEST(Proposals, all_run) {
    EXPECT_EQ(
        outcome_of(
            R"((module (func (export "f") (result i32)
        (i32x4.extract_lane 2 (i32x4.add (v128.const i32x4 1 2 3 4) (v128.const i32x4 1 1 1 1))))))",
            {"f", {}}
        ),
        "exit 0: 4"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (func $g (result i32) i32.const 9)
        (func (export "f") (result i32) return_call $g)))",
            {"f", {}}
        ),
        "exit 0: 9"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (tag $t (param i32)) (func (export "f") (result i32)
        (block $h (result i32) (try_table (catch $t $h) (throw $t (i32.const 6))) unreachable))))",
            {"f", {}}
        ),
        "exit 0: 6"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (type $s (struct (field i32))) (func (export "f") (result i32)
        (struct.get $s 0 (struct.new $s (i32.const 8))))))",
            {"f", {}}
        ),
        "exit 0: 8"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (memory i64 1) (func (export "f") (result i64) memory.size)))", {"f", {}}
        ),
        "exit 0: 1"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (memory 1) (memory $b 2) (func (export "f") (result i32) memory.size $b)))",
            {"f", {}}
        ),
        "exit 0: 2"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (memory 1 2 shared) (func (export "f") (result i32)
        (i32.atomic.rmw.add (i32.const 0) (i32.const 5)))))",
            {"f", {}}
        ),
        "exit 0: 0"
    );
    EXPECT_EQ(
        outcome_of(
            R"((module (func (export "f") (result i64 i64)
        (i64.add128 (i64.const -1) (i64.const 0) (i64.const 1) (i64.const 0)))))",
            {"f", {}}
        ),
        "exit 0: 0: 1"
    );
}

} // namespace

// Proposals by name, and what depends on what.

#include "keep/exec/engine/proposals.hpp"

#include <array>

namespace exec::engine {

namespace {

using wasmtime::Config;

void without_gc(Config& config) { config.wasm_gc(false); }
void without_function_references(Config& config) {
    without_gc(config);
    config.wasm_function_references(false);
}
void without_exceptions(Config& config) { config.wasm_exceptions(false); }
void without_threads(Config& config) {
    config.wasm_threads(false);
    config.shared_memory(false);
}
void without_reference_types(Config& config) {
    without_function_references(config);
    without_exceptions(config);
    config.wasm_reference_types(false);
}
void without_bulk_memory(Config& config) {
    without_reference_types(config);
    config.wasm_bulk_memory(false);
}
void without_simd(Config& config) {
    config.wasm_relaxed_simd(false);
    config.wasm_simd(false);
}

constexpr std::array all{
    Proposal{
        .name = "multi-value", .leave_out = [](Config& config) { config.wasm_multi_value(false); }
    },
    Proposal{.name = "bulk-memory", .leave_out = without_bulk_memory},
    Proposal{.name = "reference-types", .leave_out = without_reference_types},
    Proposal{.name = "simd", .leave_out = without_simd},
    Proposal{
        .name = "relaxed-simd", .leave_out = [](Config& config) { config.wasm_relaxed_simd(false); }
    },
    Proposal{
        .name = "tail-call", .leave_out = [](Config& config) { config.wasm_tail_call(false); }
    },
    Proposal{.name = "threads", .leave_out = without_threads},
    Proposal{.name = "exceptions", .leave_out = without_exceptions},
    Proposal{.name = "function-references", .leave_out = without_function_references},
    Proposal{.name = "gc", .leave_out = without_gc},
    Proposal{
        .name = "multi-memory", .leave_out = [](Config& config) { config.wasm_multi_memory(false); }
    },
    Proposal{.name = "memory64", .leave_out = [](Config& config) { config.wasm_memory64(false); }},
    Proposal{
        .name = "wide-arithmetic",
        .leave_out = [](Config& config) { config.wasm_wide_arithmetic(false); }
    },
    Proposal{.name = "custom-page-sizes", .leave_out = [](Config& config) {
                 config.wasm_custom_page_sizes(false);
             }},
};

} // namespace

std::span<Proposal const> proposals() { return all; }

void enable_proposals(Config& config) {
    config.wasm_simd(true);
    config.wasm_relaxed_simd(true);
    config.wasm_bulk_memory(true);
    config.wasm_reference_types(true);
    config.wasm_multi_value(true);
    config.wasm_multi_memory(true);
    config.wasm_memory64(true);
    config.wasm_tail_call(true);
    config.wasm_threads(true);
    config.shared_memory(true);
    config.wasm_function_references(true);
    config.wasm_gc(true);
    config.wasm_exceptions(true);
    config.wasm_wide_arithmetic(true);
    config.wasm_custom_page_sizes(true);
}

} // namespace exec::engine

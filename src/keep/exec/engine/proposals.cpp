// Proposals by name, and what depends on what.

#include "keep/exec/engine/proposals.hpp"

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

} // namespace

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

std::array<Proposal, 14> const proposals{
    Proposal{"multi-value", [](Config& config) { config.wasm_multi_value(false); }},
    Proposal{"bulk-memory", without_bulk_memory},
    Proposal{"reference-types", without_reference_types},
    Proposal{"simd", without_simd},
    Proposal{"relaxed-simd", [](Config& config) { config.wasm_relaxed_simd(false); }},
    Proposal{"tail-call", [](Config& config) { config.wasm_tail_call(false); }},
    Proposal{"threads", without_threads},
    Proposal{"exceptions", without_exceptions},
    Proposal{"function-references", without_function_references},
    Proposal{"gc", without_gc},
    Proposal{"multi-memory", [](Config& config) { config.wasm_multi_memory(false); }},
    Proposal{"memory64", [](Config& config) { config.wasm_memory64(false); }},
    Proposal{"wide-arithmetic", [](Config& config) { config.wasm_wide_arithmetic(false); }},
    Proposal{"custom-page-sizes", [](Config& config) { config.wasm_custom_page_sizes(false); }},
};

} // namespace exec::engine

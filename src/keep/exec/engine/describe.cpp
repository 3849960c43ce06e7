// Words for types.

#include "keep/exec/engine/describe.hpp"

#include <span>

#include <wasmtime.h>

namespace exec::engine {

namespace {

std::string list(wasm_valtype_vec_t const* types) {
    std::string text = "(";
    for (auto const* type : std::span{types->data, types->size}) {
        if (text.size() > 1) text += ", ";
        text += value_word(wasm_valtype_kind(type));
    }
    return text + ")";
}

std::string describe_function(wasm_functype_t const* type) {
    auto text = "function " + list(wasm_functype_params(type));
    auto const* const results = wasm_functype_results(type);
    if (results->size == 1)
        return text + " -> " + std::string{value_word(wasm_valtype_kind(results->data[0]))};
    if (results->size > 1) text += " -> " + list(results);
    return text;
}

std::string describe_global(wasm_globaltype_t const* type) {
    std::string text = wasm_globaltype_mutability(type) == WASM_VAR ? "mutable global " : "global ";
    return text += value_word(wasm_valtype_kind(wasm_globaltype_content(type)));
}

std::string describe_memory(wasm_memorytype_t const* type) {
    std::string text = wasmtime_memorytype_isshared(type) ? "shared memory of " : "memory of ";
    text += std::to_string(wasmtime_memorytype_minimum(type));
    if (std::uint64_t most = 0; wasmtime_memorytype_maximum(type, &most))
        text += " to " + std::to_string(most);
    text += " pages";
    if (wasmtime_memorytype_is64(type)) text += ", 64-bit";
    return text;
}

} // namespace

std::string_view value_word(wasm_valkind_t kind) {
    switch (kind) {
    case WASM_I32:
        return "i32";
    case WASM_I64:
        return "i64";
    case WASM_F32:
        return "f32";
    case WASM_F64:
        return "f64";
    case WASMTIME_V128:
        return "v128";
    case WASM_FUNCREF:
        return "funcref";
    case WASM_EXTERNREF:
        return "externref";
    default:
        return "reference";
    }
}

std::string_view kind_word(wasm_externtype_t const* type) {
    switch (wasm_externtype_kind(type)) {
    case WASM_EXTERN_FUNC:
        return "function";
    case WASM_EXTERN_GLOBAL:
        return "global";
    case WASM_EXTERN_TABLE:
        return "table";
    case WASM_EXTERN_MEMORY:
        return "memory";
    default:
        return "tag";
    }
}

std::string describe(wasm_externtype_t const* type) {
    switch (wasm_externtype_kind(type)) {
    case WASM_EXTERN_FUNC:
        return describe_function(wasm_externtype_as_functype_const(type));
    case WASM_EXTERN_GLOBAL:
        return describe_global(wasm_externtype_as_globaltype_const(type));
    case WASM_EXTERN_MEMORY:
        return describe_memory(wasm_externtype_as_memorytype_const(type));
    default:
        return std::string{kind_word(type)};
    }
}

} // namespace exec::engine

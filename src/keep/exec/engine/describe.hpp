#pragma once

// Types of imports and exports in words, as they stand in messages and in what `inspect` prints.

#include <string>
#include <string_view>

#include <wasm.h>

namespace exec::engine {

std::string_view kind_word(wasm_externtype_t const* type); // "function", "memory", ...
std::string describe(wasm_externtype_t const* type);       // "function (i32, i64) -> i32"
std::string_view value_word(wasm_valkind_t kind);          // "i32"

inline std::string_view view(wasm_name_t const* name) { return {name->data, name->size}; }

} // namespace exec::engine

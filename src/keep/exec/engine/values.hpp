#pragma once

// Arguments and results of `--invoke` as text.

#include <optional>
#include <string>
#include <string_view>

#include <wasmtime.h>

namespace exec::engine {

// "-7", "0xff", "1.5e3", "nan", "inf"; nothing if the text is no value of that kind. An i32 and an
// i64 may be written with or without a sign.
std::optional<wasmtime_val_t> parse_value(std::string_view text, wasm_valkind_t kind);

// Integers as signed decimals, floats in the fewest digits that give them back, references by their
// kind.
std::string value_text(wasmtime_val_t const& value);

} // namespace exec::engine

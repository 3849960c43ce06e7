// Numbers from and to text.

#include "keep/exec/engine/values.hpp"

#include "keep/exec/engine/describe.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <limits>

namespace exec::engine {

namespace {

template <std::signed_integral Signed> std::optional<Signed> parse_integer(std::string_view text) {
    using Unsigned = std::make_unsigned_t<Signed>;
    bool const negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    int base = 10;
    if (text.starts_with("0x") || text.starts_with("0X")) {
        text.remove_prefix(2);
        base = 16;
    }
    Unsigned magnitude = 0;
    auto const [end, error] =
        std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    constexpr auto most_negative = Unsigned{1} << (std::numeric_limits<Unsigned>::digits - 1);
    if (negative && magnitude > most_negative) return {};
    return static_cast<Signed>(negative ? Unsigned{0} - magnitude : magnitude);
}

template <std::floating_point Float> std::optional<Float> parse_float(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    Float value = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) return {};
    return value;
}

template <class Number> std::string number_text(Number value) {
    std::array<char, 64> text;
    auto const [end, error] = std::to_chars(text.data(), text.data() + text.size(), value);
    return {text.data(), error == std::errc{} ? end : text.data()};
}

} // namespace

std::optional<wasmtime_val_t> parse_value(std::string_view text, wasm_valkind_t kind) {
    wasmtime_val_t value{.kind = kind, .of = {}};
    auto put = [&](auto parsed, auto& place) -> std::optional<wasmtime_val_t> {
        if (!parsed) return {};
        place = *parsed;
        return value;
    };
    switch (kind) {
    case WASM_I32:
        return put(parse_integer<std::int32_t>(text), value.of.i32);
    case WASM_I64:
        return put(parse_integer<std::int64_t>(text), value.of.i64);
    case WASM_F32:
        return put(parse_float<float>(text), value.of.f32);
    case WASM_F64:
        return put(parse_float<double>(text), value.of.f64);
    default:
        return {};
    }
}

std::string value_text(wasmtime_val_t const& value) {
    switch (value.kind) {
    case WASMTIME_I32:
        return number_text(value.of.i32);
    case WASMTIME_I64:
        return number_text(value.of.i64);
    case WASMTIME_F32:
        return number_text(value.of.f32);
    case WASMTIME_F64:
        return number_text(value.of.f64);
    case WASMTIME_V128:
        return "a v128";
    default:
        return "a reference";
    }
}

} // namespace exec::engine

#pragma once

// Takes the numbers and names of the WebAssembly binary format off the front of bytes (core
// specification, chapter 5).

#include "base/wire.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace package::wasm {

// Nothing, where the bytes end early or are no such thing; then the reader is at no defined place.
class Reader {
public:
    explicit Reader(std::span<std::byte const> bytes) : rest_{bytes} {}

    bool done() const { return rest_.empty(); }

    std::optional<std::uint8_t> byte();
    std::optional<std::uint32_t> u32() { return narrow(leb(5)); } // 5.2.2 LEB128 of at most 5 bytes
    std::optional<std::uint64_t> u64() { return leb(10); }
    std::optional<std::span<std::byte const>> bytes(std::uint64_t count);
    std::optional<std::string_view> name(); // 5.2.4, not checked to be UTF-8

private:
    std::optional<std::uint64_t> leb(unsigned most_bytes);
    static std::optional<std::uint32_t> narrow(std::optional<std::uint64_t> value);

    std::span<std::byte const> rest_;
};

} // namespace package::wasm

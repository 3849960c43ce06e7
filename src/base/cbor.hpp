#pragma once

// CBOR, RFC 8949: one data item at a time, bounded, without copies.
//
// The reader accepts what section 4.2.1 calls core deterministic encoding minus the order of map
// keys: shortest arguments, definite lengths. Evidence of others that is encoded in another way is
// refused, so that two different strings of bytes never mean the same evidence; but who reads what
// others sign may ask for maps and arrays of any length.

#include "base/result.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace base::cbor {

// Section 3.1.
enum class Major : std::uint8_t { Unsigned, Negative, Bytes, Text, Array, Map, Tag, Simple };

inline constexpr std::uint8_t simple_false = 20; // section 3.3
inline constexpr std::uint8_t simple_true = 21;
inline constexpr std::uint8_t simple_null = 22;

// The head of an item, and the content of a string.
struct Item {
    Major major = Major::Simple;
    std::uint64_t argument = 0; // value, length in bytes, number of elements (Map: of pairs) or tag
    std::span<std::byte const> content; // of Bytes and Text
    std::size_t offset = 0;             // of the head, from the start of the reader's input

    std::string_view text() const {
        // Safety: the same bytes, read as char.
        return {reinterpret_cast<char const*>(content.data()), content.size()};
    }
};

// Errors: Errno::BadMsg where the encoding breaks a rule above or the input ends early,
// Errno::Proto where another type was expected.
class Reader {
public:
    explicit Reader(std::span<std::byte const> in) : in_{in} {}

    std::size_t offset() const { return at_; }
    bool at_end() const { return at_ == in_.size(); }

    Result<Item> next();
    Result<Item> next(Major expected);
    // The major type of the next item, without taking it.
    Result<Major> peek() const;

    Result<std::uint64_t> unsigned_number() { return argument_of(Major::Unsigned); }
    // Unsigned or Negative; Errno::Overflow outside of 64 bits with a sign.
    Result<std::int64_t> number();
    Result<std::span<std::byte const>> bytes();
    Result<std::string_view> text(); // valid UTF-8, else Errno::BadMsg
    Result<std::uint64_t> array() { return argument_of(Major::Array); }
    Result<std::uint64_t> map() { return argument_of(Major::Map); }
    // The number of pairs or elements where it stands first; nothing where the length is indefinite
    // (3.2.2): then take_break() tells after each whether that was the last.
    Result<std::optional<std::uint64_t>> map_of_any_length() { return any_length(Major::Map); }
    Result<std::optional<std::uint64_t>> array_of_any_length() { return any_length(Major::Array); }
    bool take_break();
    Result<std::uint64_t> tag() { return argument_of(Major::Tag); }
    // Passes the next item with all that it holds, at most `depth` levels deep; the value: its
    // bytes.
    Result<std::span<std::byte const>> skip(unsigned depth = 16);

private:
    Result<std::uint64_t> argument_of(Major expected);
    Result<std::optional<std::uint64_t>> any_length(Major expected);
    Result<std::uint64_t> argument(std::uint8_t low_bits);

    std::span<std::byte const> in_;
    std::size_t at_ = 0;
};

// Writes into memory of the caller's. What does not fit is counted, not written: size() > capacity
// tells.
class Writer {
public:
    explicit Writer(std::span<std::byte> out) : out_{out} {}

    void number(std::int64_t value);
    void unsigned_number(std::uint64_t value) { head(Major::Unsigned, value); }
    void bytes(std::span<std::byte const> content);
    void text(std::string_view content);
    void array(std::uint64_t elements) { head(Major::Array, elements); }
    void map(std::uint64_t pairs) { head(Major::Map, pairs); }
    void tag(std::uint64_t value) { head(Major::Tag, value); }
    void simple(std::uint8_t value) { head(Major::Simple, value); }
    // An item that is encoded already.
    void raw(std::span<std::byte const> encoded);

    std::size_t size() const { return size_; }
    bool fits() const { return size_ <= out_.size(); }
    std::span<std::byte const> written() const { return out_.first(fits() ? size_ : 0); }

private:
    void head(Major major, std::uint64_t argument);
    void put(std::byte value);

    std::span<std::byte> out_;
    std::size_t size_ = 0;
};

// What `write` writes, in as many bytes as it takes. It is called twice.
template <std::invocable<Writer&> Write> std::vector<std::byte> encoded(Write const& write) {
    Writer measuring{{}};
    write(measuring);
    std::vector<std::byte> out(measuring.size());
    Writer writing{out};
    write(writing);
    return out;
}

} // namespace base::cbor

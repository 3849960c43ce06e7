#pragma once

// Typed members of Intel's JSON: each function reads one, strictly, or says which one is wrong.

#include "attest/dcap/tcb_status.hpp"
#include "attest/json/tree.hpp"
#include "base/result.hpp"
#include "base/view.hpp"

#include <chrono>
#include <span>

namespace attest::dcap {

template <class T> using Read = base::Result<T, crypto::Malformed>;

// Literals that name a member, which become messages: they live as long as the program.
using Name = char const*;

// Offsets in errors count from the start of the document.
class Fields {
public:
    Fields(std::string_view document, json::Value object) : document_{document}, object_{object} {}

    Read<json::Value> need(Name name) const;
    Read<json::Value> array(Name name) const;
    Read<Fields> object(Name name) const;
    Read<std::uint64_t> number(Name name, std::uint64_t most) const;
    Read<std::string_view> text(Name name) const; // printable ASCII without escapes
    Read<std::chrono::sys_seconds> time(Name name) const;
    Read<TcbStatus> status(Name name) const;
    // Hexadecimal digits in either case, as many as fill `out`.
    Read<void> bytes(Name name, std::span<std::byte> out) const;

    Fields of(json::Value object) const { return {document_, object}; }
    std::optional<json::Value> maybe(Name name) const { return object_.member(name); }
    json::Value value() const { return object_; }
    crypto::Malformed wrong(std::string_view what, json::Value at) const;

private:
    std::string_view document_;
    json::Value object_;
};

// 2026-06-12T22:19:21Z and nothing else.
std::optional<std::chrono::sys_seconds> parse_time(std::string_view text);

} // namespace attest::dcap

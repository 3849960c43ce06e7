#pragma once

// What a file that should be a WebAssembly application is, told by its first bytes.

#include <cstddef>
#include <span>
#include <string_view>

namespace package {

enum class Format : unsigned char { Module, Component, Text, Other };

// Module: binary format, version 1. Component: the same magic, another layer. Text: begins like an
// S-expression or a comment.
Format recognise(std::span<std::byte const> bytes);

// What a file is that is no application, as far as its first bytes tell: "an ELF program", "an
// empty file".
std::string_view other_format(std::span<std::byte const> bytes);

} // namespace package

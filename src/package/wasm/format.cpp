// Magic numbers of what users hand over as an application.

#include "package/wasm/format.hpp"

#include <array>

namespace package {

namespace {

using namespace std::string_view_literals;

struct Magic {
    std::string_view bytes;
    std::string_view name;
};

constexpr std::array known{
    Magic{
        "\x7f"
        "ELF"sv,
        "an ELF program of a machine, not WebAssembly"
    },
    Magic{"\x1f\x8b"sv, "a gzip archive"},
    Magic{"\x28\xb5\x2f\xfd"sv, "a Zstandard archive"},
    Magic{"PK\x03\x04"sv, "a zip archive"},
    Magic{"BZh"sv, "a bzip2 archive"},
    Magic{
        "\xfd"
        "7zXZ"sv,
        "an xz archive"
    },
    Magic{"MZ"sv, "a Windows program"},
    Magic{"!<arch>\n"sv, "an archive of object files"},
    Magic{"#!"sv, "a script"},
    Magic{"BC\xc0\xde"sv, "LLVM bitcode"},
};

std::string_view text_of(std::span<std::byte const> bytes) {
    // Safety: any byte may be read as a char.
    return {reinterpret_cast<char const*>(bytes.data()), bytes.size()};
}

} // namespace

Format recognise(std::span<std::byte const> bytes) {
    auto const text = text_of(bytes);
    if (text.starts_with("\0asm\x01\0\0\0"sv)) return Format::Module;
    // Component binary format: version u16, then layer u16, which is 1 (0: a module).
    if (text.starts_with("\0asm"sv) && text.size() >= 8 && text.substr(6, 2) == "\x01\0"sv)
        return Format::Component;
    auto const first = text.find_first_not_of(" \t\r\n");
    if (first == std::string_view::npos) return Format::Other;
    auto const rest = text.substr(first);
    if (rest.starts_with('(') || rest.starts_with(";;")) return Format::Text;
    return Format::Other;
}

std::string_view other_format(std::span<std::byte const> bytes) {
    auto const text = text_of(bytes);
    if (text.empty()) return "an empty file";
    if (text.starts_with("\0asm"sv))
        return text.size() < 8 ? "cut off within its header"sv : "of a version that nobody knows"sv;
    for (auto const& magic : known)
        if (text.starts_with(magic.bytes)) return magic.name;
    for (char const c : text.substr(0, 64))
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\r' && c != '\t')
            return "no WebAssembly";
    return "a text, but no WebAssembly text";
}

} // namespace package

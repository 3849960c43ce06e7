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
        .bytes = "\x7f"
                 "ELF"sv,
        .name = "an ELF program of a machine, not WebAssembly"
    },
    Magic{.bytes = "\x1f\x8b"sv, .name = "a gzip archive"},
    Magic{.bytes = "\x28\xb5\x2f\xfd"sv, .name = "a Zstandard archive"},
    Magic{.bytes = "PK\x03\x04"sv, .name = "a zip archive"},
    Magic{.bytes = "BZh"sv, .name = "a bzip2 archive"},
    Magic{
        .bytes = "\xfd"
                 "7zXZ"sv,
        .name = "an xz archive"
    },
    Magic{.bytes = "MZ"sv, .name = "a Windows program"},
    Magic{.bytes = "!<arch>\n"sv, .name = "an archive of object files"},
    Magic{.bytes = "#!"sv, .name = "a script"},
    Magic{
        .bytes = "blobs/sha256/"sv,
        .name =
            "a package (an OCI layout in a tar archive), which this version makes and does not run"
    },
    Magic{.bytes = "BC\xc0\xde"sv, .name = "LLVM bitcode"},
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

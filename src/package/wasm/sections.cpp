// Cuts a module into sections.

#include "package/wasm/sections.hpp"

#include "package/wasm/reader.hpp"

namespace package::wasm {

namespace {

constexpr std::size_t header_size = 8; // magic and version

std::optional<Section> take_section(Reader& reader) {
    auto const id = reader.byte();
    auto const size = id ? reader.u32() : std::nullopt;
    auto const content = size ? reader.bytes(*size) : std::nullopt;
    if (!content || *id > static_cast<std::uint8_t>(SectionId::Tag)) return {};
    Section section{.id = SectionId{*id}, .name = {}, .content = *content};
    if (section.id != SectionId::Custom) return section;
    Reader inside{*content};
    auto const name = inside.name();
    if (!name) return {};
    section.name = *name;
    auto const prefix = static_cast<std::size_t>(
        name->data() + name->size() - reinterpret_cast<char const*>(content->data())
    );
    section.content = content->subspan(prefix);
    return section;
}

// 5.3.8 limits, with the flags of threads (bit 1) and memory64 (bit 2) and custom page sizes (bit
// 3).
std::optional<Memory> take_memory(Reader& reader) {
    auto const flags = reader.byte();
    auto const minimum = flags ? reader.u64() : std::nullopt;
    if (!minimum || *flags > 0xf) return {};
    Memory memory{
        .minimum = *minimum, .maximum = {}, .shared = (*flags & 2) != 0, .wide = (*flags & 4) != 0
    };
    if ((*flags & 1) != 0) {
        memory.maximum = reader.u64();
        if (!memory.maximum) return {};
    }
    if ((*flags & 8) != 0 && !reader.u32()) return {};
    return memory;
}

} // namespace

std::optional<std::vector<Section>> sections(std::span<std::byte const> module) {
    if (module.size() < header_size) return {};
    Reader reader{module.subspan(header_size)};
    std::vector<Section> all;
    while (!reader.done()) {
        auto const section = take_section(reader);
        if (!section || all.size() == most_sections) return {};
        all.push_back(*section);
    }
    return all;
}

std::optional<std::vector<Memory>> memories(Section const& section) {
    Reader reader{section.content};
    auto const count = reader.u32();
    if (!count) return {};
    std::vector<Memory> all;
    for (std::uint32_t i = 0; i < *count; ++i) {
        auto const memory = take_memory(reader);
        if (!memory || all.size() == most_memories) return {};
        all.push_back(*memory);
    }
    return reader.done() ? std::optional{all} : std::nullopt;
}

std::size_t code_size(std::span<std::byte const> module) {
    if (module.size() < header_size) return 0;
    Reader reader{module.subspan(header_size)};
    std::size_t size = 0;
    while (!reader.done()) {
        auto const section = take_section(reader);
        if (!section) return 0;
        if (section->id == SectionId::Code && size == 0) size = section->content.size();
    }
    return size;
}

} // namespace package::wasm

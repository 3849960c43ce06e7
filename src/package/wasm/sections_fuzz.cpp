// Whatever the bytes: they are told apart and cut up, and every section lies within them.

#include "package/wasm/format.hpp"
#include "package/wasm/sections.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    using namespace package;
    auto const bytes = std::as_bytes(std::span{data, size});
    if (recognise(bytes) == Format::Other && other_format(bytes).empty()) std::abort();
    auto const all = wasm::sections(bytes);
    auto const code = wasm::code_size(bytes);
    if (code > size || (code != 0 && !all && size / 2 < wasm::most_sections)) std::abort();
    if (!all) return 0;
    for (auto const& section : *all) {
        auto const offset = section.content.data() - bytes.data();
        if (offset < 0 || static_cast<std::size_t>(offset) + section.content.size() > size)
            std::abort();
        if (section.id == wasm::SectionId::Memory) (void)wasm::memories(section);
    }
    return 0;
}

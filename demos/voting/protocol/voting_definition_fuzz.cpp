// Definitions: any bytes are one or are refused, and one that is accepted keeps its promises.

#include "voting/protocol/definition.hpp"

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: char may alias any object.
    auto const parsed = voting::parse_definition({reinterpret_cast<char const*>(data), size});
    if (parsed && (parsed->batch < 2 || parsed->choices.size() < 2 ||
                   parsed->quorum > parsed->officials.size()))
        __builtin_trap();
    return 0;
}

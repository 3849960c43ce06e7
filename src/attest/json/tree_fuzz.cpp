// Whatever the bytes: a tree whose values lie inside of them, or an error inside of them.

#include "attest/json/tree.hpp"

#include <cstdlib>

namespace {

using attest::json::Value;

std::size_t visit(Value value, std::string_view text) {
    auto const content = value.content();
    if (content.data() < text.data() || content.data() + content.size() > text.data() + text.size())
        std::abort();
    std::size_t count = 1;
    for (auto const child : value.children()) count += visit(child, text);
    return count;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    // Safety: char may alias any object.
    std::string_view const text{reinterpret_cast<char const*>(data), size};
    auto const tree = attest::json::Tree::parse(text);
    if (tree)
        visit(tree->root(), text);
    else if (tree.error().offset > size)
        std::abort();
    return 0;
}

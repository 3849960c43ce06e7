#pragma once

// The memory mount and its model, driven alike.

#include "keep/exec/vfs/memory.hpp"
#include "keep/exec/vfs/test/model.hpp"
#include "keep/exec/vfs/test/operations.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

namespace exec::vfs::test {

// Carries out the operations that `bytes` stand for; where the two first differ, if they do.
inline std::optional<std::string> disagreement(std::span<std::uint8_t const> bytes) {
    Driver memory{make_memory({.now = [] { return 1; }})};
    Driver model{std::make_unique<ModelDirectory>(std::make_shared<Node>(FileType::Directory))};
    Input input{bytes};
    while (!input.empty()) {
        auto const operation = make_operation(input);
        auto const answer = memory.apply(operation);
        auto const expected = model.apply(operation);
        if (answer == expected) continue;
        return describe(operation) + ": \"" + answer.substr(0, 200) + "\" instead of \"" +
               expected.substr(0, 200) + '"';
    }
    return std::nullopt;
}

} // namespace exec::vfs::test

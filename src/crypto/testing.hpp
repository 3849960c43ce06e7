#pragma once

// For tests of this folder: bytes from hexadecimal and from committed files.

#include "base/hex.hpp"
#include "base/test_folders.hpp"
#include "base/view.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

namespace crypto::testing {

inline std::vector<std::byte> unhex(std::string_view digits) { return base::unhex(digits).value(); }

inline std::vector<std::byte> read(std::string const& path_below_vectors) {
    std::ifstream file{
        std::string(enarx::test::source_folder) + "/test/vectors/" + path_below_vectors,
        std::ios::binary
    };
    if (!file) throw std::runtime_error("no file " + path_below_vectors);
    std::string const text{std::istreambuf_iterator<char>(file), {}};
    auto const view = base::view_of(text);
    return {view.begin(), view.end()};
}

} // namespace crypto::testing

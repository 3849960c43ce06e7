#pragma once

// A path as system calls want it, closed by a NUL, without memory from the heap.

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace os {

class PathText {
public:
    static constexpr std::size_t longest = 4095; // PATH_MAX - 1

    // What is longer than the longest path loses its end: callers check first.
    explicit PathText(std::string_view path) {
        auto const size = std::min(path.size(), longest);
        path.copy(text_.data(), size);
        text_[size] = '\0';
    }

    char const* c_str() const { return text_.data(); }

private:
    std::array<char, longest + 1> text_; // no initializer: only what the path fills is ever read
};

} // namespace os

#pragma once

// Which of the known words a misspelt one was meant to be.

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace base {

// How many letters to insert, remove, replace, or exchange with their neighbour, turn `a` into `b`.
// Words longer than 63 bytes count as utterly different.
constexpr std::size_t edit_distance(std::string_view a, std::string_view b) {
    constexpr std::size_t longest = 63;
    if (a.size() > longest || b.size() > longest) return longest + 1;
    std::array<std::array<std::size_t, longest + 1>, 3> rows{};
    auto const row = [&](std::size_t i) -> auto& { return rows[i % 3]; };
    for (std::size_t j = 0; j <= b.size(); ++j) row(0)[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        row(i)[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            auto const replaced = row(i - 1)[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row(i)[j] = std::min({row(i - 1)[j] + 1, row(i)[j - 1] + 1, replaced});
            bool const exchanged = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (exchanged) row(i)[j] = std::min(row(i)[j], row(i - 2)[j - 2] + 1);
        }
    }
    return row(a.size())[b.size()];
}

// The known word that is likeliest meant; empty if none is near: at most a third of the letters may
// be wrong, and one always may.
constexpr std::string_view nearest(std::string_view word, std::span<std::string_view const> known) {
    std::string_view best;
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    for (auto const candidate : known) {
        auto const distance = edit_distance(word, candidate);
        if (distance >= best_distance || distance >= candidate.size()) continue;
        best = candidate;
        best_distance = distance;
    }
    return best;
}

} // namespace base

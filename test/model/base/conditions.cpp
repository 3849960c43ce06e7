// See conditions.hpp.
#include "base/conditions.hpp"

#include "base/numbers.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ranges>

namespace model {

namespace {

struct Word {
    std::string_view name;
    std::size_t least;
    std::size_t most; // numbers behind it
};
constexpr std::array words = {
    Word{.name = "no-kvm", .least = 0, .most = 0},
    Word{.name = "kvm-denied", .least = 0, .most = 0},
    Word{.name = "no-sev", .least = 0, .most = 0},
    Word{.name = "sev-denied", .least = 0, .most = 0},
    Word{.name = "no-snp", .least = 0, .most = 0},
    Word{.name = "kernel", .least = 1, .most = 1},
    Word{.name = "firmware", .least = 1, .most = 1},
    Word{.name = "guests", .least = 1, .most = 1},
    Word{.name = "memory", .least = 1, .most = 1},
    Word{.name = "smt", .least = 0, .most = 0},
    Word{.name = "start", .least = 1, .most = 1},
    Word{.name = "update", .least = 1, .most = 1},
    Word{.name = "finish", .least = 1, .most = 1},
    Word{.name = "cpuid:refused", .least = 0, .most = 0},
    Word{.name = "cpuid:half", .least = 0, .most = 0},
    Word{.name = "masked-key", .least = 0, .most = 0},
    Word{.name = "masked-chip", .least = 0, .most = 0},
    Word{.name = "vlek", .least = 0, .most = 0},
    Word{.name = "tcb", .least = 1, .most = 1},
    Word{.name = "busy", .least = 1, .most = 1},
    Word{.name = "no-secure-tsc", .least = 0, .most = 0},
    Word{.name = "call", .least = 2, .most = 3}
};

constexpr std::uint64_t version(std::uint64_t major, std::uint64_t minor) {
    return major << 8 | minor;
}

// "6.12" is 0x060c.
std::optional<std::uint64_t> version_of(std::string_view text) {
    auto const dot = text.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    auto const major = number_of(text.substr(0, dot));
    auto const minor = number_of(text.substr(dot + 1));
    if (!major || !minor || *major > 0xff || *minor > 0xff) return std::nullopt;
    return version(*major, *minor);
}

} // namespace

std::optional<Conditions::One> Conditions::one(std::string_view text) {
    One result;
    if (std::ranges::find(words, text, &Word::name) != words.end()) {
        result.word = text; // with its colon, if it has one
    } else {
        for (auto const part : std::views::split(text, ':')) {
            std::string_view const piece{part.begin(), part.end()};
            if (result.word.empty()) {
                result.word = piece;
                continue;
            }
            auto const value = piece.contains('.') ? version_of(piece) : number_of(piece);
            if (!value) return std::nullopt;
            result.numbers.push_back(*value);
        }
    }
    auto const known = std::ranges::find(words, result.word, &Word::name);
    bool const right = known != words.end() && result.numbers.size() >= known->least &&
                       result.numbers.size() <= known->most;
    return right ? std::optional{std::move(result)} : std::nullopt;
}

std::optional<Conditions> Conditions::parse(std::string_view text) {
    Conditions result;
    if (text.empty()) return result;
    for (auto const part : std::views::split(text, ',')) {
        auto made = one({part.begin(), part.end()});
        if (!made) return std::nullopt;
        result.all_.push_back(*std::move(made));
    }
    return result;
}

Conditions& Conditions::own() {
    static Conditions all = [] {
        char const* const text = std::getenv("TEE_MODEL_HOST");
        auto parsed = parse(text == nullptr ? "" : text);
        if (!parsed) {
            std::fprintf(stderr, "tee-model: TEE_MODEL_HOST is not understood: %s\n", text);
            std::_Exit(125);
        }
        return *std::move(parsed);
    }();
    return all;
}

Conditions::One const* Conditions::find(std::string_view word) const {
    auto const found = std::ranges::find(all_, word, &One::word);
    return found == all_.end() ? nullptr : &*found;
}

std::uint64_t Conditions::number(std::string_view word, std::uint64_t otherwise) const {
    auto const* const found = find(word);
    return found == nullptr ? otherwise : found->numbers[0];
}

bool Conditions::old_kernel() const { return number("kernel", version(7, 3)) < version(6, 16); }

int Conditions::failing(std::uint32_t request) {
    for (auto& each : all_) {
        if (each.word != "call" || each.numbers[0] != (request & 0xffff)) continue;
        ++each.used;
        if (each.numbers.size() < 3 || each.used == each.numbers[2])
            return static_cast<int>(each.numbers[1]);
    }
    return 0;
}

bool Conditions::take(std::string_view word, std::uint64_t count) {
    auto const found = std::ranges::find(all_, word, &One::word);
    if (found == all_.end()) return true;
    if (found->numbers[0] - found->used < count) return false;
    found->used += count;
    return true;
}

void Conditions::give_back(std::string_view word, std::uint64_t count) {
    auto const found = std::ranges::find(all_, word, &One::word);
    if (found != all_.end()) found->used -= std::min(found->used, count);
}

} // namespace model

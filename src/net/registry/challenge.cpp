#include "net/registry/challenge.hpp"

#include "net/registry/json.hpp"

#include <algorithm>

namespace net::registry {

namespace {

constexpr std::string_view spaces = " \t";
constexpr std::string_view ends_a_token = " \t,=\"";

std::string lower(std::string_view text) {
    std::string out{text};
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return out;
}

class Words {
public:
    explicit Words(std::string_view text) : left_{text} {}

    bool skip(char wanted) {
        skip_spaces();
        if (!left_.starts_with(wanted)) return false;
        left_.remove_prefix(1);
        return true;
    }
    std::string token() {
        skip_spaces();
        auto const end = std::min(left_.find_first_of(ends_a_token), left_.size());
        std::string out{left_.substr(0, end)};
        left_.remove_prefix(end);
        return out;
    }
    std::string value() {
        if (!skip('"')) return token();
        std::string out;
        while (!left_.empty() && left_.front() != '"') {
            if (left_.front() == '\\' && left_.size() > 1) left_.remove_prefix(1);
            out += left_.front();
            left_.remove_prefix(1);
        }
        if (!left_.empty()) left_.remove_prefix(1);
        return out;
    }
    bool empty() {
        skip_spaces();
        return left_.empty();
    }
    void drop() {
        if (!left_.empty()) left_.remove_prefix(1);
    }

private:
    void skip_spaces() {
        left_.remove_prefix(std::min(left_.find_first_not_of(spaces), left_.size()));
    }
    std::string_view left_;
};

} // namespace

// A word with '=' behind it is a parameter of the challenge before, one without begins another.
std::vector<Challenge> parse_challenges(std::string_view text) {
    std::vector<Challenge> out;
    Words words{text};
    while (!words.empty()) {
        if (words.skip(',')) continue;
        auto const word = lower(words.token());
        if (word.empty()) {
            words.drop();
        } else if (!words.skip('=')) {
            out.push_back({.scheme = word, .parameters = {}});
        } else {
            auto value = words.value();
            if (!out.empty()) out.back().parameters.insert_or_assign(word, std::move(value));
        }
    }
    return out;
}

std::vector<Challenge> challenges_of(HttpHead const& head) {
    std::vector<Challenge> out;
    auto const [first, last] = head.headers.equal_range("www-authenticate");
    for (auto at = first; at != last; ++at)
        for (auto& challenge : parse_challenges(at->second)) out.push_back(std::move(challenge));
    return out;
}

std::optional<std::string> token_in(base::View bytes) {
    auto const json = parse_json(bytes);
    if (!json) return {};
    // The distribution's specification names both; where both are there, they are the same.
    for (auto const* const key : {"token", "access_token"}) {
        auto text = text_in(*json, key);
        bool const visible = std::ranges::all_of(text, [](char c) { return c > ' ' && c < 0x7f; });
        if (!text.empty() && visible) return text;
    }
    return {};
}

} // namespace net::registry

#include "attest/wrapped/json_text.hpp"

#include <charconv>

namespace attest::wrapped {

namespace {

// What a single letter behind a backslash stands for; zero where it is none of these.
char short_escape(char letter) {
    switch (letter) {
    case '"':
    case '\\':
    case '/':
        return letter;
    case 'n':
        return '\n';
    case 'r':
        return '\r';
    case 't':
        return '\t';
    default:
        return '\0';
    }
}

} // namespace

std::optional<std::string> unescaped(std::string_view content) {
    std::string out;
    out.reserve(content.size());
    for (std::size_t i = 0; i < content.size(); ++i) {
        if (static_cast<unsigned char>(content[i]) >= 0x80) return {};
        if (content[i] != '\\') {
            out += content[i];
            continue;
        }
        if (++i == content.size()) return {};
        auto const letter = short_escape(content[i]);
        if (letter == '\0') return {};
        out += letter;
    }
    return out;
}

std::optional<std::vector<std::byte>> bytes_of_numbers(json::Value value) {
    if (value.kind() != json::Kind::Array) return {};
    std::vector<std::byte> out;
    for (auto const element : value.children()) {
        auto const text = element.content();
        unsigned char number = 0;
        auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (element.kind() != json::Kind::Number || error != std::errc{} ||
            end != text.data() + text.size())
            return {};
        out.push_back(std::byte{number});
    }
    if (out.empty()) return {};
    return out;
}

} // namespace attest::wrapped

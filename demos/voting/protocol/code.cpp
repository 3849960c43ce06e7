#include "voting/protocol/code.hpp"

namespace voting {

namespace {

char read_as(char typed) {
    char const upper = typed >= 'a' && typed <= 'z' ? static_cast<char>(typed - 'a' + 'A') : typed;
    if (upper == 'O') return '0';
    if (upper == 'I' || upper == 'L') return '1';
    return upper;
}

} // namespace

std::optional<std::string> normalised_code(std::string_view typed) {
    std::string code;
    for (char const c : typed) {
        if (c == ' ' || c == '-') continue;
        char const meant = read_as(c);
        if (!code_alphabet.contains(meant) || code.size() == code_length) return {};
        code += meant;
    }
    if (code.size() != code_length) return {};
    return code;
}

std::string printed_code(std::string_view normalised) {
    std::string printed;
    for (std::size_t i = 0; i < normalised.size(); ++i) {
        if (i > 0 && i % 4 == 0) printed += '-';
        printed += normalised[i];
    }
    return printed;
}

Digest code_digest(CodeKind kind, base::View salt, std::string_view normalised) {
    Transcript transcript{kind == CodeKind::Voter ? "voter's code" : "official's code"};
    return transcript.add(salt).add(base::view_of(normalised)).digest();
}

} // namespace voting

#include "host/cli/syntax/layout.hpp"

#include <algorithm>

namespace host::cli {

namespace {

std::string_view take_until(std::string_view& rest, char end) {
    auto const part = rest.substr(0, rest.find(end));
    rest.remove_prefix(std::min(part.size() + 1, rest.size()));
    return part;
}

std::string wrap_line(std::string_view line, std::size_t indent) {
    std::string const margin(indent, ' ');
    if (line.starts_with(' ')) return margin + std::string{line} + '\n';
    std::string out;
    std::string current;
    while (!line.empty()) {
        auto const word = take_until(line, ' ');
        if (!current.empty() && indent + current.size() + 1 + word.size() > columns) {
            out += margin + current + '\n';
            current.clear();
        }
        current += (current.empty() ? "" : " ") + std::string{word};
    }
    return out + (current.empty() ? "" : margin + current) + '\n';
}

} // namespace

std::string wrap(std::string_view text, std::size_t indent) {
    std::string out;
    while (!text.empty()) out += wrap_line(take_until(text, '\n'), indent);
    return out;
}

std::string two_columns(std::string_view left, std::string_view text, std::size_t width) {
    std::string line = "  " + std::string{left};
    auto const beside = wrap(text, width);
    if (line.size() + 2 > width) return line + '\n' + beside;
    line.resize(width, ' ');
    return line + beside.substr(std::min(width, beside.size()));
}

} // namespace host::cli

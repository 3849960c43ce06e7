#include "host/cli/inspect/render.hpp"

#include "base/printable.hpp"

#include <algorithm>

namespace host::cli {

namespace {

std::string words(std::string key) {
    std::ranges::replace(key, '_', ' ');
    return base::printable(key);
}

std::string scalar(Json const& value) {
    if (value.is_null()) return "-";
    if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
    if (value.is_string()) return base::printable(value.get<std::string>());
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// A value of a list's element: texts speak for themselves, flags and numbers bear their names.
std::string cell(std::string const& key, Json const& value) {
    if (value.is_boolean()) return (value.get<bool>() ? "" : "not ") + words(key);
    if (key == "expected" || key == "found") return words(key) + ": " + scalar(value);
    return (value.is_string() ? "" : words(key) + ' ') + scalar(value);
}

std::string row(Json const& object) {
    std::string out;
    for (auto const& [key, value] : object.items())
        out += (out.empty() ? "" : "  ") + cell(key, value);
    return out;
}

std::string lines(Json const& object, std::size_t indent) {
    std::string out;
    std::string const margin(indent, ' ');
    for (auto const& [key, value] : object.items()) {
        auto const name = margin + words(key) + ':';
        if (value.is_object()) {
            out += name + (value.empty() ? " none" : "") + '\n' + lines(value, indent + 2);
        } else if (value.is_array()) {
            out += name + (value.empty() ? " none" : "") + '\n';
            for (auto const& element : value)
                out +=
                    margin + "  " + (element.is_object() ? row(element) : scalar(element)) + '\n';
        } else {
            out += name + ' ' + scalar(value) + '\n';
        }
    }
    return out;
}

} // namespace

std::string render(Json const& description) { return lines(description, 0); }

} // namespace host::cli

#pragma once

// JSON objects and arrays, put together from the inside out.

#include "base/json_string.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace exec {

// Members in the order in which they are added.
class JsonObject {
public:
    JsonObject& add(std::string_view key, std::string_view text) {
        return add_raw(key, base::json_string(text));
    }
    JsonObject& add(std::string_view key, char const* text) {
        return add(key, std::string_view{text});
    }
    JsonObject& add(std::string_view key, bool value) {
        return add_raw(key, value ? "true" : "false");
    }
    JsonObject& add(std::string_view key, std::uint64_t value) {
        return add_raw(key, std::to_string(value));
    }
    JsonObject& add_raw(std::string_view key, std::string_view json) {
        if (!members_.empty()) members_ += ',';
        members_ += base::json_string(key);
        members_ += ':';
        members_ += json;
        return *this;
    }
    std::string text() const { return '{' + members_ + '}'; }

private:
    std::string members_;
};

template <class Range, class Element> std::string json_array(Range const& range, Element element) {
    std::string elements;
    for (auto const& item : range) {
        if (!elements.empty()) elements += ',';
        elements += element(item);
    }
    return '[' + elements + ']';
}

} // namespace exec

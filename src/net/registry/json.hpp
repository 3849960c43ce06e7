#pragma once

// JSON of registries and of their tools' files, read without exceptions.

#include "base/view.hpp"

#include <optional>
#include <string>

#include <nlohmann/json.hpp>

namespace net::registry {

using Json = nlohmann::json;

// An object; nothing for anything else, and for what is nested without sense.
inline std::optional<Json> parse_json(base::View bytes) {
    constexpr int deepest = 32;
    auto const text = base::text_of(bytes);
    bool too_deep = false;
    auto const watch = [&](int depth, Json::parse_event_t, Json&) {
        too_deep = too_deep || depth > deepest;
        return !too_deep;
    };
    auto json = Json::parse(text.begin(), text.end(), watch, false);
    if (json.is_discarded() || too_deep || !json.is_object()) return {};
    return json;
}

inline std::string text_in(Json const& object, char const* key) {
    if (!object.is_object()) return {};
    auto const found = object.find(key);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

} // namespace net::registry

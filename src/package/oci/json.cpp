#include "package/oci/json.hpp"

#include "base/utf8.hpp"

#include <set>

namespace package::oci {

namespace {

constexpr int deepest = 16;

} // namespace

Read<Json> parse(base::View bytes, std::size_t most, std::string const& field) {
    if (bytes.size() > most) return wrong(field, "at most " + std::to_string(most) + " bytes");
    auto const text = base::text_of(bytes);
    bool twice = false;
    bool too_deep = false;
    std::vector<std::set<std::string>> keys;
    auto const watch = [&](int depth, Json::parse_event_t event, Json& value) {
        using Event = Json::parse_event_t;
        if (depth > deepest) too_deep = true;
        if (event == Event::object_start) keys.emplace_back();
        if (event == Event::object_end && !keys.empty()) keys.pop_back();
        if (event == Event::key && !keys.empty())
            twice |= !keys.back().insert(value.get<std::string>()).second;
        return !too_deep;
    };
    auto json = Json::parse(text.begin(), text.end(), watch, false);
    if (json.is_discarded() || too_deep || !json.is_object())
        return wrong(field, "one JSON object");
    if (twice) return wrong(field, "each key once");
    return json;
}

Read<std::string> text_at(Json const& object, char const* key, std::string const& field) {
    auto const found = object.find(key);
    if (found == object.end() || !found->is_string()) return wrong(field + '.' + key, "a text");
    return found->get<std::string>();
}

Read<std::uint64_t> number_at(Json const& object, char const* key, std::string const& field) {
    auto const found = object.find(key);
    if (found == object.end() || !found->is_number_unsigned())
        return wrong(field + '.' + key, "a number");
    return found->get<std::uint64_t>();
}

Read<Json> list_at(Json const& object, char const* key, std::string const& field) {
    auto const found = object.find(key);
    if (found == object.end() || !found->is_array()) return wrong(field + '.' + key, "a list");
    return Json(*found);
}

} // namespace package::oci

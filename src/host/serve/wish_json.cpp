#include "host/serve/wish_json.hpp"

#include "os/socket_address.hpp"
#include "package/address.hpp"
#include "package/byte_size.hpp"

#include <array>
#include <ctime>

#include <nlohmann/json.hpp>

namespace host::serve {

namespace {

using Json = nlohmann::json;
template <class T> using OrWhy = base::Result<T, std::string>;

constexpr std::size_t most_places = 64;

std::string time_text(Seconds time) {
    auto const seconds = std::chrono::system_clock::to_time_t(time);
    tm parts{};
    ::gmtime_r(&seconds, &parts);
    std::array<char, 32> text{};
    auto const length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
    return {text.data(), length};
}

OrWhy<std::vector<Place>> places(Json const& root, char const* key, bool literals) {
    std::vector<Place> out;
    auto const found = root.find(key);
    if (found == root.end()) return out;
    auto const name = '\'' + std::string{key} + '\'';
    if (!found->is_array() || found->size() > most_places)
        return std::unexpected(name + " is no list of at most 64 places");
    for (auto const& entry : *found) {
        auto place = entry.is_string() ? Place::parse(entry.get_ref<std::string const&>())
                                       : std::optional<Place>{};
        bool const fits =
            place &&
            (literals ? os::SocketAddress::parse(place->host, place->number()).has_value()
                      : package::host_name(place->host) || package::ipv6_address(place->host));
        if (!fits)
            return std::unexpected(
                name + (literals ? " has what is no address and port, as in \"0.0.0.0:443\""
                                 : " has what is no host and port, as in \"db.example:5432\"")
            );
        out.push_back(*std::move(place));
    }
    return out;
}

OrWhy<std::uint64_t> memory(Json const& root) {
    auto const found = root.find("memory");
    if (found == root.end()) return 0;
    constexpr std::uint64_t least = 1 << 20;
    auto const size = found->is_string()
                          ? package::parse_byte_size(found->get_ref<std::string const&>())
                      : found->is_number_unsigned() ? std::optional{found->get<std::uint64_t>()}
                                                    : std::nullopt;
    if (!size || *size < least)
        return std::unexpected("'memory' is no size of at least 1 MiB, as in \"512M\" or bytes");
    return *size;
}

Json object(Keep const& keep) {
    Json out;
    out["id"] = keep.id;
    out["state"] = name_of(keep.state);
    out["backend"] = keep.wish.backend;
    out["memory"] = keep.wish.memory;
    out["created"] = time_text(keep.created);
    if (!keep.claimed && keep.live()) out["expires"] = time_text(keep.expires);
    out["listen"] = Json::array();
    for (auto const& place : keep.wish.listen) out["listen"].push_back(place.text());
    out["connect"] = Json::array();
    for (auto const& place : keep.wish.connect) out["connect"].push_back(place.text());
    if (keep.ended) out["ended"] = time_text(*keep.ended);
    if (keep.end) out[keep.end->by_signal ? "signal" : "status"] = keep.end->number;
    if (!keep.why.empty()) out["why"] = keep.why;
    return out;
}

std::string text_of(Json const& json) {
    return json.dump(-1, ' ', true, Json::error_handler_t::replace) + '\n';
}

} // namespace

OrWhy<KeepWish> parse_wish(std::string_view text) {
    if (text.empty()) return KeepWish{};
    auto const root = Json::parse(text, nullptr, false);
    if (!root.is_object()) return std::unexpected("the body is no JSON object");
    for (auto const& [key, value] : root.items())
        if (key != "backend" && key != "memory" && key != "listen" && key != "connect")
            return std::unexpected(
                "a key that is none of 'backend', 'memory', 'listen' and 'connect'"
            );
    KeepWish out;
    if (auto const found = root.find("backend"); found != root.end()) {
        if (!found->is_string()) return std::unexpected("'backend' is no text");
        out.backend = found->get<std::string>();
    }
    out.memory = TRY(memory(root));
    out.listen = TRY(places(root, "listen", true));
    out.connect = TRY(places(root, "connect", false));
    return out;
}

std::string keep_json(Keep const& keep) { return text_of(object(keep)); }

std::string keeps_json(std::vector<Keep const*> const& keeps) {
    Json out;
    out["keeps"] = Json::array();
    for (auto const* const keep : keeps) out["keeps"].push_back(object(*keep));
    return text_of(out);
}

} // namespace host::serve

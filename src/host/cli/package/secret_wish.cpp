#include "host/cli/package/secret_wish.hpp"

#include "host/cli/report.hpp"

#include <algorithm>

namespace host::cli {

namespace {

using protocol::provision::Place;

os::OrFailure<SecretWish> secret_wish(std::string const& text) {
    constexpr std::string_view file = "file:";
    auto const equals = text.find('=');
    SecretWish out{.name = text.substr(0, equals), .place = Place::Variable, .where = {}};
    out.where = out.name;
    if (!protocol::provision::is_secret_name(out.name))
        return failure(
            "usage",
            "--secret '" + text + "': '" + out.name + "' is no name of a secret",
            "letters, digits and '_', at most 64, no digit first"
        );
    if (equals == std::string::npos) return out;
    auto const place = text.substr(equals + 1);
    auto const path = place.starts_with(file) ? place.substr(file.size()) : std::string{};
    if (path.empty() || path.size() > 255 || path.contains('/') || path == "." || path == "..")
        return failure(
            "usage",
            "--secret '" + text + "': after '=' comes file: and one name",
            "--secret " + out.name + "=file:" + out.name + " gives /run/secrets/" + out.name +
                "; the value itself is given to `enarx deploy`"
        );
    out.place = Place::File;
    out.where = path;
    return out;
}

} // namespace

os::OrFailure<std::vector<SecretWish>> secret_wishes(std::vector<std::string> const& texts) {
    std::vector<SecretWish> out;
    for (auto const& text : texts) out.push_back(TRY(secret_wish(text)));
    std::ranges::sort(out, {}, &SecretWish::name);
    auto const twice = std::ranges::adjacent_find(out, {}, &SecretWish::name);
    if (twice != out.end()) return failure("usage", "--secret " + twice->name + " is given twice");
    if (out.size() > protocol::provision::most_secrets)
        return failure("usage", "at most 64 secrets can be named");
    return out;
}

} // namespace host::cli

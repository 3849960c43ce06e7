#include "net/registry/registry.hpp"

#include "base/hex.hpp"
#include "base/printable.hpp"
#include "crypto/base64.hpp"
#include "net/registry/answers.hpp"
#include "net/registry/challenge.hpp"
#include "net/registry/failure.hpp"
#include "net/registry/json.hpp"
#include "os/poll.hpp"

#include <algorithm>
#include <charconv>

namespace net::registry {

namespace {

constexpr unsigned unauthorized = 401;
constexpr unsigned forbidden = 403;
constexpr unsigned not_found = 404;
constexpr unsigned too_many_requests = 429;
constexpr unsigned server_error = 500;
constexpr unsigned not_implemented = 501;
constexpr std::size_t largest_token_answer = 256U << 10;

// A registry may send elsewhere for the bytes; never from TLS to none.
bool may_follow(WebAddress const& from, WebAddress const& to) { return to.tls || !from.tls; }

HttpSettings client_settings(RegistrySettings const& settings) {
    auto out = settings.http;
    out.follow = may_follow;
    return out;
}

std::string basic(std::string const& credentials) {
    return "Basic " + crypto::encode_base64(base::view_of(credentials));
}

// RFC 9110, 10.2.3: only the form in seconds, which registries use.
std::optional<std::chrono::milliseconds> retry_after(HttpAnswer const* answer) {
    auto const* const text = answer == nullptr ? nullptr : answer->header("retry-after");
    unsigned seconds = 0;
    if (text == nullptr || text->empty()) return {};
    auto const* const end = text->data() + text->size();
    if (std::from_chars(text->data(), end, seconds).ptr != end) return {};
    return std::chrono::seconds{std::min(seconds, 3600U)};
}

std::string escaped(std::string_view text) {
    std::string out;
    for (char const c : text) {
        bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || std::string_view{"-._~/:,"}.contains(c);
        if (plain)
            out += c;
        else
            out += '%' + base::hex(base::view_of({&c, 1}));
    }
    return out;
}

// What an error of the specification's form says, or the beginning of another one's text.
std::string said(HttpAnswer const& answer) {
    constexpr std::size_t most = 200;
    auto const json = parse_json(answer.body);
    if (json && json->contains("errors") && json->at("errors").is_array())
        for (auto const& error : json->at("errors")) {
            auto const text = text_in(error, "message");
            auto const code = text_in(error, "code");
            if (!text.empty() || !code.empty())
                return " (" + base::printable((text.empty() ? code : text).substr(0, most)) + ')';
        }
    return {};
}

} // namespace

bool busy(unsigned status) {
    return status == too_many_requests || (status >= server_error && status != not_implemented);
}

os::Failure unexpected_answer(std::string const& what, HttpAnswer const& answer) {
    auto const status = "status " + std::to_string(answer.status) + said(answer);
    if (answer.status == unauthorized || answer.status == forbidden)
        return {.name = "registry-denied", .text = what + ": " + status};
    return {
        .name = "registry-unreachable", .text = what + ": the registry answered with " + status
    };
}

os::Failure trouble_of(std::string const& what, Trouble const& trouble) {
    return {
        .name = trouble.untrusted ? "registry-untrusted" : "registry-unreachable",
        .text = what + ": " + trouble.text
    };
}

Registry::Registry(Reference const& where, RegistrySettings settings, bool push)
    : where_{where},
      settings_{std::move(settings)},
      push_{push},
      name_{where.name()},
      client_{client_settings(settings_)} {}

HttpRequest Registry::request(std::string method, std::string const& rest) const {
    return {
        .method = std::move(method),
        .address = where_.server,
        .target = "/v2/" + where_.repository + rest
    };
}

// False: it was asked often enough.
bool Registry::pause(unsigned tried, std::string const& why, HttpAnswer const* answer) const {
    if (tried + 1 >= settings_.tries) return false;
    auto const grown = settings_.first_pause * (1U << std::min(tried, 10U));
    auto const pause = retry_after(answer).value_or(std::min(grown, settings_.longest_pause));
    if (pause > settings_.longest_pause) return false;
    if (settings_.note) settings_.note(name_ + ": " + why, pause);
    auto const until = Clock::now() + pause;
    while (Clock::now() < until) {
        auto const left = std::chrono::nanoseconds(until - Clock::now()).count();
        (void)os::poll({}, static_cast<std::uint64_t>(std::max<std::int64_t>(left, 0)));
    }
    return true;
}

OrTrouble<HttpAnswer> Registry::ask_as_known(HttpRequest request, BodySink* sink) {
    if (!authorization_.empty() && request.address.same_server(where_.server))
        request.headers.emplace_back("Authorization", authorization_);
    return client_.ask(request, sink);
}

os::OrFailure<OrTrouble<HttpAnswer>> Registry::attempt(HttpRequest const& request, BodySink* sink) {
    auto answer = ask_as_known(request, sink);
    answered_ = answered_ || answer;
    if (!answer || answer->status != unauthorized) return answer;
    if (!TRY(introduce(*answer))) return answer;
    return ask_as_known(request, sink);
}

os::OrFailure<HttpAnswer> Registry::ask(HttpRequest const& request) {
    for (unsigned tried = 0;; ++tried) {
        auto answer = TRY(attempt(request, nullptr));
        if (answer && !busy(answer->status)) return std::move(*answer);
        auto const why = answer ? "status " + std::to_string(answer->status) : answer.error().text;
        bool const in_vain = !answer && !(answer.error().again && answered_);
        if (!in_vain && pause(tried, why, answer ? &*answer : nullptr)) continue;
        if (answer) return std::unexpected(unexpected_answer(name_, *answer));
        return std::unexpected(trouble_of(name_, answer.error()));
    }
}

os::OrFailure<bool> Registry::introduce(HttpAnswer const& challenged) {
    for (auto const& challenge : challenges_of(challenged)) {
        if (challenge.scheme == "bearer") {
            authorization_ = "Bearer " + TRY(token(challenge.parameters));
            return true;
        }
        if (challenge.scheme == "basic" && settings_.credentials) {
            authorization_ = basic(*settings_.credentials);
            return true;
        }
    }
    return false;
}

// The token service is one that the registry names, on any host: who asks a registry believes it so
// far, but tells nobody a password without TLS whom it would tell the registry itself with it.
os::OrFailure<std::string> Registry::token(std::map<std::string, std::string> const& parameters) {
    auto const parameter = [&](char const* key) -> std::string {
        auto const found = parameters.find(key);
        return found == parameters.end() ? std::string{} : found->second;
    };
    auto const realm = parameter("realm");
    auto const place = resolve(where_.server, "/", realm);
    if (realm.empty() || !place || !may_follow(where_.server, place->address))
        return failure(
            "registry-denied",
            name_ + ": it names no token service that can be asked: '" + base::printable(realm) +
                '\''
        );
    auto scope = parameter("scope");
    if (push_ || scope.empty())
        scope = "repository:" + where_.repository + (push_ ? ":pull,push" : ":pull");
    HttpRequest ask{
        .address = place->address,
        .target = place->target + (place->target.contains('?') ? '&' : '?') +
                  "service=" + escaped(parameter("service")) + "&scope=" + escaped(scope),
        .limits = AnswerLimits{.in_memory = largest_token_answer}
    };
    if (settings_.credentials)
        ask.headers.emplace_back("Authorization", basic(*settings_.credentials));
    HttpClient client{settings_.http}; // follows nobody
    auto const answer = client.ask(ask);
    auto const what = "the token service " + place->address.text();
    if (!answer) return std::unexpected(trouble_of(what, answer.error()));
    if (!answer->success()) {
        auto failed = unexpected_answer(what, *answer);
        if (answer->status < server_error) failed.name = "registry-denied";
        return std::unexpected(std::move(failed));
    }
    auto token = token_in(answer->body);
    if (!token) return failure("registry-denied", what + " gives no token");
    return std::move(*token);
}

os::OrFailure<ManifestBytes> Registry::manifest(std::string const& wanted) {
    constexpr std::size_t largest = 4U << 20; // the specification's
    auto ask_for = request("GET", "/manifests/" + wanted);
    ask_for.headers = {
        {"Accept",
         "application/vnd.oci.image.manifest.v1+json, application/vnd.oci.image.index.v1+json"}
    };
    ask_for.limits = AnswerLimits{.in_memory = largest};
    auto answer = TRY(ask(ask_for));
    auto const what = name_ + (is_digest(wanted) ? '@' : ':') + wanted;
    if (answer.status == not_found)
        return failure("package-missing", what + ": the registry has none" + said(answer));
    if (!answer.success()) return std::unexpected(unexpected_answer(what, answer));
    ManifestBytes out{
        .digest = "sha256:" + base::hex(crypto::sha256(answer.body)),
        .media_type = {},
        .bytes = std::move(answer.body)
    };
    if (auto const* const type = answer.header("content-type")) out.media_type = *type;
    auto const* const told = answer.header("docker-content-digest");
    bool const other = told != nullptr && is_digest(*told) && *told != out.digest;
    if (other || (is_digest(wanted) && wanted != out.digest))
        return failure(
            "package-damaged",
            what + ": what came has the digest " + out.digest +
                (other ? ", and the registry says " + *told : "")
        );
    return out;
}

os::OrFailure<HttpAnswer>
Registry::write_manifest(std::string const& name, std::string const& media_type, base::View bytes) {
    auto put = request("PUT", "/manifests/" + name);
    put.headers = {{"Content-Type", media_type}};
    put.body = RequestBody::of(std::string{base::text_of(bytes)});
    auto answer = TRY(ask(put));
    if (!answer.success())
        return std::unexpected(unexpected_answer(name_ + ": writing the manifest", answer));
    auto const* const told = answer.header("docker-content-digest");
    auto const digest = "sha256:" + base::hex(crypto::sha256(bytes));
    if (told != nullptr && is_digest(*told) && *told != digest)
        return failure(
            "package-damaged",
            name_ + ": the registry took the manifest " + digest + " for " + *told
        );
    return answer;
}

os::OrFailure<void>
Registry::put_manifest(std::string const& name, std::string const& media_type, base::View bytes) {
    TRY(write_manifest(name, media_type, bytes));
    return {};
}

} // namespace net::registry

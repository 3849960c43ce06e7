#include "host/cli/deployment/steward.hpp"

#include "base/hex.hpp"
#include "crypto/base64.hpp"
#include "host/cli/deploy/host_access.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"
#include "os/clock.hpp"
#include "protocol/failure/failure.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

using Json = nlohmann::json;

constexpr std::size_t largest_pem = std::size_t{1} << 20;
constexpr std::chrono::seconds slowest_answer{60};
constexpr std::string_view problem_type = "urn:enarx:failure:";

std::optional<crypto::Sha256Digest> pin_of(std::string_view text) {
    constexpr std::string_view prefix = "sha256/";
    crypto::Sha256Digest out{};
    if (base::unhex(text, out)) return out;
    if (!text.starts_with(prefix)) return {};
    auto const bytes = crypto::decode_base64(text.substr(prefix.size()));
    if (!bytes || bytes->size() != out.size()) return {};
    std::ranges::copy(*bytes, out.begin());
    return out;
}

std::string text_in(Json const& json, char const* key) {
    auto const found = json.find(key);
    return found != json.end() && found->is_string() ? found->get<std::string>() : "";
}

// What a problem document says (RFC 9457).
std::unexpected<os::Failure> refused(net::HttpAnswer const& answer) {
    auto const json = Json::parse(base::text_of(answer.body), nullptr, false);
    if (!json.is_object())
        return failure(
            "steward-unreachable",
            "the service has answered with status " + std::to_string(answer.status)
        );
    auto const type = text_in(json, "type");
    auto const name =
        std::string_view{type}.substr(type.starts_with(problem_type) ? problem_type.size() : 0);
    auto const* kind = protocol::find_failure(name);
    auto text = "the service: " + text_in(json, "detail");
    auto const rule = text_in(json, "rule");
    if (!rule.empty()) text += " (" + rule + ')';
    return failure(kind == nullptr ? "steward-unreachable" : kind->name, text);
}

} // namespace

std::vector<Option> steward_options(StewardWishes& wishes) {
    return {
        {.name = "--steward",
         .value = "URL",
         .help = "The attestation service: https://HOST[:PORT].",
         .target = &wishes.url,
         .environment = "ENARX_STEWARD"},
        {.name = "--cacert",
         .value = "FILE",
         .help =
             "Its certificate leads to one of these authorities (PEM). Default: the public ones.",
         .target = &wishes.authority,
         .completion = Completion::File},
        {.name = "--steward-pin",
         .value = "PIN",
         .help = "Its certificate has this key, whoever issued it: sha256/BASE64, or 64 digits.",
         .target = &wishes.pin},
    };
}

os::OrFailure<Steward> Steward::at(StewardWishes const& wishes, crypto::P256SigningKey const* key) {
    if (!wishes.url) return failure("usage", "--steward URL is missing");
    auto const address = net::WebAddress::parse(*wishes.url);
    if (!address || !address->tls)
        return failure("usage", "--steward '" + *wishes.url + "' is no https://HOST[:PORT]");
    net::HttpSettings settings;
    settings.whole = slowest_answer; // a byte now and then is no answer
    settings.tls.also_tls_1_2 = false;
    if (wishes.authority) {
        auto const pem = TRY(read_whole(*wishes.authority, largest_pem));
        settings.tls.authorities.emplace_back(base::text_of(pem.view()));
    }
    if (wishes.pin) {
        settings.tls.server_key = pin_of(*wishes.pin);
        if (!settings.tls.server_key)
            return failure("usage", "--steward-pin is neither sha256/BASE64 nor 64 digits");
    }
    if (key != nullptr) settings.tls.credential = TRY(shown_key(*key));
    return Steward{*address, std::move(settings)};
}

os::OrFailure<std::vector<std::byte>>
Steward::ask(std::string method, std::string target, base::View body, std::string type) {
    net::HttpRequest request{
        .method = std::move(method), .address = address_, .target = std::move(target)
    };
    if (!type.empty()) {
        request.headers.emplace_back("Content-Type", std::move(type));
        request.body = net::RequestBody::of(std::string{base::text_of(body)});
    }
    auto answer = client_.ask(request);
    if (!answer)
        return failure("steward-unreachable", address_.text() + ": " + answer.error().text);
    if (!answer->success()) return refused(*answer);
    return std::move(answer->body);
}

std::string path_part(std::string_view text) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                       "0123456789-._~";
    std::string out;
    for (char const c : text) {
        if (plain.contains(c)) {
            out += c;
        } else {
            auto const byte = std::byte(c);
            out += '%' + base::hex({&byte, 1});
        }
    }
    return out;
}

} // namespace host::cli

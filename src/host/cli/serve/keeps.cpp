#include "host/cli/serve/keeps.hpp"

#include "base/printable.hpp"
#include "host/cli/deploy/host_reach.hpp"
#include "host/cli/report.hpp"
#include "host/cli/verify/inputs.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

using Json = nlohmann::json;

constexpr std::size_t largest_token = 4096;
constexpr std::size_t largest_root = 1 << 20;

class KeepsUse : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<void> read_access();
    os::OrFailure<std::string> ask(std::string method, std::string target) const;
    os::OrFailure<void> stop() const;

    std::optional<std::string> host_;
    std::optional<std::string> token_file_;
    std::vector<std::string> roots_;
    std::vector<std::string> stop_;
    bool json_ = false;

    net::WebAddress address_;
    std::vector<std::string> authorities_;
    std::string token_;
};

Syntax KeepsUse::syntax(Global& /*global*/) {
    return {
        .options =
            {
                {.name = "--host",
                 .value = "URL",
                 .help = "The host: host[:port], https:// unless you say http:// of this machine. "
                         "Default port: 7443. Required.",
                 .target = &host_,
                 .environment = "ENARX_HOST"},
                {.name = "--token-file",
                 .value = "FILE",
                 .help = "Holds the token by which the host knows you.",
                 .target = &token_file_,
                 .environment = "ENARX_TOKEN_FILE",
                 .completion = Completion::File},
                {.name = "--host-root",
                 .value = "FILE",
                 .help = "PEM: the authority of the host's certificate, in the place of the "
                         "built-in ones. Can be repeated.",
                 .target = &roots_,
                 .completion = Completion::File},
                {.name = "--stop",
                 .value = "ID",
                 .help = "End this Keep, or forget it if it has ended. Can be repeated.",
                 .target = &stop_},
                {.name = "--json",
                 .letter = 'j',
                 .help = "What the host answers, as it is.",
                 .target = &json_},
            },
        .operands = {}
    };
}

os::OrFailure<void> KeepsUse::read_access() {
    if (!host_) return failure("usage", "which host? --host is missing", "--host host.example");
    address_ = TRY(parse_host(*host_));
    for (auto const& path : roots_)
        authorities_.emplace_back(base::text_of(TRY(read_bytes(path, largest_root))));
    if (!token_file_) return {};
    auto const bytes = TRY(read_bytes(*token_file_, largest_token));
    auto const text = base::text_of(bytes);
    token_ = text.substr(0, text.find_last_not_of("\r\n") + 1);
    return {};
}

std::string word(Json const& json, char const* key) {
    auto const found = json.is_object() ? json.find(key) : json.end();
    if (!json.is_object() || found == json.end()) return {};
    return base::printable(found->is_string() ? found->get<std::string>() : found->dump());
}

os::OrFailure<std::string> KeepsUse::ask(std::string method, std::string target) const {
    net::HttpClient client{{.tls = {.authorities = authorities_}}};
    net::HttpRequest request{
        .method = std::move(method), .address = address_, .target = std::move(target)
    };
    if (!token_.empty()) request.headers.emplace_back("Authorization", "Bearer " + token_);
    auto const answer = client.ask(request);
    if (!answer) return failure("host-unreachable", address_.text() + ": " + answer.error().text);
    auto const text = base::text_of(answer->body);
    if (answer->success()) return std::string{text};
    auto const problem = Json::parse(text, nullptr, false);
    return failure(
        "host-refused",
        address_.text() + ": status " + std::to_string(answer->status) + ' ' +
            word(problem, "detail"),
        word(problem, "hint")
    );
}

os::OrFailure<void> KeepsUse::stop() const {
    for (auto const& id : stop_) {
        bool const name = !id.empty() && std::ranges::all_of(id, [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
        });
        if (!name) return failure("usage", "--stop '" + id + "' is no Keep's name");
        TRY(ask("DELETE", "/v1/keeps/" + id));
        TRY(write_output(json_ ? "" : id + " is gone\n"));
    }
    return {};
}

std::string row(Json const& keep) {
    auto end = word(keep, "status");
    if (!end.empty()) end = " status " + end;
    if (auto const signal = word(keep, "signal"); !signal.empty()) end = " signal " + signal;
    if (auto const why = word(keep, "why"); !why.empty()) end += ": " + why;
    std::string places;
    if (auto const found = keep.find("listen"); found != keep.end() && found->is_array())
        for (auto const& place : *found)
            if (place.is_string()) places += ' ' + base::printable(place.get<std::string>());
    return word(keep, "id") + "  " + word(keep, "state") + end + "  " + word(keep, "backend") +
           "  since " + word(keep, "created") + (places.empty() ? "" : "  at" + places) + '\n';
}

os::OrFailure<int> KeepsUse::carry_out(Global const& /*global*/) {
    TRY(read_access());
    if (!stop_.empty()) {
        TRY(stop());
        return 0;
    }
    auto const text = TRY(ask("GET", "/v1/keeps"));
    auto const answer = Json::parse(text, nullptr, false);
    auto const keeps = answer.is_object() ? answer.find("keeps") : answer.end();
    if (!answer.is_object() || keeps == answer.end() || !keeps->is_array())
        return failure("host-refused", address_.text() + ": what it answers is no list of Keeps");
    std::string out;
    for (auto const& keep : *keeps)
        if (keep.is_object()) out += row(keep);
    TRY(
        write_output(json_ ? answer.dump(2, ' ', true, Json::error_handler_t::replace) + '\n' : out)
    );
    return 0;
}

} // namespace

std::unique_ptr<Use> use_keeps() { return std::make_unique<KeepsUse>(); }

} // namespace host::cli

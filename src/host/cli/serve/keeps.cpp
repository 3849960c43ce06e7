#include "host/cli/serve/keeps.hpp"

#include "base/printable.hpp"
#include "host/cli/deploy/host_access.hpp"
#include "host/cli/report.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

using Json = nlohmann::json;

class KeepsUse : public Use {
public:
    Syntax syntax(Global& global) override;
    os::OrFailure<int> carry_out(Global const& global) override;

private:
    os::OrFailure<std::string> ask(std::string method, std::string target) const;
    os::OrFailure<void> stop() const;

    HostAccessWishes host_;
    std::vector<std::string> stop_;
    bool json_ = false;

    HostAccess access_;
};

Syntax KeepsUse::syntax(Global& /*global*/) {
    auto options = host_access_options(host_);
    options.push_back(
        {.name = "--stop",
         .value = "ID",
         .help = "End this Keep, or forget it if it has ended. Can be repeated.",
         .target = &stop_}
    );
    options.push_back(
        {.name = "--json",
         .letter = 'j',
         .help = "What the host answers, as it is.",
         .target = &json_}
    );
    return {.options = std::move(options), .operands = {}};
}

std::string word(Json const& json, char const* key) {
    auto const found = json.is_object() ? json.find(key) : json.end();
    if (!json.is_object() || found == json.end()) return {};
    return base::printable(found->is_string() ? found->get<std::string>() : found->dump());
}

os::OrFailure<std::string> KeepsUse::ask(std::string method, std::string target) const {
    net::HttpClient client{{.tls = access_.tls}};
    auto const request = access_.request(std::move(method), std::move(target));
    auto const answer = client.ask(request);
    if (!answer)
        return failure(
            "host-unreachable",
            access_.address.text() + ": " + answer.error().text,
            answer.error().untrusted ? "--host-root FILE names the authority of its certificate, "
                                       "which has to be for the name that --host has"
                                     : ""
        );
    auto const text = base::text_of(answer->body);
    if (answer->success()) return std::string{text};
    auto const problem = Json::parse(text, nullptr, false);
    return failure(
        "host-refused",
        access_.address.text() + ": status " + std::to_string(answer->status) + ' ' +
            word(problem, "detail"),
        host_hint(word(problem, "hint"))
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
    access_ = TRY(HostAccess::of(host_));
    if (!stop_.empty()) {
        TRY(stop());
        return 0;
    }
    auto const text = TRY(ask("GET", "/v1/keeps"));
    auto const answer = Json::parse(text, nullptr, false);
    auto const keeps = answer.is_object() ? answer.find("keeps") : answer.end();
    if (!answer.is_object() || keeps == answer.end() || !keeps->is_array())
        return failure(
            "host-refused", access_.address.text() + ": what it answers is no list of Keeps"
        );
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

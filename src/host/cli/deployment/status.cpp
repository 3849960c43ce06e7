// enarx deployment status, enarx deployment withdraw.

#include "crypto/cose_sign1.hpp"
#include "host/cli/deployment/deployment.hpp"
#include "host/cli/deployment/steward.hpp"
#include "host/cli/key/files.hpp"
#include "host/cli/report.hpp"
#include "protocol/provision/entrust.hpp"

#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

namespace wire = protocol::provision;
using Json = nlohmann::ordered_json;

Option key_option(std::optional<std::string>& key) {
    return {
        .name = "--key",
        .value = "FILE",
        .help = "The tenant's key.",
        .target = &key,
        .completion = Completion::File
    };
}

std::string word(Json const& json, char const* key) {
    auto const found = json.find(key);
    if (found == json.end()) return "";
    return found->is_string() ? found->get<std::string>() : found->dump();
}

std::string status_text(Json const& json) {
    auto out = word(json, "name") + ", serial " + word(json, "serial") +
               (json.contains("withdrawn") && !json["withdrawn"].is_null() ? ", withdrawn" : "") +
               '\n';
    if (json.contains("log") && json["log"].is_string())
        out += "log      " + word(json, "log") + '\n';
    for (auto const& keep : json.value("keeps", Json::array()))
        out += "alive    " + word(keep, "keep").substr(0, 16) + "  " + word(keep, "kind") +
               ", serial " + word(keep, "serial") + '\n';
    for (auto const& each : json.value("decisions", Json::array())) {
        bool const accepted = word(each, "failure").empty();
        out += (accepted ? "accepted " : "denied   ") + word(each, "keep").substr(0, 16) + "  " +
               word(each, "step") + ' ' + word(each, "failure");
        if (!word(each, "rule").empty()) out += " (" + word(each, "rule") + ')';
        out += '\n';
    }
    return out;
}

class Status : public Use {
public:
    Syntax syntax(Global& /*global*/) override {
        auto options = steward_options(steward_);
        options.push_back(key_option(key_));
        options.push_back({.name = "--json", .letter = 'j', .help = "As JSON.", .target = &json_});
        return {
            .options = std::move(options),
            .operands = {{.name = "NAME", .help = "Name of the deployment.", .target = &name_}}
        };
    }
    os::OrFailure<int> carry_out(Global const& /*global*/) override {
        if (!key_) return failure("usage", "--key is needed: only its tenant is answered");
        auto const tenant = TRY(read_tenant_key(*key_));
        auto service = TRY(Steward::at(steward_, &tenant));
        auto const body = TRY(service.ask("GET", "/v1/deployments/" + path_part(*name_), {}, ""));
        auto const json = Json::parse(base::text_of(body), nullptr, false);
        if (!json.is_object())
            return failure("steward-unreachable", "the service has answered with something else");
        TRY(write_output(json_ ? json.dump(1) + '\n' : status_text(json)));
        return 0;
    }

private:
    StewardWishes steward_;
    std::optional<std::string> name_;
    std::optional<std::string> key_;
    bool json_ = false;
};

class Withdraw : public Use {
public:
    Syntax syntax(Global& /*global*/) override {
        auto options = steward_options(steward_);
        options.push_back(key_option(key_));
        return {
            .options = std::move(options),
            .operands = {{.name = "NAME", .help = "Name of the deployment.", .target = &name_}}
        };
    }
    os::OrFailure<int> carry_out(Global const& /*global*/) override {
        if (!key_) return failure("usage", "--key is needed: its signature withdraws");
        auto const tenant = TRY(read_tenant_key(*key_));
        auto const message =
            crypto::sign_message(tenant, wire::withdraw_type, wire::encode(wire::Withdraw{*name_}));
        if (!message) return std::unexpected(crypto_failure("signing for the service"));
        auto service = TRY(Steward::at(steward_));
        TRY(service.ask(
            "POST",
            "/v1/deployments/" + path_part(*name_) + "/withdraw",
            *message,
            "application/cose"
        ));
        TRY(write_output("withdrawn " + *name_ + '\n'));
        return 0;
    }

private:
    StewardWishes steward_;
    std::optional<std::string> name_;
    std::optional<std::string> key_;
};

} // namespace

std::unique_ptr<Use> use_deployment_status() { return std::make_unique<Status>(); }
std::unique_ptr<Use> use_deployment_withdraw() { return std::make_unique<Withdraw>(); }

} // namespace host::cli

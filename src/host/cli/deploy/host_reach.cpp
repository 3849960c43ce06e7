#include "host/cli/deploy/host_reach.hpp"

#include "base/printable.hpp"
#include "host/cli/report.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace host::cli {

namespace {

using Json = nlohmann::json;

constexpr std::string_view protocol = "enarx-keep/1";
constexpr unsigned created = 201;
constexpr unsigned forbidden = 403;
constexpr unsigned not_found = 404;
constexpr unsigned gone = 410;
constexpr unsigned server_error = 500;

// "ID" of an answer is put into later requests.
bool is_id(std::string const& text) {
    return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char each) {
        return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') ||
               (each >= '0' && each <= '9') || each == '-' || each == '_';
    });
}

std::string text_at(Json const& json, char const* key) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_string()) return {};
    return json[key].get<std::string>();
}

class Host final : public Reach {
public:
    Host(HostWish wish, std::optional<std::string> id, PackageFile const* package)
        : wish_{std::move(wish)},
          id_{std::move(id)},
          package_{package},
          client_{{.tls = wish_.access.tls}} {}

    os::OrFailure<void> start(int stop) override;
    OrUnreached<net::Channel::Parts> connect() override;
    void end() override;
    std::string words() const override {
        return "--host " + wish_.access.address.text() + " --id " + id_.value_or("");
    }
    std::string id() const override { return id_.value_or(""); }

private:
    net::HttpRequest request(std::string method, std::string target) const {
        return wish_.access.request(std::move(method), std::move(target));
    }
    os::Failure unreachable(net::Trouble const& trouble) const;
    os::Failure refused(net::HttpAnswer const& answer) const;
    net::HttpRequest birth() const;
    void leave_blobs();

    HostWish wish_;
    std::optional<std::string> id_;
    PackageFile const* package_;
    net::HttpClient client_;
};

os::Failure Host::unreachable(net::Trouble const& trouble) const {
    return {
        .name = "host-unreachable",
        .text = wish_.access.address.text() + ": " + trouble.text,
        .hint = trouble.untrusted ? "--host-root FILE names the authority of its certificate, or "
                                    "the certificate itself, which has to be for the name that "
                                    "--host has"
                                  : ""
    };
}

os::Failure Host::refused(net::HttpAnswer const& answer) const {
    auto const json = Json::parse(base::text_of(answer.body), nullptr, false);
    auto const title = text_at(json, "title");
    auto const detail = text_at(json, "detail");
    auto text = wish_.access.address.text() + ": status " + std::to_string(answer.status);
    for (auto const& part : {title, detail})
        if (!part.empty()) text += ": " + base::printable(part);
    return {.name = "host-refused", .text = text, .hint = host_hint(text_at(json, "hint"))};
}

net::HttpRequest Host::birth() const {
    Json wish = Json::object();
    if (wish_.backend) wish["backend"] = *wish_.backend;
    if (wish_.memory) wish["memory"] = *wish_.memory;
    if (!wish_.listen.empty()) wish["listen"] = wish_.listen;
    auto connect = wish_.connect;
    if (wish_.registry) connect.push_back(*wish_.registry);
    if (!connect.empty()) wish["connect"] = connect;
    auto ask = request("POST", "/v1/keeps");
    ask.headers.emplace_back("Content-Type", "application/json");
    ask.body = net::RequestBody::of(wish.dump());
    return ask;
}

os::OrFailure<void> Host::start(int stop) {
    if (id_) return {};
    auto answer = client_.ask(birth());
    // Its Keeps may not reach the registry: then the tenant is asked for the package.
    if (answer && answer->status == forbidden && wish_.registry) {
        wish_.registry.reset();
        answer = client_.ask(birth());
    }
    if (!answer) return std::unexpected(unreachable(answer.error()));
    if (answer->status != created) return std::unexpected(refused(*answer));
    auto id = text_at(Json::parse(base::text_of(answer->body), nullptr, false), "id");
    if (!is_id(id))
        return failure(
            "host-refused", wish_.access.address.text() + ": it names no Keep in its answer"
        );
    id_ = std::move(id);
    client_.stop_by(stop); // not before it is known which Keep has to go
    leave_blobs();
    client_.stop_by(-1);
    return {};
}

// For the next Keep, too. The Keep asks the tenant for what is not there, so nothing depends on it.
void Host::leave_blobs() {
    if (package_ == nullptr) return;
    for (auto const& [digest, blob] : package_->blobs()) {
        auto const target = "/v1/blobs/" + digest;
        auto const there = client_.ask(request("HEAD", target));
        if (!there || there->status != not_found) continue;
        auto put = request("PUT", target);
        put.headers.emplace_back("Content-Type", "application/octet-stream");
        auto const& name = digest;
        put.body = net::RequestBody{
            .size = blob.size,
            .read = [this, &name](std::uint64_t offset, std::span<std::byte> out)
                -> net::OrTrouble<std::size_t> {
                auto const bytes = package_->read(name, offset, out.size());
                if (bytes.empty())
                    return std::unexpected(net::Trouble{.text = "the package cannot be read"});
                std::ranges::copy(bytes, out.begin());
                return bytes.size();
            }
        };
        auto const put_there = client_.ask(put);
        if (!put_there && !put_there.error().again) return; // stopped, or no host to speak with
    }
}

OrUnreached<net::Channel::Parts> Host::connect() {
    // A connection of its own: the client's is busy with other things, or gone.
    auto upgraded = client_.upgrade(
        request("GET", "/v1/keeps/" + id_.value_or("") + "/channel"), std::string{protocol}
    );
    if (!upgraded)
        return std::unexpected(
            Unreached{.failure = unreachable(upgraded.error()), .again = upgraded.error().again}
        );
    if (upgraded->channel) return std::move(*upgraded->channel).release();
    auto const status = upgraded->answer.status;
    auto why = refused(upgraded->answer);
    if (status == not_found || status == gone) why.name = "host-unreachable";
    return std::unexpected(Unreached{.failure = std::move(why), .again = status >= server_error});
}

void Host::end() {
    if (id_) (void)client_.ask(request("DELETE", "/v1/keeps/" + *id_));
}

} // namespace

std::unique_ptr<Reach>
reach_host(HostWish wish, std::optional<std::string> id, PackageFile const* package) {
    return std::make_unique<Host>(std::move(wish), std::move(id), package);
}

} // namespace host::cli

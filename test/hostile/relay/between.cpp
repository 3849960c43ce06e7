#include "relay/between.hpp"

#include "crypto/bound_channel.hpp"
#include "crypto/tls_pair_for_tests.hpp"
#include "relay/end.hpp"
#include "relay/record.hpp"

#include <array>
#include <cstdio>

#include <poll.h>

namespace relay {

namespace authenticator = crypto::authenticator;
namespace wire = protocol::provision;
using crypto::BoundChannel;
using wire::FrameType;

namespace {

constexpr std::array alpn{std::string_view{"enarx-keep/1"}};
std::vector<std::string> protocols() { return {std::string{alpn[0]}}; }

// The first message of an authenticator: type, three bytes of length, content.
base::View first_message(base::View bytes) {
    std::size_t length = 0;
    for (auto const byte : bytes.subspan(1, 3))
        length = length << 8 | std::to_integer<unsigned>(byte);
    return bytes.first(4 + length);
}

class Between {
public:
    Between(BetweenWish const& wish, End tenant, End keep)
        : wish_{wish}, tenant_{std::move(tenant)}, keep_{std::move(keep)} {}

    int run() {
        while (true) {
            bool passed = false;
            while (auto const heard = tenant_.hear_now()) passed = pass_up(*heard);
            while (auto const heard = keep_.hear_now()) passed = pass_down(*heard);
            if (passed) continue;
            std::array set{
                pollfd{.fd = tenant_.socket(), .events = POLLIN, .revents = 0},
                pollfd{.fd = keep_.socket(), .events = POLLIN, .revents = 0}
            };
            (void)::poll(set.data(), set.size(), -1);
            if (set[0].revents != 0 && !tenant_.pull()) break;
            if (set[1].revents != 0 && !keep_.pull()) break;
        }
        keep_.close();
        tenant_.close();
        std::printf("{\"up\":[%s],\"down\":[%s]}\n", up_.c_str(), down_.c_str());
        return 0;
    }

private:
    static void note(std::string& list, FrameType type) {
        list += (list.empty() ? "" : ",") + std::to_string(static_cast<int>(type));
    }
    bool pass_up(Heard const& heard) {
        note(up_, heard.type);
        if (heard.type == FrameType::Request)
            request_ = [&] {
                auto const body = *wire::decode_bytes(heard.body, 4096);
                return Bytes{body.begin(), body.end()};
            }();
        keep_.say(heard.type, heard.body);
        return true;
    }
    bool pass_down(Heard const& heard) {
        note(down_, heard.type);
        bool const changed = heard.type == FrameType::Authenticator && wish_.way != Way::Pass;
        tenant_.say(heard.type, changed ? wire::encode_bytes(forged(heard.body)) : heard.body);
        return true;
    }
    Bytes forged(base::View body) const {
        auto const genuine = *wire::decode_bytes(body, wire::largest_early);
        auto const to_keep =
            *BoundChannel::of(keep_.session(), authenticator::End::Server, request_);
        auto const to_tenant =
            *BoundChannel::of(tenant_.session(), authenticator::End::Server, request_);
        auto const shown = authenticator::verify(to_keep.secrets(), request_, genuine, {});
        if (!shown) std::abort(); // it is genuine for him: what follows tries what it should
        auto made = *authenticator::make(
            to_tenant.secrets(), request_, credential_of(wish_.key), shown->attestation
        );
        if (wish_.way == Way::Resign) return made;
        auto const certificate = first_message(genuine);
        Bytes out{certificate.begin(), certificate.end()};
        auto const rest = base::View{made}.subspan(first_message(made).size());
        out.insert(out.end(), rest.begin(), rest.end());
        return out;
    }

    BetweenWish const& wish_;
    End tenant_;
    End keep_;
    Bytes request_;
    std::string up_;
    std::string down_;
};

} // namespace

std::optional<Way> way_of(std::string_view name) {
    if (name == "pass") return Way::Pass;
    if (name == "resign") return Way::Resign;
    if (name == "splice") return Way::Splice;
    return {};
}

int stand_between(BetweenWish const& wish) {
    auto const front = *crypto::TlsContext::server(
        credential_of(wish.key),
        {.authorities = {}, .any_client_certificate = true, .alpn = protocols()}
    );
    auto const back = *crypto::TlsContext::client(
        crypto::testing::credential({"relay"}),
        {.authorities = {}, .alpn = protocols(), .any_certificate = true}
    );
    auto const listener = listen_at(wish.front);
    End tenant{next_visitor(listener), *front.accept()};
    End keep{connect_to(wish.back), *back.connect("keep")};
    if (!tenant.shake_hands() || !keep.shake_hands()) return 1;
    return Between{wish, std::move(tenant), std::move(keep)}.run();
}

} // namespace relay

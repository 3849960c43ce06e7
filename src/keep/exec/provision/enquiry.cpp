#include "keep/exec/provision/enquiry.hpp"

#include "keep/exec/provision/visitor.hpp"
#include "protocol/provision/frame.hpp"

namespace exec::provision {

namespace {

class Enquiry final : public net::Aside {
public:
    Enquiry(net::TlsStream stream, std::shared_ptr<Ready const> ready)
        : ready_{std::move(ready)}, visitor_{Visitor::who_only_asks(std::move(stream))} {}

    bool advance() override {
        if (!said_) {
            auto const heard =
                visitor_.hear([this](auto const& channel, auto) { return answer(channel); });
            if (!heard) return false;
            said_ = visitor_.answered().has_value();
            if (said_) visitor_.close();
        }
        return visitor_.push() && (!said_ || visitor_.unsent_bytes() > 0);
    }
    pollfd wait_entry() const override { return visitor_.wait_entry(); }

private:
    // Whoever has something to say to the Keep comes to its own door.
    OrRefusal<Answer> answer(crypto::BoundChannel const& channel) const {
        if (visitor_.role() != protocol::provision::Role::User)
            return std::unexpected(
                os::Failure{.name = "protocol-version", .text = "this port is for users"}
            );
        return ready_->answer(channel);
    }

    std::shared_ptr<Ready const> ready_;
    Visitor visitor_;
    bool said_ = false;
};

} // namespace

net::AsideProtocol ready_protocol(std::shared_ptr<Ready const> ready) {
    return {
        .name = std::string{protocol::provision::ready_alpn},
        .begin = [ready = std::move(ready)](net::TlsStream stream) -> std::unique_ptr<net::Aside> {
            return std::make_unique<Enquiry>(std::move(stream), ready);
        }
    };
}

} // namespace exec::provision

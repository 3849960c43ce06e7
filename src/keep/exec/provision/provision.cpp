#include "keep/exec/provision/provision.hpp"

#include "keep/exec/provision/archive.hpp"
#include "keep/exec/provision/source.hpp"
#include "os/clock.hpp"
#include "protocol/provision/grant.hpp"

#include <algorithm>

namespace exec::provision {

namespace wire = protocol::provision;
using wire::FrameType;

namespace {

// Of one who may be anybody, while the grantor is waited for.
constexpr std::chrono::seconds stranger_time{10};

using NoGrant = std::optional<os::Failure>; // nothing: the next visitor may try

std::unexpected<os::Failure> failed(std::string_view name, std::string text) {
    return std::unexpected(os::Failure{.name = name, .text = std::move(text)});
}

void say_state(Visitor& visitor, wire::State state) {
    (void)visitor.say(
        FrameType::Status, wire::encode(wire::Status{.state = state, .exit = {}, .failure = {}})
    );
}

// One visit to an empty Keep.
base::Result<Granted, NoGrant> visit(Visitor& visitor, Empty& empty) {
    auto const answer = [&](crypto::BoundChannel const& channel, crypto::hpke::Suite suite) {
        return empty.answer(channel, suite);
    };
    auto const frame = visitor.wait(answer, Clock::now() + visit_time);
    if (!frame) return std::unexpected(NoGrant{});
    auto const sealed = frame->type == FrameType::Grant
                            ? wire::decode_bytes(frame->body, wire::largest_grant)
                            : wire::decode_bytes({}, 0);
    if (!sealed) {
        visitor.refuse("protocol-version");
        return std::unexpected(NoGrant{});
    }
    auto granted = std::move(empty).take(*sealed, *visitor.answered());
    if (granted) return std::move(*granted);
    tell(visitor, granted.error());
    return std::unexpected(NoGrant{granted.error()});
}

std::uint64_t now_ns() { return os::now_ns(os::Clock::Realtime).value_or(0); }

// A Start that comes on this connection, after evidence of purpose `ready`.
bool starts(Visitor& visitor, Ready const& ready, Clock::time_point deadline) {
    auto const answer = [&](crypto::BoundChannel const& channel, crypto::hpke::Suite) {
        return ready.answer(channel);
    };
    visitor.may_ask_again();
    auto const before = visitor.answered() ? visitor.answered()->binding : Bytes{};
    auto const frame = visitor.wait(answer, deadline);
    if (!frame) return false;
    bool const asked = visitor.answered()->binding != before;
    if (frame->type == FrameType::Start && asked && is_tenant(visitor, ready)) return true;
    bool const not_its = frame->type == FrameType::Grant || (asked && !is_tenant(visitor, ready));
    visitor.refuse(not_its ? "keep-not-empty" : "protocol-version");
    return false;
}

} // namespace

void tell(Visitor& grantor, os::Failure const& failure) {
    auto const text = "enarx: error: " + failure.text + " (" + std::string{failure.name} + ")\n";
    (void)grantor.say(
        FrameType::Stream, wire::encode(wire::Stream{.number = 2, .bytes = base::view_of(text)})
    );
    grantor.refuse(failure.name);
    (void)grantor.flush(Clock::now() + std::chrono::seconds{2});
}

bool is_tenant(Visitor const& visitor, Ready const& ready) {
    auto const peer = visitor.peer();
    return peer != Digest{} && (peer == ready.grantor() || peer == ready.tenant());
}

os::OrFailure<GrantedVisit> wait_for_grant(Reception& reception, Empty empty) {
    for (unsigned visits = 0; visits < most_visits; ++visits) {
        auto visitor = TRY(reception.next({}));
        auto granted = visit(*visitor, empty);
        if (granted) {
            say_state(*visitor, wire::State::Granted);
            return GrantedVisit{.granted = std::move(*granted), .grantor = std::move(*visitor)};
        }
        if (granted.error()) return std::unexpected(*granted.error());
    }
    return failed(
        "keep-unclaimed",
        std::to_string(most_visits) + " have asked for evidence, and none has granted anything"
    );
}

os::OrFailure<std::unique_ptr<vfs::Directory>> fetch_package(
    Granted const& granted, HostBlobs* host, Visitor* grantor, std::shared_ptr<base::Budget> room
) {
    Source source{granted, host, grantor};
    Archive archive{{.max_bytes = ~0ULL, .within = std::move(room), .now = now_ns}};
    std::optional<base::View> key;
    if (granted.package_key()) key = granted.package_key()->view();
    auto const loaded = package::oci::load(
        package::oci::digest_text(granted.deployment().package), key, source, archive
    );
    if (!loaded) {
        auto text = loaded.error().text;
        if (!source.trouble().empty()) text += ": " + source.trouble();
        return failed(archive.full() ? "memory-limit" : loaded.error().name, std::move(text));
    }
    auto files = archive.finish();
    if (!files) return failed("package-damaged", "a symbolic link in it leads out of it");
    return std::move(*files);
}

os::OrFailure<ReadyVisit> wait_for_start(
    Reception& reception, GrantedVisit visit, Digest const& workload, Digest const& configuration
) {
    auto ready = std::move(visit.granted).loaded(workload, configuration);
    if (!ready) {
        tell(visit.grantor, ready.error());
        return std::unexpected(ready.error());
    }
    say_state(visit.grantor, wire::State::Ready);
    auto const deadline = Clock::now() + visit_time;
    if (starts(visit.grantor, *ready, deadline))
        return ReadyVisit{.ready = std::move(*ready), .grantor = std::move(visit.grantor)};
    while (auto visitor = TRY(reception.next(deadline)))
        if (starts(*visitor, *ready, std::min(deadline, Clock::now() + stranger_time)))
            return ReadyVisit{.ready = std::move(*ready), .grantor = std::move(*visitor)};
    return failed("keep-unclaimed", "whoever granted the application did not start it");
}

} // namespace exec::provision

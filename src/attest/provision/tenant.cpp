#include "attest/provision/tenant.hpp"

#include "attest/text.hpp"
#include "base/printable.hpp"
#include "protocol/failure/failure.hpp"

namespace attest::provision {

namespace wire = protocol::provision;
using wire::FrameType;

namespace {

constexpr std::size_t longest_failure = 64;

std::vector<std::byte> copy(base::View bytes) { return {bytes.begin(), bytes.end()}; }

std::vector<std::byte> big_endian(std::uint64_t number) {
    std::vector<std::byte> out(sizeof number);
    for (std::size_t i = 0; i < sizeof number; ++i)
        out[i] = std::byte(number >> (8 * (sizeof number - 1 - i)));
    return out;
}

std::uint64_t number_of(base::View bytes) {
    std::uint64_t out = 0;
    for (auto const byte : bytes) out = out << 8 | std::to_integer<std::uint64_t>(byte);
    return out;
}

// What the Keep runs, and was not granted: which value; empty: nothing.
std::string_view difference(Runs const& wanted, Runs const& found) {
    if (wanted.tenant != found.tenant) return "tenant";
    if (wanted.package != found.package) return "package";
    if (wanted.deployment != found.deployment || wanted.serial != found.serial) return "deployment";
    if (wanted.workload != found.workload) return "workload";
    if (wanted.configuration != found.configuration) return "configuration";
    return {};
}

} // namespace

Message Tenant::ask(base::Bytes<32> const& nonce) {
    request_ = crypto::authenticator::request(crypto::authenticator::End::Server, nonce);
    authenticator_.clear();
    return {.type = FrameType::Request, .body = wire::encode_bytes(request_)};
}

std::vector<Message> Tenant::begin() {
    if (before_ && before_->told != Before::Told::Grant) state_ = State::Proving;
    wire::Hello const hello{
        .versions = {wire::version}, .suite = handover_.suite, .role = wire::Role::Tenant
    };
    std::vector<Message> out;
    out.push_back({.type = FrameType::Hello, .body = wire::encode(hello)});
    out.push_back(ask(nonces_.first));
    return out;
}

Message Tenant::give(Wanted const& wanted, base::View bytes) {
    return {
        .type = FrameType::Blob,
        .body = wire::encode(
            wire::Blob{.digest = wanted.digest, .offset = wanted.offset, .bytes = bytes}
        )
    };
}

// The Keep is told why, too, so that it does not wait.
Step Tenant::fail(std::string_view name, std::string text, std::optional<Answer> answer) {
    state_ = State::Over;
    Step step{
        .say = {},
        .event = Failed{.name = name, .text = std::move(text), .answer = std::move(answer)}
    };
    step.say.push_back({.type = FrameType::Refuse, .body = wire::encode_text(name)});
    return step;
}

Step Tenant::out_of_turn(std::string_view what) {
    return fail(
        "protocol-version", "the Keep says something that has no place now: " + std::string{what}
    );
}

Step Tenant::take(wire::Frame const& frame, crypto::TlsSession const& session) {
    switch (frame.type) {
    case FrameType::Refuse: {
        auto const name = wire::decode_text(frame.body, longest_failure).value_or("");
        auto const* const known = protocol::find_failure(name);
        auto const stage = accepted_ ? "the Keep has refused" : "what answers there has refused";
        auto step = fail(
            known == nullptr ? "protocol-version" : known->name,
            stage + (known == nullptr ? ": '" + base::printable(name) + '\'' : std::string{})
        );
        step.say.clear();
        return step;
    }
    case FrameType::Authenticator:
        return take_authenticator(frame.body);
    case FrameType::Binding:
        return take_binding(frame.body, session);
    case FrameType::Want:
        return take_want(frame.body);
    case FrameType::Status:
        return take_status(frame.body);
    case FrameType::Stream:
        return take_stream(frame.body);
    case FrameType::Command:
        return take_resumption(frame.body);
    default:
        return out_of_turn("a message of the tenant's");
    }
}

std::optional<Before> Tenant::way_back() const {
    using Told = Before::Told;
    if (state_ == State::Running)
        return Before{
            .identity_key = identity_key_, .received = received_, .told = Told::Everything
        };
    bool const nothing_new = state_ == State::Asking || state_ == State::Over ||
                             (before_ && before_->told != Told::Grant);
    if (nothing_new) return before_;
    return Before{
        .identity_key = identity_key_,
        .received = 0,
        .told = state_ == State::Granting ? Told::Grant : Told::Start
    };
}

Step Tenant::take_authenticator(base::View body) {
    bool const asked = state_ == State::Asking || state_ == State::Proving;
    auto const bytes = wire::decode_bytes(body, wire::largest_early);
    if (!asked || !authenticator_.empty() || !bytes || bytes->empty())
        return out_of_turn("an authenticator");
    authenticator_ = copy(*bytes);
    return {};
}

Step Tenant::take_binding(base::View body, crypto::TlsSession const& session) {
    bool const asked = state_ == State::Asking || state_ == State::Proving;
    auto const decoded = wire::decode_binding_body(body);
    if (!asked || authenticator_.empty() || !decoded) return out_of_turn("a binding");
    auto const channel =
        crypto::BoundChannel::of(session, crypto::authenticator::End::Server, request_);
    if (!channel) return fail("channel-unbound", "the connection cannot be bound");
    bool const empty = state_ == State::Asking && asks_if_empty(decoded->binding);
    Offer const offer{.authenticator = authenticator_, .binding = decoded->binding};
    Demand const demand{
        .purpose = empty ? wire::Purpose::Provision : wire::Purpose::Ready,
        .suite = handover_.suite,
        .own_key = handover_.grantor.public_key()
    };
    auto answer = judging_(*channel, offer, demand, decoded->endorsements);
    auto const name = answer.failure();
    if (answer.channel() == nullptr)
        return fail(name, "the Keep is not believed", std::move(answer));
    return empty ? attested(std::move(answer)) : ready(std::move(answer));
}

// Where a grant was sent and nothing was heard of it, the Keep itself says whether it has it; what
// it says is judged as that.
bool Tenant::asks_if_empty(base::View binding) const {
    if (!before_) return true;
    auto const claimed = wire::decode_binding(binding);
    return !claimed || !claimed->loaded;
}

Step Tenant::attested(Answer answer) {
    auto const& channel = *answer.channel();
    if (before_ && !base::equal(before_->identity_key, channel.identity_key()))
        return fail("channel-unbound", "another Keep answers than before");
    if (handover_.hardware_required && !channel.hardware())
        return fail(
            "evidence-refused",
            "the deployment demands hardware (it was made without --allow-no-hardware), and none "
            "protects this Keep",
            std::move(answer)
        );
    auto sealed = seal_grant(channel, handover_.grantor, handover_.grant);
    if (!sealed)
        return fail("grant-refused", "the grant cannot be sealed: secrets have at most 1 MiB");
    accepted_ = true;
    identity_key_ = copy(channel.identity_key());
    state_ = State::Granting;
    Step step;
    step.say.push_back({.type = FrameType::Grant, .body = wire::encode_bytes(*sealed)});
    step.event = Attested{std::move(answer)};
    return step;
}

Step Tenant::ready(Answer answer) {
    auto const& channel = *answer.channel();
    auto const& known = before_ ? before_->identity_key : identity_key_;
    if (!known.empty() && !base::equal(known, channel.identity_key()))
        return fail("channel-unbound", "another Keep answers than before");
    if (handover_.hardware_required && !channel.hardware())
        return fail(
            "evidence-refused",
            "the deployment demands hardware (it was made without --allow-no-hardware), and none "
            "protects this Keep",
            std::move(answer)
        );
    if (auto const what = difference(handover_.runs, *channel.runs()); !what.empty()) {
        bool const configuration = what == "configuration";
        return fail(
            configuration ? "configuration-differs" : "workload-differs",
            "the Keep runs something else than was granted: its " + std::string{what} +
                " is another one"
        );
    }
    accepted_ = true;
    identity_key_ = copy(channel.identity_key());
    state_ = State::Starting;
    Step step;
    if (before_ && before_->told == Before::Told::Everything) {
        received_ = before_->received;
        auto const number = big_endian(received_);
        step.say.push_back(
            {.type = FrameType::Command,
             .body =
                 wire::encode(wire::Command{.code = wire::CommandCode::Attach, .bytes = number})}
        );
    } else {
        step.say.push_back({.type = FrameType::Start, .body = base::cbor::encoded([](auto& writer) {
                                                          writer.simple(base::cbor::simple_null);
                                                      })});
    }
    step.event = Ready{std::move(answer)};
    return step;
}

Step Tenant::take_want(base::View body) {
    auto const want = wire::decode_want(body);
    if (state_ != State::Loading || !want) return out_of_turn("a wish for a piece of the package");
    return {.say = {}, .event = Wanted{.digest = copy(want->digest), .offset = want->offset}};
}

Step Tenant::take_status(base::View body) {
    auto const status = wire::decode_status(body);
    if (!status) return out_of_turn("a status of no form");
    if (status->state == wire::State::Granted && state_ == State::Granting) {
        state_ = State::Loading;
        return {.say = {}, .event = Granted{}};
    }
    if (status->state == wire::State::Ready && state_ == State::Loading) {
        state_ = State::Proving;
        Step step;
        step.say.push_back(ask(nonces_.second));
        return step;
    }
    if (status->state == wire::State::Running && state_ == State::Starting) {
        state_ = State::Running;
        return {.say = {}, .event = Running{}};
    }
    if (status->state == wire::State::Ended && state_ == State::Running) {
        state_ = State::Over;
        return {
            .say = {}, .event = Ended{.exit = status->exit, .failure = std::string{status->failure}}
        };
    }
    return out_of_turn("a status");
}

Step Tenant::take_stream(base::View body) {
    auto const stream = wire::decode_stream(body);
    if (!stream || stream->number == 0) return out_of_turn("a stream of no form");
    if (state_ == State::Running) {
        received_ += stream->bytes.size();
        return {.say = {}, .event = Written{.stream = stream->number, .bytes = stream->bytes}};
    }
    // Only of a Keep that was believed: a stranger's words are nobody's to read.
    if (!accepted_ || stream->number != 2) return out_of_turn("a stream");
    auto text = base::text_of(stream->bytes);
    if (text.ends_with('\n')) text.remove_suffix(1);
    return {.say = {}, .event = Told{base::printable(text)}};
}

Step Tenant::take_resumption(base::View body) {
    constexpr auto width = sizeof(std::uint64_t);
    auto const command = wire::decode_command(body);
    bool const right =
        command && command->code == wire::CommandCode::Attach && command->bytes.size() == 2 * width;
    if (state_ != State::Starting || !before_ || !right) return out_of_turn("a command");
    auto const number = number_of(command->bytes.first(width));
    if (number < received_) return out_of_turn("a number of bytes that were there before");
    auto const lost = number - received_;
    received_ = number;
    return {
        .say = {}, .event = Resumed{.lost = lost, .input = number_of(command->bytes.subspan(width))}
    };
}

} // namespace attest::provision

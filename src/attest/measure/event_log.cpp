#include "attest/measure/event_log.hpp"

#include "hw/tdx/event_log.hpp"

#include <algorithm>

namespace attest::measure {

namespace {

using base::Result;
using crypto::Malformed;
using namespace hw::tdx;

constexpr std::string_view signature{"Spec ID Event03\0", 16};

class LogReader {
public:
    explicit LogReader(base::View bytes) : left_{bytes}, size_{bytes.size()} {}

    Result<EventLog, Malformed> read();

private:
    std::size_t offset() const { return size_ - left_.size(); }
    std::unexpected<Malformed> wrong(std::string_view what) const {
        return std::unexpected(Malformed{.what = what, .offset = offset()});
    }
    template <base::Wire T> Result<T, Malformed> take(std::string_view what) {
        auto const at = offset();
        auto const found = base::take<T>(left_);
        if (!found) return std::unexpected(Malformed{.what = what, .offset = at});
        return *found;
    }
    Result<base::View, Malformed> bytes(std::size_t count, std::string_view what) {
        if (left_.size() < count) return wrong(what);
        auto const out = left_.first(count);
        left_ = left_.subspan(count);
        return out;
    }
    bool padding() const {
        return std::ranges::all_of(left_, [&](std::byte b) { return b == left_.front(); }) &&
               (left_.empty() || left_.front() == std::byte{0xff} || left_.front() == std::byte{0});
    }

    Result<void, Malformed> first_event();
    Result<Event, Malformed> event();

    base::View left_;
    std::size_t size_;
};

Result<void, Malformed> LogReader::first_event() {
    auto const head = TRY(take<FirstEventHead>("the head of the first event"));
    if (head.event_type != ev_no_action || !base::all_zero(head.digest))
        return wrong("EV_NO_ACTION with a digest of zeros as first event");
    auto inner = TRY(bytes(head.event_size, "the first event, as long as its head says"));
    auto const id = base::take<SpecificationId>(inner);
    if (!id || base::text_of(id->signature) != signature) return wrong("a Spec ID Event03");
    if (id->number_of_algorithms != 1) return wrong("one digest algorithm, SHA-384");
    auto const algorithm = base::take<AlgorithmSize>(inner);
    if (!algorithm || algorithm->algorithm != algorithm_sha384 ||
        algorithm->digest_size != sizeof(crypto::Sha384Digest))
        return wrong("the digest algorithm SHA-384");
    if (inner.empty() || inner.size() != 1 + std::to_integer<std::size_t>(inner[0]))
        return wrong("vendor information as long as it says, at the end of the first event");
    return {};
}

Result<Event, Malformed> LogReader::event() {
    Event out;
    out.offset = offset();
    auto const head = TRY(take<EventHead>("the head of an event"));
    if (head.register_index > last_rtmr_index) return wrong("a measurement register from 0 to 4");
    if (head.digests != 1) return wrong("one digest");
    if (TRY(take<base::U16>("a digest's algorithm")) != algorithm_sha384)
        return wrong("the digest algorithm SHA-384");
    out.register_index = head.register_index;
    out.type = head.event_type;
    out.digest_offset = offset();
    out.digest = TRY(take<crypto::Sha384Digest>("48 bytes: a digest"));
    auto const size = TRY(take<base::U32>("the size of an event"));
    out.data = TRY(bytes(size, "an event, as long as it says"));
    return out;
}

Result<EventLog, Malformed> LogReader::read() {
    TRY(first_event());
    EventLog out;
    while (!left_.empty() && !padding()) out.events.push_back(TRY(event()));
    out.end = offset();
    return out;
}

} // namespace

bool looks_like_event_log(base::View bytes) {
    return bytes.size() >= sizeof(FirstEventHead) + signature.size() &&
           base::text_of(bytes.subspan(sizeof(FirstEventHead), signature.size())) == signature;
}

Result<EventLog, Malformed> parse_event_log(base::View bytes) { return LogReader{bytes}.read(); }

Rtmrs replay(EventLog const& log) {
    Rtmrs out{};
    for (auto const& event : log.events) {
        if (event.type == ev_no_action || event.register_index < first_rtmr_index) continue;
        auto& rtmr = out.at(event.register_index - first_rtmr_index);
        crypto::Sha384 hash;
        hash.add(rtmr).add(event.digest);
        rtmr = hash.digest();
    }
    return out;
}

// TCG 10.4.1: of these types the digest is that of the event's data as it stands in the log.
std::optional<bool> digest_of_data(Event const& event) {
    switch (event.type) {
    case ev_separator:
    case ev_efi_variable_driver_config:
    case ev_efi_gpt_event:
    case ev_efi_action:
    case ev_efi_variable_authority:
        return crypto::sha384(event.data) == event.digest;
    default:
        return {};
    }
}

} // namespace attest::measure

// Whatever the bytes: each message is refused by the name of a field or is the same when written
// again. The first byte chooses the message.

#include "protocol/provision/binding.hpp"
#include "protocol/provision/deployment.hpp"
#include "protocol/provision/entrust.hpp"
#include "protocol/provision/frame.hpp"
#include "protocol/provision/grant.hpp"
#include "protocol/provision/pull.hpp"
#include "protocol/provision/signed.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace protocol::provision;

void demand(bool holds) {
    if (!holds) std::abort();
}

template <class Decoded> void both_ways(Read<Decoded> const& read, base::View bytes) {
    if (!read) {
        demand(!read.error().field.empty() && read.error().offset <= bytes.size());
        return;
    }
    demand(base::equal(encode(*read), bytes));
}

void frame(base::View bytes, Trust trust) {
    auto const read = decode_frame(bytes, trust);
    if (!read) return;
    auto const again = encode_frame(read->type, read->body);
    demand(base::equal(base::View{again}.subspan(header_size), bytes));
}

void signed_one(base::View bytes, std::string_view type) {
    auto const read = decode_signed(bytes, type);
    if (!read) return;
    demand(base::equal(encode_signed(read->header, read->payload, read->signature), bytes));
    demand(base::equal(signed_header(type, read->key), read->header));
}

void judge(unsigned which, base::View bytes) {
    switch (which % 16) {
    case 0:
        return both_ways(decode_binding(bytes), bytes);
    case 1:
        return both_ways(decode_deployment(bytes), bytes);
    case 2:
        return both_ways(decode_grant(bytes), bytes);
    case 3:
        return both_ways(decode_hello(bytes), bytes);
    case 4:
        return both_ways(decode_binding_body(bytes), bytes);
    case 5:
        return both_ways(decode_want(bytes), bytes);
    case 6:
        return both_ways(decode_blob(bytes), bytes);
    case 7:
        return both_ways(decode_status(bytes), bytes);
    case 8:
        return both_ways(decode_stream(bytes), bytes);
    case 9:
        return both_ways(decode_command(bytes), bytes);
    case 10:
        frame(bytes, Trust::None);
        return frame(bytes, Trust::Accepted);
    case 11:
        both_ways(decode_challenge_wish(bytes), bytes);
        return both_ways(decode_challenge(bytes), bytes);
    case 12:
        return both_ways(decode_attestation(bytes), bytes);
    case 13:
        both_ways(decode_granted(bytes), bytes);
        return both_ways(decode_certified(bytes), bytes);
    case 14:
        both_ways(decode_service_keys(bytes), bytes);
        both_ways(decode_entrust(bytes), bytes);
        return both_ways(decode_withdraw(bytes), bytes);
    default:
        signed_one(bytes, deployment_type);
        return signed_one(bytes, grant_type);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size == 0) return 0;
    judge(data[0], std::as_bytes(std::span{data, size}).subspan(1));
    return 0;
}

// Whatever the bytes: a request has one form, and an authenticator is refused or believed for one
// request, one key and one connection. The first byte says which of both the rest is.

#include "crypto/authenticator.hpp"
#include "crypto/certificate.hpp"

#include <algorithm>
#include <cstdlib>

namespace {

using namespace crypto::authenticator;
using Bytes = std::vector<std::byte>;

void demand(bool holds) {
    if (!holds) std::abort();
}

Bytes filled(std::size_t size, unsigned char value) { return Bytes(size, std::byte{value}); }

// The connection and the request for which the seeds were made.
Secrets secrets(crypto::Hash hash) {
    std::size_t const size = hash == crypto::Hash::Sha384 ? 48 : 32;
    return {.hash = hash, .handshake_context = filled(size, 1), .finished_key = filled(size, 2)};
}
Bytes const of_server = request(End::Server, filled(32, 7));

void requests(base::View bytes) {
    for (auto const maker : {End::Server, End::Client}) {
        auto const context = context_of(maker, bytes);
        if (context) demand(base::equal(request(maker, *context), bytes));
    }
    demand(!context_of(End::Server, bytes) || !context_of(End::Client, bytes));
}

void authenticators(crypto::Hash hash, base::View bytes) {
    auto const of_connection = secrets(hash);
    auto const shown = verify(of_connection, of_server, bytes, {});
    if (!shown) return;
    auto const fault = [&](Secrets const& on, base::View request, base::View key) {
        auto const again = verify(on, request, bytes, key);
        return again ? -1 : static_cast<int>(again.error());
    };
    auto const certificate = crypto::Certificate::parse(shown->certificate);
    demand(certificate.has_value());
    auto const key = certificate->public_key_info();
    demand(fault(of_connection, of_server, key) == -1);
    demand(fault(of_connection, of_server, filled(91, 3)) == static_cast<int>(Fault::Certificate));
    auto const other = request(End::Server, filled(32, 8));
    demand(fault(of_connection, other, {}) == static_cast<int>(Fault::Context));
    auto elsewhere = of_connection;
    elsewhere.handshake_context = filled(elsewhere.handshake_context.size(), 9);
    demand(fault(elsewhere, of_server, {}) == static_cast<int>(Fault::Verify));
    elsewhere = of_connection;
    elsewhere.finished_key = filled(elsewhere.finished_key.size(), 9);
    demand(fault(elsewhere, of_server, {}) == static_cast<int>(Fault::Finished));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(unsigned char const* data, std::size_t size) {
    if (size == 0) return 0;
    auto const bytes = std::as_bytes(std::span{data, size}).subspan(1);
    switch (data[0] % 3) {
    case 0:
        requests(bytes);
        break;
    case 1:
        authenticators(crypto::Hash::Sha256, bytes);
        break;
    default:
        authenticators(crypto::Hash::Sha384, bytes);
    }
    return 0;
}

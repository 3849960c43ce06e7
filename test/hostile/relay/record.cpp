#include "relay/record.hpp"

#include "crypto/tls_pair_for_tests.hpp"
#include "os/random.hpp"

#include <fstream>
#include <iterator>

namespace relay {

namespace authenticator = crypto::authenticator;

namespace {

Bytes copy(base::View bytes) { return {bytes.begin(), bytes.end()}; }

void write_file(std::string const& path, base::View bytes) {
    std::ofstream{path, std::ios::binary} << base::text_of(bytes);
}

Bytes read_file(std::string const& path) {
    std::ifstream file{path, std::ios::binary};
    std::string const text{std::istreambuf_iterator<char>{file}, {}};
    return copy(base::view_of(text));
}

} // namespace

Record Record::of(crypto::BoundChannel const& channel, base::View made, base::View binding) {
    auto const shown =
        authenticator::verify(channel.secrets(), channel.request(), made, channel.peer_key());
    if (!shown) std::abort(); // nobody stands between here
    return {
        .authenticator = copy(made), .attestation = shown->attestation, .binding = copy(binding)
    };
}

void Record::write(std::string const& folder) const {
    write_file(folder + "/authenticator", authenticator);
    write_file(folder + "/attestation", attestation);
    write_file(folder + "/binding", binding);
}

Record Record::read(std::string const& folder) {
    return {
        .authenticator = read_file(folder + "/authenticator"),
        .attestation = read_file(folder + "/attestation"),
        .binding = read_file(folder + "/binding")
    };
}

Bytes Record::resigned(
    crypto::BoundChannel const& channel, crypto::P256SigningKey const& key
) const {
    return *authenticator::make(
        channel.secrets(), channel.request(), credential_of(key), attestation
    );
}

crypto::TlsCredential credential_of(crypto::P256SigningKey const& key) {
    return *crypto::TlsCredential::self_signed(crypto::TlsKey::of(key), {}, crypto::testing::now());
}

Bytes new_request(authenticator::End maker) {
    base::Bytes<32> nonce{};
    if (!os::random(nonce)) std::abort();
    return authenticator::request(maker, nonce);
}

} // namespace relay

#include "crypto/deterministic_nonce.hpp"

#include "crypto/raw.hpp"

#include <vector>

#include <openssl/hmac.h>
#include <openssl/mem.h>

namespace crypto {

namespace {

base::Bytes<48> hmac(base::Bytes<48> const& key, base::View message) {
    base::Bytes<48> out{};
    unsigned size = 0;
    HMAC(EVP_sha384(), key.data(), key.size(), raw(message), message.size(), raw_out(out), &size);
    return out;
}

// 2.3.4: as many bits as the order has, below it. One subtraction is enough: digest < 2 * order.
base::Bytes<48> reduced(Sha384Digest const& digest, base::Bytes<48> const& order) {
    if (std::ranges::lexicographical_compare(digest, order)) return digest;
    base::Bytes<48> out{};
    int borrow = 0;
    for (std::size_t i = out.size(); i-- > 0;) {
        int const difference =
            std::to_integer<int>(digest[i]) - std::to_integer<int>(order[i]) - borrow;
        borrow = difference < 0 ? 1 : 0;
        out[i] = std::byte(difference & 0xff);
    }
    return out;
}

} // namespace

// 3.2, steps b to g.
DeterministicNonce::DeterministicNonce(
    base::Bytes<48> const& secret, Sha384Digest const& digest, base::Bytes<48> const& order
)
    : order_{order} {
    value_.fill(std::byte{1});
    base::Bytes<96> seed{};
    auto const number = reduced(digest, order);
    std::ranges::copy(secret, seed.begin());
    std::ranges::copy(number, seed.begin() + 48);
    feed(std::byte{0}, seed);
    feed(std::byte{1}, seed);
    OPENSSL_cleanse(seed.data(), seed.size());
}

DeterministicNonce::~DeterministicNonce() {
    OPENSSL_cleanse(key_.data(), key_.size());
    OPENSSL_cleanse(value_.data(), value_.size());
}

void DeterministicNonce::feed(std::byte separator, base::View more) {
    std::vector<std::byte> message;
    message.reserve(value_.size() + 1 + more.size()); // moved nowhere while it holds secrets
    message.assign(value_.begin(), value_.end());
    message.push_back(separator);
    message.insert(message.end(), more.begin(), more.end());
    key_ = hmac(key_, message);
    value_ = hmac(key_, value_);
    OPENSSL_cleanse(message.data(), message.size());
}

// 3.2, step h; each call goes on where the last one ended.
base::Bytes<48> DeterministicNonce::next() {
    for (;;) {
        value_ = hmac(key_, value_);
        auto const candidate = value_;
        bool const usable =
            !base::all_zero(candidate) && std::ranges::lexicographical_compare(candidate, order_);
        if (usable) return candidate;
        feed(std::byte{0}, {});
    }
}

} // namespace crypto

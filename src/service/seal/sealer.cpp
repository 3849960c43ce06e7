#include "service/seal/sealer.hpp"

#include "base/cbor.hpp"
#include "base/hex.hpp"
#include "crypto/aes_256_gcm.hpp"
#include "crypto/hkdf.hpp"
#include "os/random.hpp"

#include <algorithm>

namespace service {

namespace {

using crypto::Aes256Gcm;

constexpr std::byte form{1};
constexpr std::size_t salt_size = 32;
constexpr std::size_t head_size = 1 + salt_size;
constexpr std::string_view label = "enarx/v1/row";

std::vector<std::byte> associated(SealedName const& name) {
    return base::cbor::encoded([&name](base::cbor::Writer& writer) {
        writer.array(4);
        writer.unsigned_number(std::uint64_t(name.kind));
        writer.text(name.name);
        writer.unsigned_number(name.serial);
        writer.text(name.secret);
    });
}

std::unexpected<os::Failure> unreadable(SealedName const& name, std::string const& why) {
    auto text = "'" + name.name + "'";
    if (!name.secret.empty()) text += ", secret " + name.secret;
    return std::unexpected(os::Failure{"secret-unreadable", text + ": " + why});
}

// Key and nonce of one row: with each salt others, so no nonce comes twice with a key.
struct RowKey {
    base::Bytes<Aes256Gcm::key_size + Aes256Gcm::nonce_size> bytes{};

    RowKey() = default;
    RowKey(RowKey const&) = delete;
    RowKey(RowKey&&) = delete;
    RowKey& operator=(RowKey const&) = delete;
    RowKey& operator=(RowKey&&) = delete;
    ~RowKey() { crypto::wipe(bytes); }

    base::Result<Aes256Gcm> derive(Kek const& kek, base::View salt) {
        if (!crypto::hkdf_sha256(kek.bytes(), salt, base::view_of(label), bytes))
            return std::unexpected(base::Errno::NoMem);
        return Aes256Gcm::with(base::View{bytes}.first(Aes256Gcm::key_size));
    }
    base::View nonce() const { return base::View{bytes}.last(Aes256Gcm::nonce_size); }
};

base::Result<Blob> seal_row(Kek const& kek, SealedName const& name, base::View value) {
    Blob out(head_size + value.size() + Aes256Gcm::tag_size);
    out[0] = form;
    auto const salt = std::span{out}.subspan(1, salt_size);
    TRY(os::random(salt));
    RowKey key;
    auto const cipher = TRY(key.derive(kek, salt));
    TRY(cipher.seal(key.nonce(), value, std::span{out}.subspan(head_size), associated(name)));
    return out;
}

base::Result<crypto::SecretBytes>
open_row(Kek const& kek, SealedName const& name, base::View sealed) {
    if (sealed.size() < head_size + Aes256Gcm::tag_size || sealed[0] != form)
        return std::unexpected(base::Errno::BadMsg);
    auto const text = sealed.subspan(head_size);
    RowKey key;
    auto const cipher = TRY(key.derive(kek, sealed.subspan(1, salt_size)));
    Blob out(text.size() - Aes256Gcm::tag_size);
    TRY(cipher.open(key.nonce(), text, out, associated(name)));
    return crypto::SecretBytes{std::move(out)};
}

} // namespace

os::OrFailure<SealedValue> Sealer::seal(SealedName const& name, base::View value) const {
    auto sealed = seal_row(current_, name, value);
    if (!sealed) return unreadable(name, "no memory or no random numbers to seal it");
    return SealedValue{current_.id(), std::move(*sealed)};
}

os::OrFailure<crypto::SecretBytes> Sealer::open(SealedRow const& row) const {
    auto const id = row.value.kek;
    Kek const* const kek = id == current_.id()              ? &current_
                           : former_ && id == former_->id() ? &*former_
                                                            : nullptr;
    if (!kek) return unreadable(row.name, "sealed under the key " + base::hex(id) + ", not here");
    auto value = open_row(*kek, row.name, row.value.sealed);
    if (!value) return unreadable(row.name, "changed, or sealed under another name");
    return std::move(*value);
}

os::OrFailure<std::uint64_t> reseal(Store& store, Sealer const& sealer, base::View entry) {
    auto const again = [&sealer](SealedRow const& row) -> os::OrFailure<SealedValue> {
        auto const value = TRY(sealer.open(row));
        return sealer.seal(row.name, value.view());
    };
    auto const done = store.reseal(sealer.current(), again, entry);
    if (!done) return std::unexpected(done.error().failure);
    return *done;
}

} // namespace service

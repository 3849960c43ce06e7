#pragma once

// Seals what the database holds and must not know: AES-256-GCM under a key that the KEK and a
// random salt give, with the row's name as associated data. A value that was moved to another name
// does not open.
//
//     sealed   u8 1 ‖ salt (32) ‖ ciphertext and tag
//     key      HKDF-SHA256(KEK, salt, "enarx/v1/row", 44): 32 bytes of key, 12 of nonce
//     AD       CBOR [kind, name, serial, secret]

#include "service/seal/kek.hpp"
#include "service/store/store.hpp"

namespace service {

class Sealer {
public:
    explicit Sealer(Kek current) : current_{std::move(current)} {}
    // While keys change, what is under the former one opens, too; nothing is sealed by it.
    Sealer(Kek current, Kek former) : current_{std::move(current)}, former_{std::move(former)} {}

    os::OrFailure<SealedValue> seal(SealedName const& name, base::View value) const;
    // secret-unreadable: under a KEK that is not here, changed, or of another name.
    os::OrFailure<crypto::SecretBytes> open(SealedRow const& row) const;

    KekId const& current() const { return current_.id(); }

private:
    Kek current_;
    std::optional<Kek> former_;
};

// Seals by the current KEK whatever is under another one, all of it or nothing; the value: how many
// there were. The former KEK is needed no more when it has succeeded.
os::OrFailure<std::uint64_t> reseal(Store& store, Sealer const& sealer, base::View entry);

} // namespace service

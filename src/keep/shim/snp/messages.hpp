#pragma once

// What the shim asks of the secure processor, under the key that both have from the launch. The
// host carries the messages; it can lose them, and can neither read nor make one. One call at a
// time: the lock of the shim is held.
//
// A nonce is a message's number, so no number may ever come twice with the same key and other
// bytes: numbers only rise, what the host could not deliver goes out again byte for byte, and after
// every other failure there is no key any more.

#include "base/result.hpp"
#include "base/view.hpp"
#include "hw/address.hpp"
#include "hw/snp/guest_message.hpp"
#include "hw/snp/secrets_page.hpp"

#include <optional>

namespace shim::snp {

using MessagePage = base::Bytes<hw::page_size>;

// The way there: two pages that the host sees, and a call by which it carries the one and fills the
// other.
class Carrier {
public:
    enum class Outcome : std::uint8_t {
        Answered,
        Busy,  // the host did not deliver the request, and says so
        Failed // anything else, of the host or of the processor
    };

    virtual Outcome carry(MessagePage const& request) = 0;
    // One copy of what lies there now.
    virtual void fetch(MessagePage& answer) = 0;

protected:
    ~Carrier() = default;
};

class Messages {
public:
    constexpr Messages() = default;
    // Once: the key of VMPL 0; none of the four is left in the page.
    void take_key(hw::snp::SecretsPage& page);
    Messages(Messages const&) = delete;
    Messages& operator=(Messages const&) = delete;
    ~Messages() = default;

    // An ATTESTATION_REPORT, here until the next. Access: there is no key any more. Io: this went
    // wrong, and there is none from now on.
    base::Result<base::View> report(Carrier& carrier, base::Bytes<64> const& report_data);

    // A key that the processor derives. NoDev: it has none to give; it can still be asked. Else as
    // above.
    base::Result<hw::snp::MessageKey> key(Carrier& carrier, hw::snp::KeyRequest const& question);

    bool usable() const { return usable_; }

private:
    friend class MessagesTest;
    struct Expected {
        hw::snp::MessageType type;
        std::size_t size;
    };
    base::Result<base::View>
    exchange(Carrier& carrier, hw::snp::MessageType type, base::View question, Expected answer);
    bool deliver(Carrier& carrier);
    void write(hw::snp::MessageType type, base::View question);
    bool open_answer(Expected expected);
    void forget();

    hw::snp::MessageKey key_{};
    std::uint64_t next_ = 1; // the number of the next request
    bool usable_ = false;    // there is a key
    MessagePage page_{};     // a request as it goes out, then the copy of its answer
};

} // namespace shim::snp

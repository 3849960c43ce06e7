#include "keep/shim/snp/code_key.hpp"

#include "keep/shim/snp/message_cipher.hpp"
#include "keep/shim/snp/report_data.hpp"
#include "keep/shim/system_call/system_call.hpp"

#include <algorithm>

namespace shim::snp {

namespace {

namespace launch = protocol::launch;

struct Mixed {
    Origin origin;
    hw::snp::MessageKey key;
};

base::View bytes_of(Mixed const& mixed) { return std::as_bytes(std::span{&mixed, 1}); }

} // namespace

// Of the chip alone (VCEK): a VLEK's key is the same on every machine of a provider. Under this
// measurement and policy: another image, or a guest that can be debugged, opens nothing. At the
// committed firmware, which no host can lower and no older one has the key of: what was once taken
// from a firmware with a flaw opens nothing when that is mended. The firmware mixes in HOST_DATA,
// the digests of ID and author keys, and the VMPL by itself. SVN and names of an ID block say less
// than the measurement.
base::Result<Key> CodeKey::of(Messages& messages, Carrier& carrier, Origin const& origin) {
    if (asked_) return std::unexpected(base::Errno::Access);
    asked_ = true;
    // Nobody else sees this report, and its words are for no verifier.
    auto const words = sha512(base::view_of(launch::code_key_words), origin);
    auto rest = TRY(messages.report(carrier, words));
    auto const report = *base::take<hw::snp::AttestationReport>(rest);
    hw::snp::KeyRequest question{};
    question.root = hw::snp::root_is_vcek;
    question.fields = hw::snp::key_of_policy | hw::snp::key_of_measurement | hw::snp::key_of_tcb;
    question.tcb_version = report.committed_tcb;
    Mixed mixed{.origin = origin, .key = TRY(messages.key(carrier, question))};
    auto made = sha512(base::view_of(launch::code_key_words), bytes_of(mixed));
    Key out;
    std::ranges::copy_n(made.begin(), out.size(), out.begin());
    wipe(mixed.key);
    wipe(made);
    return out;
}

} // namespace shim::snp

namespace shim::system_call {

Reply code_key(SystemCall const& call) {
    if (!Machine::vouched()) return std::unexpected(base::Errno::NoSys);
    if (call[0] == 0) return snp::give_up_code_key(), 0;
    snp::Origin origin;
    TRY(call.kernel.user.read(call[0], origin));
    auto key = TRY(snp::code_key(origin));
    auto const written = call.kernel.user.write(call[1], key);
    snp::wipe(key);
    TRY(written);
    return 0;
}

} // namespace shim::system_call

#include "keep/shim/snp/messages.hpp"

#include "keep/shim/platform/machine.hpp"
#include "keep/shim/snp/message_cipher.hpp"

#include <algorithm>
#include <bit>

namespace shim::snp {

namespace {

using hw::snp::MessageHeader;
using hw::snp::MessageType;

constexpr std::size_t header_size = sizeof(MessageHeader);
constexpr std::size_t authenticated_at = offsetof(MessageHeader, algorithm);
constexpr std::uint8_t key_of_vmpl_0 = 0;
// The processor refuses what would leave no number for the answer.
constexpr std::uint64_t last_number = ~std::uint64_t{0} - 2;

// How often a busy host is asked again, and how long the shim waits between: a second or two, with
// the lock of the shim held.
constexpr unsigned most_attempts = 4096;
constexpr unsigned pause = 4096;

Nonce nonce_of(std::uint64_t number) {
    Nonce nonce{};
    auto const bytes = std::bit_cast<base::Bytes<8>>(number);
    std::ranges::copy(bytes, nonce.begin());
    return nonce;
}

MessageHeader header_of(MessagePage const& page) {
    base::View bytes{page};
    return *base::take<MessageHeader>(bytes);
}

base::View authenticated_of(MessagePage const& page) {
    return base::View{page}.subspan(authenticated_at, header_size - authenticated_at);
}

template <base::Wire T> base::View bytes_of(T const& value) {
    return std::as_bytes(std::span{&value, 1});
}

} // namespace

void Messages::take_key(hw::snp::SecretsPage& page) {
    key_ = page.keys[key_of_vmpl_0];
    usable_ = true;
    wipe(std::as_writable_bytes(std::span{page.keys}));
}

void Messages::forget() {
    usable_ = false;
    wipe(key_);
    wipe(page_);
}

void Messages::write(MessageType type, base::View question) {
    MessageHeader header{};
    header.sequence_number = next_;
    header.algorithm = hw::snp::message_aes_256_gcm;
    header.header_version = hw::snp::message_header_version;
    header.header_size = header_size;
    header.type = type;
    header.version = hw::snp::message_version;
    header.size = static_cast<std::uint16_t>(question.size());
    header.key = key_of_vmpl_0;
    page_ = {};
    std::ranges::copy(bytes_of(header), page_.begin());
    auto const text = std::span{page_}.subspan(header_size, question.size());
    std::ranges::copy(question, text.begin());
    auto const tag = seal(key_, nonce_of(next_), authenticated_of(page_), text);
    std::ranges::copy(tag, page_.begin());
}

// A host that says "busy" gets the same bytes again, and no others.
bool Messages::deliver(Carrier& carrier) {
    for (unsigned attempt = 0; attempt < most_attempts; ++attempt) {
        auto const outcome = carrier.carry(page_);
        if (outcome != Carrier::Outcome::Busy) return outcome == Carrier::Outcome::Answered;
        for (unsigned i = 0; i < pause; ++i) Machine::relax();
    }
    return false;
}

// Of the copy in page_; what lies behind the answer in the page is nobody's word.
bool Messages::open_answer(Expected expected) {
    auto const header = header_of(page_);
    bool const formed = header.sequence_number == next_ + 1 &&
                        header.algorithm == hw::snp::message_aes_256_gcm &&
                        header.header_version == hw::snp::message_header_version &&
                        header.header_size == header_size && header.type == expected.type &&
                        header.version == hw::snp::message_version &&
                        header.size == expected.size && header.key == key_of_vmpl_0;
    auto const text = std::span{page_}.subspan(header_size, expected.size);
    return formed && open(key_, nonce_of(next_ + 1), authenticated_of(page_), text, header.tag);
}

base::Result<base::View>
Messages::exchange(Carrier& carrier, MessageType type, base::View question, Expected answer) {
    if (!usable_) return std::unexpected(base::Errno::Access);
    if (next_ >= last_number) {
        forget();
        return std::unexpected(base::Errno::Access);
    }
    write(type, question);
    if (deliver(carrier)) {
        carrier.fetch(page_);
        if (open_answer(answer)) {
            next_ += 2;
            return base::View{page_}.subspan(header_size, answer.size);
        }
    }
    forget();
    return std::unexpected(base::Errno::Io);
}

base::Result<base::View> Messages::report(Carrier& carrier, base::Bytes<64> const& report_data) {
    hw::snp::ReportRequest const question{
        .report_data = report_data, .vmpl = 0, .key_select = 0, .reserved_48 = {}
    };
    using Answer = hw::snp::ReportResponse;
    constexpr Expected expected{MessageType::ReportResponse, sizeof(Answer)};
    auto const answer =
        TRY(exchange(carrier, MessageType::ReportRequest, bytes_of(question), expected));
    auto rest = answer;
    auto const status = *base::take<base::U32>(rest);
    auto const size = *base::take<base::U32>(rest);
    if (status == 0 && size == sizeof(Answer::report))
        return answer.subspan(offsetof(Answer, report));
    forget();
    return std::unexpected(base::Errno::Io);
}

base::Result<hw::snp::MessageKey>
Messages::key(Carrier& carrier, hw::snp::KeyRequest const& question) {
    using Answer = hw::snp::KeyResponse;
    constexpr Expected expected{MessageType::KeyResponse, sizeof(Answer)};
    auto answer = TRY(exchange(carrier, MessageType::KeyRequest, bytes_of(question), expected));
    auto const response = *base::take<Answer>(answer);
    wipe(page_);
    // The processor's own word, sealed as the rest: nobody has touched the messages.
    if (response.status != 0) return std::unexpected(base::Errno::NoDev);
    return response.key;
}

} // namespace shim::snp

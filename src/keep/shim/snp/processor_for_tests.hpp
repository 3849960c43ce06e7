#pragma once

// A secure processor and a host between, as tests have them: the processor holds requests to the
// rules of the firmware ABI and answers with AWS-LC's AES-GCM, and the host may do anything.

#include "crypto/aes_256_gcm.hpp"
#include "crypto/digest.hpp"
#include "keep/shim/snp/messages.hpp"

#include <bit>
#include <cstring>
#include <functional>
#include <map>
#include <vector>

namespace shim::snp {

// Numbers that no key would give.
inline hw::snp::SecretsPage secrets_for_tests() {
    hw::snp::SecretsPage page{};
    page.version = 3;
    for (std::size_t k = 0; k < page.keys.size(); ++k)
        for (std::size_t i = 0; i < page.keys[k].size(); ++i)
            page.keys[k][i] = static_cast<std::byte>(1 + (37 * k) + i);
    return page;
}

class Processor : public Carrier {
public:
    explicit Processor(hw::snp::MessageKey const& key) : cipher_{*crypto::Aes256Gcm::with(key)} {}
    virtual ~Processor() = default;

    // What the host does, if not what it should: with a request, before the processor sees it ...
    std::function<std::optional<Outcome>(MessagePage& request)> on_request;
    // ... and with the page that it hands back.
    std::function<void(MessagePage& answer)> on_answer;
    // What the processor says in its answer.
    std::function<void(hw::snp::ReportResponse&)> in_report;
    std::uint32_t key_status = 0;
    base::Bytes<32> chip_key{std::byte{0xc5}}; // what it derives from
    std::vector<hw::snp::KeyRequest> key_requests;
    std::uint64_t count = 0;                  // messages so far, in both directions
    std::vector<MessagePage> sent;            // as the host saw them
    std::vector<base::Bytes<64>> report_data; // as the processor saw them
    bool nonce_reused = false;                // with other bytes: never

    Outcome carry(MessagePage const& request) override {
        sent.push_back(request);
        auto const number = header_of(request).sequence_number;
        auto const [known, fresh] = seen_.emplace(number, request);
        if (!fresh && known->second != request) nonce_reused = true;
        auto copy = request;
        if (on_request)
            if (auto const outcome = on_request(copy)) return *outcome;
        return answer(copy) ? Outcome::Answered : Outcome::Failed;
    }
    void fetch(MessagePage& to) override {
        if (on_answer) on_answer(page_);
        to = page_;
    }

    static hw::snp::MessageHeader header_of(MessagePage const& page) {
        base::View bytes{page};
        return *base::take<hw::snp::MessageHeader>(bytes);
    }
    // Writes a message as whoever has the key writes it.
    void write(MessagePage& page, hw::snp::MessageHeader header, base::View text) const {
        header.size = static_cast<std::uint16_t>(text.size());
        std::memcpy(page.data(), &header, sizeof header);
        std::vector<std::byte> sealed(text.size() + crypto::Aes256Gcm::tag_size);
        static_cast<void>(
            cipher_.seal(nonce(header.sequence_number), text, sealed, authenticated(page))
        );
        std::memcpy(page.data() + sizeof header, sealed.data(), text.size());
        std::memcpy(page.data(), sealed.data() + text.size(), crypto::Aes256Gcm::tag_size);
    }
    static hw::snp::MessageHeader answer_header(
        std::uint64_t number, hw::snp::MessageType type = hw::snp::MessageType::ReportResponse
    ) {
        hw::snp::MessageHeader header{};
        header.sequence_number = number;
        header.algorithm = 1;
        header.header_version = 1;
        header.header_size = 0x60;
        header.type = type;
        header.version = 1;
        return header;
    }
    MessagePage const& page() const { return page_; }

private:
    // SEV-SNP firmware ABI, 8.26: written from the manual, apart from the shim's.
    bool answer(MessagePage const& request) {
        auto const header = header_of(request);
        bool const of_key = header.type == hw::snp::MessageType::KeyRequest;
        bool const formed = header.algorithm == 1 && header.header_version == 1 &&
                            header.header_size == 0x60 && header.key == 0 &&
                            header.size <= request.size() - 0x60 &&
                            header.sequence_number == count + 1 &&
                            (of_key || header.type == hw::snp::MessageType::ReportRequest) &&
                            header.version == 1 && header.size == (of_key ? 32 : 96);
        if (!formed) return false;
        std::vector<std::byte> sealed(header.size + crypto::Aes256Gcm::tag_size);
        std::memcpy(sealed.data(), request.data() + 0x60, header.size);
        std::memcpy(sealed.data() + header.size, request.data(), crypto::Aes256Gcm::tag_size);
        std::vector<std::byte> text(header.size);
        if (!cipher_.open(nonce(header.sequence_number), sealed, text, authenticated(request)))
            return false;
        if (of_key) return give_key(text);
        base::Bytes<64> wanted{};
        std::memcpy(wanted.data(), text.data(), wanted.size());
        report_data.push_back(wanted);
        if (text[64] != std::byte{}) return false; // VMPL
        count += 2;
        hw::snp::ReportResponse response{};
        response.size = sizeof response.report;
        response.report.version = 3;
        response.report.report_data = wanted;
        response.report.reported_tcb.raw[0] = std::byte{7};
        response.report.committed_tcb.raw[0] = std::byte{9};
        if (in_report) in_report(response);
        page_ = {};
        write(page_, answer_header(count), std::as_bytes(std::span{&response, 1}));
        return true;
    }
    // Another for each question, and for each chip.
    bool give_key(base::View text) {
        auto const question = *base::take<hw::snp::KeyRequest>(text);
        key_requests.push_back(question);
        count += 2;
        hw::snp::KeyResponse response{};
        response.status = key_status;
        crypto::Sha256 derived;
        derived.add(chip_key).add(std::as_bytes(std::span{&question, 1}));
        if (key_status == 0) response.key = derived.digest();
        page_ = {};
        write(
            page_,
            answer_header(count, hw::snp::MessageType::KeyResponse),
            std::as_bytes(std::span{&response, 1})
        );
        return true;
    }
    static base::Bytes<12> nonce(std::uint64_t number) {
        base::Bytes<12> out{};
        std::memcpy(out.data(), &number, sizeof number);
        return out;
    }
    static base::View authenticated(MessagePage const& page) {
        return base::View{page}.subspan(0x30, 0x30);
    }

    crypto::Aes256Gcm cipher_;
    std::map<std::uint64_t, MessagePage> seen_; // by number
    MessagePage page_{};
};

} // namespace shim::snp

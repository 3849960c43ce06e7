#include "protocol/evidence/vouched.hpp"

#include "base/cbor.hpp"

#include <algorithm>

namespace protocol::evidence {

namespace {

constexpr std::uint64_t unprotected_claims_set = 601; // RFC 9781
constexpr std::uint64_t version = 1;
constexpr std::uint64_t claims_always = 6;
constexpr std::string_view certificates_key = "certificates";

// Reads one claim after the other; an error names the one that was expected.
class Claims {
public:
    explicit Claims(base::View bytes) : reader_{bytes} {}

    // Whether there are certificates.
    base::Result<bool, Malformed> head() {
        auto const tag = reader_.tag();
        if (!tag || *tag != unprotected_claims_set) return wrong(0, "tag 601");
        auto const at = reader_.offset();
        auto const pairs = reader_.map();
        if (!pairs || (*pairs != claims_always && *pairs != claims_always + 1))
            return wrong(at, "a map of six or seven claims");
        return *pairs != claims_always;
    }
    base::Result<void, Malformed> kind() {
        TRY(key("kind"));
        auto const at = reader_.offset();
        auto const found = reader_.text();
        if (!found || *found != kind_snp) return wrong(at, "the kind 'snp'");
        return {};
    }
    base::Result<void, Malformed> version_is_known() {
        TRY(key("version"));
        auto const at = reader_.offset();
        auto const found = reader_.unsigned_number();
        if (!found || *found != version) return wrong(at, "version 1");
        return {};
    }
    base::Result<base::View, Malformed>
    bytes(std::string_view name, std::size_t least, std::size_t most) {
        TRY(key(name));
        auto const at = reader_.offset();
        auto const found = reader_.bytes();
        if (!found || found->size() < least || found->size() > most) return wrong(at, name);
        return *found;
    }
    base::Result<Digest, Malformed> digest(std::string_view name) {
        Digest out{};
        std::ranges::copy(TRY(bytes(name, out.size(), out.size())), out.begin());
        return out;
    }
    base::Result<void, Malformed> end() {
        if (!reader_.at_end()) return wrong(reader_.offset(), "nothing more");
        return {};
    }

private:
    static std::unexpected<Malformed> wrong(std::size_t at, std::string_view expected) {
        return std::unexpected(Malformed{at, expected});
    }
    base::Result<void, Malformed> key(std::string_view name) {
        auto const at = reader_.offset();
        auto const found = reader_.text();
        if (!found || *found != name) return wrong(at, name);
        return {};
    }

    base::cbor::Reader reader_;
};

} // namespace

std::vector<std::byte> encode(Vouched const& evidence) {
    return base::cbor::encoded([&evidence](base::cbor::Writer& writer) {
        auto const put = [&writer](std::string_view key, base::View value) {
            writer.text(key);
            writer.bytes(value);
        };
        bool const certificates = !evidence.certificates.empty();
        writer.tag(unprotected_claims_set);
        writer.map(claims_always + (certificates ? 1 : 0));
        writer.text("kind");
        writer.text(kind_snp);
        put("report", evidence.report);
        writer.text("version");
        writer.unsigned_number(version);
        put("workload", evidence.application.workload);
        put("user_data", evidence.application.user_data.view());
        if (certificates) put(certificates_key, evidence.certificates);
        put("configuration", evidence.application.configuration);
    });
}

base::Result<Vouched, Malformed> decode_vouched(base::View bytes) {
    Claims claims{bytes};
    Vouched out;
    bool const certificates = TRY(claims.head());
    TRY(claims.kind());
    out.report = TRY(claims.bytes("report", snp_report_size, snp_report_size));
    TRY(claims.version_is_known());
    out.application.workload = TRY(claims.digest("workload"));
    auto const user_data = TRY(claims.bytes("user_data", 0, UserData::max_size));
    out.application.user_data = *UserData::of(user_data);
    if (certificates) out.certificates = TRY(claims.bytes(certificates_key, 1, most_certificates));
    out.application.configuration = TRY(claims.digest("configuration"));
    TRY(claims.end());
    return out;
}

bool looks_vouched(base::View bytes) {
    Claims claims{bytes};
    return claims.head() && claims.kind();
}

} // namespace protocol::evidence

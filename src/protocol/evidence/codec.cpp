// Evidence without hardware to bytes and back.

#include "base/cbor.hpp"
#include "protocol/evidence/evidence.hpp"

#include <algorithm>

namespace protocol::evidence {

namespace {

constexpr std::uint64_t unprotected_claims_set = 601; // RFC 9781
constexpr std::uint64_t version = 1;
constexpr std::uint64_t version_bound = 2;
constexpr std::uint64_t claims_always = 6;
constexpr std::uint64_t claims_bound = 5;
constexpr std::size_t largest_binding = most_bound;
constexpr std::size_t longest_purpose = 32;
constexpr std::string_view measurement_key = "measurement";

// Reads one part after the other; an error names the part that was expected.
class Parts {
public:
    explicit Parts(std::span<std::byte const> bytes) : reader_{bytes} {}

    // The key as it is written here; any other is refused.
    base::Result<void, Malformed> key(std::string_view name) {
        auto const at = reader_.offset();
        auto const found = reader_.text();
        if (!found || *found != name) return std::unexpected(Malformed{at, name});
        return {};
    }

    base::Result<void, Malformed> tag() {
        auto const at = reader_.offset();
        auto const found = reader_.tag();
        if (!found || *found != unprotected_claims_set)
            return std::unexpected(Malformed{at, "tag 601"});
        return {};
    }

    // The value: whether there is a measurement, which is one claim more.
    base::Result<bool, Malformed> map(std::uint64_t claims, std::string_view expected) {
        auto const at = reader_.offset();
        auto const found = reader_.map();
        if (!found || *found < claims || *found > claims + 1)
            return std::unexpected(Malformed{at, expected});
        return *found > claims;
    }

    base::Result<void, Malformed> kind() {
        TRY(key("kind"));
        auto const at = reader_.offset();
        auto const found = reader_.text();
        if (!found || *found != kind_none)
            return std::unexpected(Malformed{at, "the kind \"none\""});
        return {};
    }

    base::Result<void, Malformed> version_is(std::uint64_t wanted, std::string_view expected) {
        TRY(key("version"));
        auto const at = reader_.offset();
        auto const found = reader_.unsigned_number();
        if (!found || *found != wanted) return std::unexpected(Malformed{at, expected});
        return {};
    }

    base::Result<std::string_view, Malformed> purpose() {
        TRY(key("purpose"));
        auto const at = reader_.offset();
        auto const found = reader_.text();
        if (!found || found->empty() || found->size() > longest_purpose)
            return std::unexpected(Malformed{at, "a purpose of 1 to 32 bytes"});
        return *found;
    }

    base::Result<std::span<std::byte const>, Malformed> binding() {
        auto const bytes = TRY(content("binding"));
        if (bytes.empty() || bytes.size() > largest_binding)
            return std::unexpected(Malformed{at_, "a binding of 1 to 2048 bytes"});
        return bytes;
    }

    template <std::size_t N>
    base::Result<base::Bytes<N>, Malformed> exactly(std::string_view name) {
        auto const bytes = TRY(content(name));
        base::Bytes<N> out{};
        if (bytes.size() != N) return std::unexpected(Malformed{at_, name});
        std::ranges::copy(bytes, out.begin());
        return out;
    }

    base::Result<UserData, Malformed> user_data() {
        auto const data = UserData::of(TRY(content("user_data")));
        if (!data) return std::unexpected(Malformed{at_, "at most 64 bytes of user_data"});
        return *data;
    }

    base::Result<void, Malformed> end() {
        if (!reader_.at_end()) return std::unexpected(Malformed{reader_.offset(), "nothing more"});
        return {};
    }

private:
    base::Result<std::span<std::byte const>, Malformed> content(std::string_view name) {
        TRY(key(name));
        at_ = reader_.offset();
        auto const bytes = reader_.bytes();
        if (!bytes) return std::unexpected(Malformed{at_, name});
        return *bytes;
    }

    base::cbor::Reader reader_;
    std::size_t at_ = 0; // of the value last read
};

} // namespace

Encoded encode(NoHardware const& claims) {
    Encoded out;
    base::cbor::Writer writer{out.bytes_};
    auto const put = [&writer](std::string_view key, std::span<std::byte const> value) {
        writer.text(key);
        writer.bytes(value);
    };
    writer.tag(unprotected_claims_set);
    writer.map(claims_always + (claims.measurement ? 1 : 0));
    writer.text("kind");
    writer.text(kind_none);
    writer.text("version");
    writer.unsigned_number(version);
    put("workload", claims.application.workload);
    put("user_data", claims.application.user_data.view());
    if (claims.measurement) put(measurement_key, *claims.measurement);
    put("report_data", claims.report_data);
    put("configuration", claims.application.configuration);
    out.size_ = writer.size();
    return out;
}

base::Result<NoHardware, Malformed> decode(std::span<std::byte const> bytes) {
    Parts parts{bytes};
    NoHardware claims;
    TRY(parts.tag());
    bool const measured = TRY(parts.map(claims_always, "a map of six or seven claims"));
    TRY(parts.kind());
    TRY(parts.version_is(version, "version 1"));
    claims.application.workload = TRY(parts.exactly<sizeof(Digest)>("workload"));
    claims.application.user_data = TRY(parts.user_data());
    if (measured) claims.measurement = TRY(parts.exactly<sizeof(Measurement)>(measurement_key));
    claims.report_data = TRY(parts.exactly<sizeof(ReportData)>("report_data"));
    claims.application.configuration = TRY(parts.exactly<sizeof(Digest)>("configuration"));
    TRY(parts.end());
    return claims;
}

std::vector<std::byte> encode(NoHardwareBound const& claims) {
    std::vector<std::byte> out(largest_binding + 256);
    base::cbor::Writer writer{out};
    writer.tag(unprotected_claims_set);
    writer.map(claims_bound + (claims.measurement ? 1 : 0));
    writer.text("kind");
    writer.text(kind_none);
    writer.text("binding");
    writer.bytes(claims.binding);
    writer.text("purpose");
    writer.text(claims.purpose);
    writer.text("version");
    writer.unsigned_number(version_bound);
    if (claims.measurement) {
        writer.text(measurement_key);
        writer.bytes(*claims.measurement);
    }
    writer.text("report_data");
    writer.bytes(claims.report_data);
    out.resize(writer.written().size());
    return out;
}

base::Result<NoHardwareBound, Malformed> decode_bound(std::span<std::byte const> bytes) {
    Parts parts{bytes};
    NoHardwareBound claims;
    TRY(parts.tag());
    bool const measured = TRY(parts.map(claims_bound, "a map of five or six claims"));
    TRY(parts.kind());
    claims.binding = TRY(parts.binding());
    claims.purpose = TRY(parts.purpose());
    TRY(parts.version_is(version_bound, "version 2"));
    if (measured) claims.measurement = TRY(parts.exactly<sizeof(Measurement)>(measurement_key));
    claims.report_data = TRY(parts.exactly<sizeof(ReportData)>("report_data"));
    TRY(parts.end());
    return claims;
}

bool looks_like(std::span<std::byte const> bytes) {
    base::cbor::Reader reader{bytes};
    auto const tag = reader.tag();
    return tag && *tag == unprotected_claims_set;
}

} // namespace protocol::evidence
